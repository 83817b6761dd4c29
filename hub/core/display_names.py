"""How the comment on one ticket names tickets, key results, teams and days: by title and link, as far as its readers
may read them.
"""

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from datetime import date
from typing import Any, TypeVar

from hub.model.initiative import Initiative, Ref
from hub.model.message import Line, Link, Span, Text, Wording, day
from hub.model.okr import Cycle, KeyResult
from hub.model.portfolio import Portfolio
from hub.model.private_names import PRIVATE_NAME
from hub.model.urls import key_result_page, team_page, ticket_page

MAX_TITLE_LENGTH = 50
MAX_TICKETS = 2
QUARTER_DAYS = range(80, 101)
YEAR_DAYS = range(350, 380)
DEFAULT = Wording()
UNNAMED = "a key result"
T = TypeVar("T")


class Names:
    """Names for one ticket's readers; without `hub_url` there are no links to the hub's pages.

    `unnamed` stands for a key result that they may not see: on a ticket, nothing tells that it is a private one.
    `shared` holds what `once` worked out for all tickets of one plan.
    """

    unnamed = UNNAMED

    def __init__(
        self,
        portfolio: Portfolio,
        ref: Ref,
        wordings: Mapping[str, Wording] | None = None,
        hub_url: str = "",
        shared: dict[Hashable, Any] | None = None,
    ) -> None:
        self.portfolio = portfolio
        self.ref = ref
        self.wording = (wordings or {}).get(ref.connector, DEFAULT)
        self.initiative: Initiative | None = portfolio.initiatives.get(ref)
        self.public = self.initiative is not None and self.initiative.public
        self._hub = hub_url.rstrip("/")
        self._details: str | None = None
        self._shared = {} if shared is None else shared

    def once(self, key: Hashable, compute: Callable[[], T]) -> T:
        """What several tickets of a plan have in common; `key` names all that it depends on besides the plan."""
        if key not in self._shared:
            self._shared[key] = compute()
        result: T = self._shared[key]
        return result

    def page(self, path: str) -> str:
        """The address of one of the hub's pages; empty without a hub address."""
        return f"{self._hub}{path}" if self._hub else ""

    def details(self) -> str:
        """The hub's page about this ticket."""
        if self._details is None:
            self._details = self.page(ticket_page(str(self.ref))) if self._hub else ""
        return self._details

    def ticket(self, ref: Ref, *, title: bool = True) -> Span:
        """Key and title as one link; the key alone where this ticket's readers may not read the title.

        A title that names a private key result is not repeated.
        """
        ticket = self.portfolio.initiatives.get(ref)
        if ticket is None:
            return Text(ref.key)
        words = f"{ref.key} {cut(ticket.title)}" if title and self._can_read(ticket) else ref.key
        return Link(words, ticket.url) if ticket.url else Text(words)

    def tickets(self, refs: Sequence[Ref]) -> Line:
        """Two of them at most, the others counted."""
        spans: list[Span] = [self.ticket(ref) for ref in refs[:MAX_TICKETS]]
        if len(refs) > MAX_TICKETS:
            omitted = f"{len(refs) - MAX_TICKETS} more"
            spans.append(Link(omitted, self.details()) if self._hub else Text(omitted))
        return join_spans(spans)

    def key_result(self, id_: str) -> Span:
        """Its title, as a link where it has a page; no name where it is private or anybody can read the ticket."""
        key_result = self._key_result(id_)
        if key_result is None or id_ == PRIVATE_NAME or key_result.private:
            return Text(self.unnamed)
        if self.public:
            return Text(UNNAMED)
        running = id_ in self.portfolio.okrs.key_results
        url = self.page(key_result_page(id_)) if running else ""
        return (
            Link(key_result.title, url or key_result.url or "")
            if url or key_result.url
            else Text(f"“{key_result.title}”")
        )

    def key_results(self, ids: Iterable[str]) -> Line:
        """Each once, by title."""
        return join_spans(tuple(dict.fromkeys(self.key_result(id_) for id_ in ids)))

    def team(self, id_: str | None) -> str:
        """The team's name; its id where it is not known."""
        known_team = self.portfolio.okrs.teams.get(id_ or "")
        return known_team.name if known_team else id_ or "no team"

    def own_team(self) -> str | None:
        """The team whose ticket this is."""
        return self.portfolio.team_of.get(self.ref)

    def team_list(self) -> Span:
        """The key results that this ticket may be linked to, as a link to the list."""
        team = self.own_team()
        words = f"{self.team(team)}'s key results" if team else "the key results"
        if team and not self.portfolio.key_results_of.get(team):
            team, words = None, "the organization's key results"
        path = team_page(team) if team else "/key-results"
        return Link(words, self.page(path)) if self._hub else Text(words)

    def _key_result(self, id_: str) -> KeyResult | None:
        okrs = self.portfolio.okrs
        return (
            okrs.key_results.get(id_)
            or self.portfolio.overlapping_key_results.get(id_)
            or okrs.other_key_results.get(id_)
        )

    def _can_read(self, other: Initiative) -> bool:
        """Whether everybody who reads this ticket may read the other one's title."""
        if self.portfolio.okrs.private_names.names_in(other.title):
            return False
        return other.ref == self.ref or other.public or not (self.public or other.restricted)


def join_spans(spans: Sequence[Span], last: str = "and") -> Line:
    """`a, b and c`."""
    result: list[Span] = []
    for index, span in enumerate(spans):
        if index:
            result.append(Text(f" {last} " if index == len(spans) - 1 else ", "))
        result.append(span)
    return tuple(result)


def line(*parts: str | Span | Line) -> Line:
    """One line of words, values and lists; words that follow each other are one span."""
    spans: list[Span] = []
    for part in parts:
        for span in part if isinstance(part, tuple) else (Text(part) if isinstance(part, str) else part,):
            if isinstance(span, Text) and spans and isinstance(spans[-1], Text):
                spans[-1] = Text(spans[-1].text + span.text)
            elif span.text:
                spans.append(span)
    return tuple(spans)


def short_day(value: date, reference: date) -> str:
    """`11 Dec` beside a day of the same year."""
    return day(value).removesuffix(f" {reference.year}")


def period(cycle: Cycle) -> str:
    """What people call a cycle of this length: `quarter`, `year` or `cycle`."""
    days = (cycle.end - cycle.start).days + 1
    return "quarter" if days in QUARTER_DAYS else "year" if days in YEAR_DAYS else "cycle"


def cut(title: str, limit: int = MAX_TITLE_LENGTH) -> str:
    """The title up to so many characters, ending with a whole word."""
    words = " ".join(title.split())
    if len(words) <= limit:
        return words
    return f"{words[: limit + 1].rpartition(' ')[0] or words[:limit]}…".replace(",…", "…")


def plural(count: int, noun: str) -> str:
    """`1 ticket`, `2,000 tickets`, `2 dependencies`."""
    many = f"{noun[:-1]}ies" if noun.endswith("y") else f"{noun}s"
    return f"{count:,} {noun if count == 1 else many}"
