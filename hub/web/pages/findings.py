"""The findings: filtered, grouped, sorted, a hundred a page, each with what to do and how to waive it."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby

from hub.core.audit.naming import shown, ticket
from hub.core.privacy import veil_id
from hub.model.addresses import key_result_page, team_page, ticket_page
from hub.model.finding import Finding, SubjectKind
from hub.model.initiative import Ref
from hub.model.private_names import PRIVATE_NAME
from hub.toml.write import day, quoted
from hub.web.concerns import teams_of
from hub.web.page import Asked, Page
from hub.web.sift import offered, sieve, sifted
from hub.web.snapshot import PortfolioSnapshot
from hub.web.viewer import Viewer

A_PAGE = 100
TICKETS_SHOWN = 5
# A waiver is no way to forget: it ends by itself, with the cycle at the latest.
WAIVED_FOR = timedelta(days=28)
GROUPS = {"team": "Team", "rule": "Rule", "ticket": "Ticket", "key_result": "Key result"}
SORTS = {"oldest": "Oldest first", "newest": "Newest first"}


@dataclass(frozen=True, slots=True)
class Row:
    """A finding as it is shown; `since` is None where no run has recorded it yet."""

    finding: Finding
    about: tuple[tuple[str, str | None], ...]
    title: str
    more: int
    teams: str
    since: datetime | None
    days: int
    waiver: str


def findings_page(window: PortfolioSnapshot, _viewer: Viewer, asked: Asked) -> Page:
    """One page of what passes the filter."""
    by, group, sort = sieve(window, asked), _one_of(GROUPS, asked, "group"), _one_of(SORTS, asked, "sort")
    found = [(_heading(window, group, one), one) for one in sorted(sifted(window, by), key=_order(window, sort))]
    if group:
        found.sort(key=lambda pair: pair[0].casefold())
    pages = max(1, -(-len(found) // A_PAGE))
    number = asked.number("page", 1, most=pages)
    shown = found[(number - 1) * A_PAGE : number * A_PAGE]
    holds = {
        "by": by,
        "count": len(found),
        "parts": [
            (name, [_row(window, one) for _, one in many]) for name, many in groupby(shown, lambda pair: pair[0])
        ],
        "page": number,
        "pages": pages,
        "query": by.words() | {name: value for name, value in (("group", group), ("sort", sort)) if value},
        "waived": len(window.judgement.waived),
        **_offered(window, group, sort),
    }
    return Page("findings.html", "Findings", holds)


def _one_of(known: Mapping[str, str], asked: Asked, name: str) -> str:
    value = asked.query.get(name, "")
    return value if value in known else ""


def _offered(window: PortfolioSnapshot, group: str, sort: str) -> dict[str, object]:
    return {
        "group": group,
        "sort": sort,
        "groups": [(words, name) for name, words in GROUPS.items()],
        "sorts": [(words, name) for name, words in SORTS.items()],
        **offered(window),
    }


def _order(window: PortfolioSnapshot, sort: str) -> Callable[[Finding], tuple[float, ...]]:
    def order(one: Finding) -> tuple[float, ...]:
        since = (window.first_seen.get(one.fingerprint) or window.made).timestamp()
        return (-one.severity,) if not sort else (since if sort == "oldest" else -since, -one.severity)

    return order


def _heading(window: PortfolioSnapshot, group: str, one: Finding) -> str:
    """What the finding is listed under: one place, so that counts add up."""
    portfolio = window.portfolio
    if group == "rule":
        return one.rule
    if group == "team":
        names = sorted(_names(window, teams_of(portfolio, one)))
        return " + ".join(names) or "The organization"
    if group == "ticket":
        return str(one.on_tickets[0]) if one.on_tickets else "Not on a ticket"
    if group == "key_result":
        if one.subject.kind is SubjectKind.KEY_RESULT:
            return one.subject.id
        served = (link.key_result for ref in one.tickets for link in portfolio.serves.get(ref, ()))
        return min((veil_id(id_, portfolio) for id_ in served), default="No key result")
    return ""


def _names(window: PortfolioSnapshot, teams: Iterable[str]) -> list[str]:
    known = window.portfolio.okrs.teams
    return [known[team].name if team in known else team for team in teams]


def _row(window: PortfolioSnapshot, one: Finding) -> Row:
    since = window.first_seen.get(one.fingerprint)
    return Row(
        finding=one,
        about=_about(window, one),
        title=_title(window, one),
        more=max(0, len(one.tickets) - TICKETS_SHOWN),
        teams=", ".join(sorted(_names(window, teams_of(window.portfolio, one)))),
        since=since,
        days=(window.portfolio.today - since.date()).days if since else 0,
        waiver=_waiver(window, one),
    )


def _about(window: PortfolioSnapshot, one: Finding) -> tuple[tuple[str, str | None], ...]:
    """The subject and the tickets, each once, with the page about it."""
    subject, okrs = one.subject, window.portfolio.okrs
    ways: dict[str, str | None] = {}
    if subject.kind is SubjectKind.KEY_RESULT:
        ways[subject.id] = None if subject.id == PRIVATE_NAME else key_result_page(subject.id)
    elif subject.kind is SubjectKind.TEAM and subject.id in okrs.teams:
        ways[okrs.teams[subject.id].name] = team_page(subject.id)
    elif subject.kind is SubjectKind.INITIATIVE:
        ways[subject.id] = ticket_page(subject.id)
    else:
        ways[subject.id] = None
    ways |= {str(ref): ticket_page(str(ref)) for ref in one.tickets[:TICKETS_SHOWN]}
    return tuple(ways.items())


def _title(window: PortfolioSnapshot, one: Finding) -> str:
    """Of the ticket or the key result, where it is about one and that may be told."""
    portfolio = window.portfolio
    if one.subject.kind is SubjectKind.KEY_RESULT:
        return shown(portfolio, one.subject.id).title
    if one.subject.kind is not SubjectKind.INITIATIVE:
        return ""
    ref = Ref.parse(one.subject.id)
    return ticket(portfolio, ref).title if ref in portfolio.initiatives else ""


def _waiver(window: PortfolioSnapshot, one: Finding) -> str:
    """A block to paste into the configuration; none where it would have to name what is private."""
    if PRIVATE_NAME in one.subject.id:
        return ""
    cycle, today = window.portfolio.cycle, window.portfolio.today
    until: date = max(today, min(cycle.end, today + WAIVED_FOR))
    told: Sequence[str] = (
        "[[waivers]]",
        f"rule = {quoted(one.rule)}",
        f"subject = {quoted(one.subject.id)}",
        'reason = "why this is right"',
        'owner = "team or person"',
        f"until = {day(until)}",
    )
    return "\n".join(told)
