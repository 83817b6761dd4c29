"""The section of the second check: each team with its links and its work; and the links that are suggested."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from hub.core.display_names import plural
from hub.core.insight.alignment_ratio import Ratio
from hub.core.insight.audit.audit import Audit
from hub.core.insight.audit.dependencies import is_about_dependency
from hub.core.insight.audit.rows import (
    AlignmentPath,
    KeyResultRef,
    SuggestedLink,
    TeamCheck,
    TeamDependency,
    TeamKeyResult,
    TeamRef,
)
from hub.model.finding import Finding
from hub.model.message import Text
from hub.model.okr import LinkState
from hub.report.audit.blocks import (
    NONE,
    Badge,
    Block,
    Paragraph,
    Reference,
    Row,
    Section,
    Table,
    Words,
    dependency_reference,
    finding_blocks,
    join_words,
    key_result_title,
    key_results_words,
    teams_words,
    ticket_link,
    to_words,
    work_words,
)
from hub.report.audit.session import DECISION
from hub.report.text import day

STATES = {LinkState.ACCEPTED: "good", LinkState.PROPOSED: "warn", LinkState.DECLINED: "bad"}
# Dependencies of a team named by number; the rest is a number.
MAX_DEPENDENCIES = 8
HEAD = ("Key result", "Linked to", "Work of the team")
OPEN: Words = (Text(" "), Badge("open", "warn"))
KINDS = {
    "split-goal": "same metric in two teams",
    "similar-goal": "similar titles",
    "hidden-dependency": "possible dependency",
    "key-result": "key result not linked upward yet",
    "ticket": "no key result linked",
}


def teams_section(audit: Audit) -> Section:
    """Does each team contribute, and is its work linked?"""
    ask = (
        "Does each team contribute at least one or two key results, directly or indirectly? Is its active work linked?"
    )
    counting = (
        "Active work counts by team, never by person, and without exempt tickets; low-alignment-ratio also leaves out "
        "new tickets."
    )
    numbers = {id(dependency): number for number, dependency in enumerate(audit.dependencies, start=1)}
    summary = Table(
        "Teams at a glance",
        ("Team", "Contributes to", "Active work linked", "Waits on others", "Provides to others", "Findings"),
        tuple(_summary_row(team, numbers) for team in audit.second),
        widths=(4, 6, 4, 4, 3, 3),
        numeric=(5,),
    )
    parts = tuple(_team(audit, number, team) for number, team in enumerate(audit.second, start=1))
    notes = (Paragraph(to_words(ask), note=True), Paragraph(to_words(counting), note=True))
    return Section("Second check: each team", "second-check", (*notes, summary), parts)


def _summary_row(team: TeamCheck, numbers: Mapping[int, int]) -> Row:
    reached = key_results_words(team.reached) if team.reached else (Badge("no organization key result", "bad"),)
    return (
        (to_words(team.team.name),),
        (reached,),
        (ratio_words(team.ratio),),
        (_numbers(team.waits, numbers),),
        (_numbers(team.provides, numbers),),
        (to_words(f"{len(team_findings(team)):,}"),),
    )


def _numbers(dependencies: Sequence[TeamDependency], numbers: Mapping[int, int]) -> Words:
    """The rows of dependencies that they are; those that need a decision are marked."""
    named = dependencies[:MAX_DEPENDENCIES]
    words = tuple(
        to_words(dependency_reference(numbers[id(dependency)]), *(OPEN if dependency.needs_decision else ()))
        for dependency in named
    )
    more = len(dependencies) - len(named)
    return to_words(*join_words(words), f" and {more:,} more" if more else "") or NONE


def team_findings(team: TeamCheck) -> tuple[Finding, ...]:
    """What the rules find, without what stands in the table of dependencies or among the suggestions."""
    suggested = {(link.kind, link.subject) for link in team.suggestions}
    return tuple(
        finding
        for finding in team.findings
        if not is_about_dependency(finding) and (finding.rule, finding.subject.id) not in suggested
    )


def ratio_words(ratio: Ratio | None) -> Words:
    """Active work that is linked to an aligned key result, as a part of all of it."""
    if ratio is None:
        return (Badge("unknown: no sync has run yet", "dim"),)
    if ratio.percent is None:
        return (Badge("no active work", "dim"),)
    level = "good" if ratio.percent >= 80 else "warn" if ratio.percent >= 50 else "bad"
    details = [f"{ratio.unaligned} on a key result that isn't linked upward yet"] if ratio.unaligned else []
    details += [f"{ratio.without} without a key result"] if ratio.without else []
    text = f"{ratio.aligned} of {ratio.active} ({ratio.percent} %)"
    incomplete_note = " (data is incomplete)" if ratio.incomplete or ratio.undetermined else ""
    return to_words(Badge(text, level), f"; {', '.join(details)}" if details else "", incomplete_note)


def _team(audit: Audit, number: int, team: TeamCheck) -> Section:
    return Section(team.team.name, f"team-{number}", tuple(_blocks(audit, team)))


def _blocks(audit: Audit, team: TeamCheck) -> Iterator[Block]:
    own = tuple(
        _key_result(audit, team, team_key_result)
        for team_key_result in team.key_results
        if not team_key_result.shared_with
    )
    rows = (*own, *_shared_rows(audit, team))
    if rows:
        yield Table(f"Key results of {team.team.name}", HEAD, rows, widths=(10, 9, 5))
    else:
        yield Paragraph((Badge("This team has no key result in this cycle.", "bad"),))
    yield from finding_blocks(team_findings(team))


def _shared_rows(audit: Audit, team: TeamCheck) -> Iterator[Row]:
    """Each shared OKR that the team holds, in one row: its key results stand in the section of shared OKRs."""
    for number, shared_okr in enumerate(audit.shared, start=1):
        for team_ref, work in shared_okr.work:
            if team_ref.id == team.team.id:
                count = plural(len(shared_okr.key_results), "shared key result")
                link = Reference("Shared OKRs", f"#shared-{number}")
                yield (to_words(f"“{shared_okr.title}”, {count}"),), (to_words("see ", link),), (work_words(work),)


def _key_result(audit: Audit, team: TeamCheck, team_key_result: TeamKeyResult) -> Row:
    key_result = team_key_result.key_result
    name = to_words(*key_result_title(key_result), f" ({key_result.id})" if key_result.title else "")
    done = (Badge("target met", "good"),) if team_key_result.is_met else work_words(team_key_result.work)
    return (name,), alignment_words(audit, team.team, team_key_result), (done,)


def alignment_words(audit: Audit, team: TeamRef | None, team_key_result: TeamKeyResult) -> tuple[Words, ...]:
    """The links of a key result upwards; what it supports for another team is named by the dependency."""
    paths = tuple(
        _path(path, _supported(audit, team, team_key_result, path)) for path in team_key_result.alignment_paths
    )
    if team_key_result.standalone:
        return (*paths, to_words(f"standalone: {team_key_result.standalone}"))
    if not team_key_result.aligned:
        return (*paths, (Badge("not linked to an organization key result yet", "bad"),))
    return paths or ((Badge("nothing", "bad"),),)


def _supported(audit: Audit, team: TeamRef | None, supporting: TeamKeyResult, path: AlignmentPath) -> int | None:
    """The number of the dependency that the link answers; None for every other link."""
    if path.kind != "supports":
        return None
    for number, dependency in enumerate(audit.dependencies, start=1):
        is_provider = team is None or dependency.providing_team == team
        if is_provider and path.to in dependency.waiting and supporting.key_result in dependency.providing:
            return number
    return None


def _path(path: AlignmentPath, dependency: int | None) -> Words:
    """The link, and the chain by which it goes on."""
    state = to_words(" ", Badge(path.state.value, STATES[path.state])) if path.state is not LinkState.ACCEPTED else ()
    since = f" since {day(path.since)}" if path.since and state else ""
    if path.kind == "supports":
        ends = dict.fromkeys(chain[-1] for chain in path.chains if len(chain) > 1)
        name = dependency_reference(dependency) if dependency is not None else "a key result of another team"
        onward = to_words(" → ", *key_results_words(ends)) if ends else ()
        return to_words("supports ", name, *onward, *state, since)
    chains = tuple(_chain(chain) for chain in path.chains) or (key_result_title(path.to),)
    return to_words(f"{path.kind}: ", *join_words(chains, ", and "), *state, since)


def _chain(chain: tuple[KeyResultRef, ...]) -> Words:
    return join_words(tuple(map(key_result_title, chain)), " → ")


def suggestions_section(audit: Audit) -> Section:
    """Links that should perhaps exist, each once with the teams that it concerns."""
    teams: dict[SuggestedLink, list[TeamRef]] = defaultdict(list)
    for team in audit.second:
        for suggested_link in team.suggestions:
            # What only tickets show is a row of the table of dependencies.
            if suggested_link.kind != "dependency":
                teams[suggested_link].append(team.team)
    title = "Suggestions: links that may be missing"
    if not teams:
        return Section(title, "suggestions", (Paragraph(to_words("No missing link is suspected.")),))
    titles = {item.key_result.id: item.key_result for team in audit.second for item in team.key_results}
    rows = tuple(_suggestion(link, named, titles) for link, named in teams.items())
    head = ("Teams", "Possible link", "Why", "Decision")
    return Section(title, "suggestions", (Table("Possible missing links", head, rows, widths=(4, 8, 8, 4)),))


def _suggestion(link: SuggestedLink, teams: Sequence[TeamRef], titles: Mapping[str, KeyResultRef]) -> Row:
    subject: Words = ()
    if link.subject in titles:
        subject = key_result_title(titles[link.subject])
    elif link.url:
        subject = to_words(ticket_link(link.subject, link.url))
    elif link.kind != "hidden-dependency":
        subject = to_words(link.subject)
    targets = to_words(" with " if subject else "", *key_results_words(link.targets)) if link.targets else ()
    named = to_words(*subject, *targets)
    kind = KINDS.get(link.kind, link.kind)
    return (
        (teams_words(teams),),
        (named, to_words(kind)) if named else (to_words(kind),),
        (to_words(link.reason),),
        ((DECISION,),),
    )
