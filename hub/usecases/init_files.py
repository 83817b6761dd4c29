"""The files that `hub init` writes: a commented configuration, and OKRs that hold teams and no invented goals."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import count

from hub.core.display_names import plural
from hub.model.survey import Place, Setting, Survey
from hub.model.text import folded, printable_line
from hub.okr_files.loader import okrs_from_text
from hub.toml.document import array, quoted

MAX_PROPOSED = 12
MAX_NAME_LENGTH, MAX_LINE_LENGTH = 80, 110
SECRETS_FOLDER = "secrets"
CONFIG_FILE = "config.toml"


@dataclass(frozen=True, slots=True)
class Tracker:
    """A tracker as it will be configured: its connector's name, which is its kind too, and what is read of it."""

    name: str
    url: str
    survey: Survey
    places: tuple[Place, ...]
    settings: tuple[Setting, ...]


@dataclass(frozen=True, slots=True)
class Team:
    """A team to start from: one for each project or repository."""

    id: str
    name: str
    owns: tuple[str, ...]


def quarter_of(today: date) -> tuple[str, date, date]:
    """The id, the first and the last day of the quarter."""
    quarter = (today.month - 1) // 3
    start = date(today.year, quarter * 3 + 1, 1)
    end = date(today.year + quarter // 3, (quarter * 3 + 3) % 12 + 1, 1) - timedelta(days=1)
    return f"{today.year}-Q{quarter + 1}", start, end


def template_files(today: date) -> Mapping[str, str]:
    """Texts by path, for the quarter of that day, with no tracker; they load without changes."""
    return {CONFIG_FILE: config_text((), "auto"), okr_path(quarter_of(today)[0]): okr_text(today, ())}


def okr_path(cycle: str) -> str:
    """The OKR file of a cycle."""
    return f"okrs/{cycle}.toml"


_HEAD = """\
# The configuration of the Alignment Hub. Every key can also be set in the environment: HUB_PUBLISH__ENABLED=true.
# Secrets are never in this file: set HUB_CONNECTORS__JIRA__TOKEN, or name a file that holds it by token_file.
cycle = {cycle}
okrs = ["okrs/*.toml"]
state = "sqlite:///hub.db"            # what was posted where
"""
_TEMPLATES = """\
# Remove the number signs of the tracker that you use, and set its credentials in the environment; or run `hub init` in
# another folder on a terminal, where it looks at your tracker and fills this in.
# [connectors.jira]                   # HUB_CONNECTORS__JIRA__EMAIL and HUB_CONNECTORS__JIRA__TOKEN
# kind = "jira"
# url = "https://your-site.atlassian.net"
# query = "project in (ABC) AND issuetype in (Epic, Initiative)"

# [connectors.github]                 # HUB_CONNECTORS__GITHUB__TOKEN
# kind = "github"
# projects = ["your-org/1"]           # Projects as owner/number
# repositories = ["your-org/app"]     # issues of repositories
"""
_PUBLISH = """\
[publish]
enabled = false                       # true lets the hub write comments and labels; hub sync shows the plan until then
"""


def config_text(trackers: Sequence[Tracker], cycle: str) -> str:
    """The whole configuration; without trackers those are commented examples."""
    tables = ["\n".join(_connector_lines(tracker)) + "\n" for tracker in trackers] or [_TEMPLATES]
    return "\n".join([_HEAD.format(cycle=quoted(cycle)), *tables, _PUBLISH])


def _connector_lines(tracker: Tracker) -> Iterator[str]:
    survey = tracker.survey
    counts = ", ".join(plural(total, noun) for noun, total in survey.totals)
    yield f"# {one_line(survey.site)}: signed in as {one_line(survey.account)}, who sees {counts}."
    yield f"[connectors.{tracker.name}]"
    yield f"kind = {quoted(tracker.name)}"
    yield f"url = {quoted(tracker.url)}"
    if not any(setting.key.endswith(("token_file", "private_key_file")) for setting in tracker.settings):
        yield f"# Its credentials are in the environment: HUB_CONNECTORS__{tracker.name.upper()}__TOKEN and its like."
    yield from (_setting_line(setting) for setting in tracker.settings if not setting.table)
    for table in dict.fromkeys(setting.table for setting in tracker.settings if setting.table):
        yield ""
        yield f"[connectors.{tracker.name}.{table}]"
        yield from (_setting_line(setting) for setting in tracker.settings if setting.table == table)


def _setting_line(setting: Setting) -> str:
    comment = one_line(setting.comment, 120)
    if setting.value is None:
        return f"# {comment}"
    value = setting.value
    if isinstance(value, tuple):
        text = array([quoted(_encodable(item)) for item in value])
    else:
        text = str(value) if isinstance(value, int) else _text(value)
    line = f"{setting.key} = {text}"
    if len(line) + len(comment) > MAX_LINE_LENGTH:
        return f"# {setting.key}: {comment}\n{line}"
    return f"{line:<37} # {comment}" if comment else line


def _text(value: str) -> str:
    """In single quotes where that needs no escapes, as queries do that hold quotes themselves."""
    text = _encodable(value)
    return f"'{text}'" if '"' in text and "'" not in text and text.isprintable() else quoted(text)


def _encodable(text: str) -> str:
    """The text with halves of signs replaced, which no file can hold."""
    return text.encode("utf-8", "replace").decode()


def one_line(text: str, length: int = MAX_NAME_LENGTH) -> str:
    """A tracker's words in one line of a file: what acts is shown as an escape."""
    line = " ".join(printable_line(_encodable(text)).split())
    return line if len(line) <= length else f"{line[: length - 1]}…"


_OKR_HEAD = """\
# The OKRs of {cycle}: the cycle and its teams, and no goals yet. `hub check` reads this file without any tracker.
[cycle]
id = {id}
start = {start}
end = {end}
phase = "draft"                       # draft | align | locked | running | closed
"""
_TEAMS = """\
# A team for each project or repository, as a start: rename them, put places together, add those that are missing.
"""
_EXAMPLE_TEAM = """\
# A team and what it owns: connector:project, connector:owner/repository or connector:owner/number.
# [[team]]
# id = "product"
# name = "Product"
# owns = ["jira:ABC"]
"""
_EXAMPLES = """\
# Write your own goals like these, without the number signs. Without `teams` an objective belongs to the organization;
# with one team it is that team's, with two or more it is shared. A ticket names a key result by its id.
# [[objective]]
# id = "growth"
# title = "…"
#
# [[objective.key_result]]
# id = "revenue"                      # tickets name it with the label kr-revenue
# title = "…"
# start = 0
# target = 100
# owners = ["product"]
#
# [[objective]]
# id = "launch"
# title = "…"
# teams = ["product"]
#
# [[objective.key_result]]
# id = "launch-users"
# title = "…"
# start = 0
# target = 5000
# aligns_to = [{ key_result = "revenue" }]
"""


def okr_text(today: date, teams: Sequence[Team]) -> str:
    """The cycle of that day and the teams; goals are examples in comments."""
    cycle, start, end = quarter_of(today)
    head = _OKR_HEAD.format(cycle=cycle, id=quoted(cycle), start=start, end=end)
    return "\n".join([head, *([_TEAMS.rstrip()] if teams else [_EXAMPLE_TEAM]), *map(_team_text, teams), _EXAMPLES])


def _team_text(team: Team) -> str:
    return f"[[team]]\nid = {quoted(team.id)}\nname = {quoted(team.name)}\nowns = {_owns(team)}\n"


def _owns(team: Team) -> str:
    return array([quoted(place) for place in team.owns])


def imported_text(text: str, teams: Sequence[Team]) -> str:
    """An imported OKR file whose teams own places where their names match; the others are added."""
    known = {team_id: team.name for team_id, team in okrs_from_text(text).teams.items()}
    added = []
    for team in teams:
        match = next((id_ for id_, name in known.items() if team.id in (id_, _slug(name))), None)
        head = f"[[team]]\nid = {quoted(match or '')}\n"
        if match is None or head not in text:
            added.append(team)
            continue
        text = text.replace(head, f"{head}owns = {_owns(team)}\n", 1)
        del known[match]
    return "\n".join([text, *map(_team_text, added)])


def build_teams(trackers: Iterable[Tracker]) -> tuple[Team, ...]:
    """One team for each place that no other place holds; places of one name are one team's."""
    teams: dict[str, Team] = {}
    for tracker in trackers:
        owned = [place for place in tracker.places if not place.shared] or tracker.places
        for place in owned:
            id_ = _slug(place.name) or _slug(place.id) or f"team-{len(teams) + 1}"
            owns = f"{tracker.name}:{place.id}"
            before = teams.get(id_)
            if before is not None and any(name.startswith(f"{tracker.name}:") for name in before.owns):
                id_, before = next(free for at in count(2) if (free := f"{id_}-{at}") not in teams), None
            name = one_line(place.name) or place.id
            teams[id_] = Team(id_, before.name if before else name, (*(before.owns if before else ()), owns))
    return tuple(teams.values())


def _slug(name: str) -> str:
    """A name as an id of an OKR file; empty where it holds no letter or digit that such an id may have."""
    return re.sub(r"[^a-z0-9]+", "-", folded(name).casefold()).strip("-")[:60].strip("-")
