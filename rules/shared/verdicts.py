"""What verdicts are made of: subjects with stable ids, facts as text, wrong values, incomplete data, first days."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from functools import lru_cache

from hub.model.finding import Fact, Subject, SubjectKind
from hub.model.initiative import Initiative, Ref
from hub.model.link import KeyResultLink, UnresolvedName, UnresolvedReason
from hub.model.message import Code, Line, Span, Text, day
from hub.model.okr import KeyResult, Phase
from hub.model.portfolio import Portfolio
from hub.model.private_names import PRIVATE_NAME
from hub.model.progress import working_days_between
from hub.model.text import match_key
from rules.shared.key_results import once_for_okrs
from rules.shared.tickets import heirs


def ticket_subject(initiative: Initiative) -> Subject:
    """The ticket as people name it."""
    return Subject(SubjectKind.INITIATIVE, str(initiative.ref), initiative.url)


def key_result_subject(key_result: KeyResult) -> Subject:
    """The key result by its id, which is veiled later where it is private."""
    return Subject(SubjectKind.KEY_RESULT, key_result.id, key_result.url)


def team_need_subject(waiting: KeyResult, team: str) -> Subject:
    """A key result that waits for a team as a whole."""
    return Subject(SubjectKind.DEPENDENCY, f"{PRIVATE_NAME if waiting.private else waiting.id} -> {team}")


def stable_identity(initiative: Initiative) -> tuple[str, str]:
    """The tracker's own id, which survives moves and renames."""
    return (initiative.ref.connector, initiative.id)


MAX_LISTED = 5


def line(*parts: str | Span | Line) -> Line:
    """One line of words, values and lists."""
    spans: list[Span] = []
    for part in parts:
        if isinstance(part, str):
            spans.append(_text(part))
        elif isinstance(part, tuple):
            spans.extend(part)
        else:
            spans.append(part)
    return tuple(spans)


# The same few sentences stand in every finding of a rule.
@lru_cache(maxsize=1024)
def _text(words: str) -> Text:
    return Text(words)


def key_result_span(id_: str) -> Span:
    """A key result's id as a value; the words for a private one as words."""
    return Text(id_) if id_ == PRIVATE_NAME else Code(id_)


def key_result_list(ids: Sequence[str]) -> Line:
    """Several key results, each once: private ones have one name."""
    return join_spans([key_result_span(id_) for id_ in dict.fromkeys(ids)])


def join_spans(spans: Sequence[Span], last: str = "and", *, omitted: int = 0) -> Line:
    """`a, b and c`; beyond five the rest is counted, with `omitted` that were left out before."""
    visible = list(spans[:MAX_LISTED])
    omitted += len(spans) - len(visible)
    if omitted:
        visible.append(Text(f"{omitted} more"))
    result: list[Span] = []
    for position, span in enumerate(visible):
        if position:
            result.append(Text(f" {last} " if position == len(visible) - 1 else ", "))
        result.append(span)
    return tuple(result)


def public_ids(ids: Iterable[str]) -> list[str]:
    """Those that may be typed: a veiled one names nothing."""
    return [id_ for id_ in ids if id_ != PRIVATE_NAME]


def texts(fact: Fact) -> tuple[str, ...]:
    """A fact that holds words, as words."""
    return tuple(str(part) for part in fact) if isinstance(fact, tuple) else ()


def day_text(fact: Fact) -> str:
    """A fact that holds a day, as people read it."""
    return day(fact) if isinstance(fact, date) else str(fact)


def records(fact: Fact) -> tuple[Mapping[str, Fact], ...]:
    """A fact that holds records, as records."""
    return tuple(part for part in fact if isinstance(part, Mapping)) if isinstance(fact, tuple) else ()


KEY_RESULT_FIELDS = frozenset({"labels", "fields", "text"})


def incompleteness_reason(portfolio: Portfolio, initiative: Initiative) -> str | None:
    """Why the ticket may serve more than is known; None when all of it was read."""
    if initiative.ref in portfolio.undetermined:
        return portfolio.undetermined[initiative.ref]
    if initiative.parent is not None and (ancestor := _missing_ancestor(portfolio, initiative)) is not None:
        return f"{ancestor}, which stands above it, was not read"
    sources = [
        s
        for key_result_link in portfolio.serves.get(initiative.ref, ())
        if (s := key_result_link.inherited_from) is not None
    ]
    tickets = [initiative, *(i for s in sources if (i := portfolio.initiatives.get(s)) is not None)]
    if any(ticket.missing_fields and ticket.missing_fields & KEY_RESULT_FIELDS for ticket in tickets):
        return "a further key result may be named in what could not be read"
    return None


def _missing_ancestor(portfolio: Portfolio, initiative: Initiative) -> Ref | None:
    """The ticket above that was not read: with it, this one may be no initiative of its own."""
    visited = {initiative.ref}
    current = initiative.parent
    while current is not None and current not in visited:
        if current not in portfolio.initiatives:
            return None if portfolio.readable(current) else current
        visited.add(current)
        current = portfolio.initiatives[current].parent
    return None


GRACE_DAYS = 5
"""Working days, the first one included, in which a cycle, ticket, key result or shared OKR is new."""


def in_grace(portfolio: Portfolio, *since: date | datetime | None, days: float = GRACE_DAYS) -> bool:
    """Whether the OKRs are not agreed yet, or the cycle or any of the things that began on `since` is new."""
    if portfolio.cycle.phase in (Phase.DRAFT, Phase.ALIGN):
        return True
    today = portfolio.today
    start_days = (_day(item) for item in since if item is not None)
    return _is_new(portfolio.cycle.start, today, days) or any(_is_new(day, today, days) for day in start_days)


# Tickets are many, and the days on which they were created are few.
@lru_cache(maxsize=4096)
def _is_new(day: date, today: date, days: float) -> bool:
    return working_days_between(day, today) < days


def _day(value: date | datetime) -> date:
    return value.date() if isinstance(value, datetime) else value


Values = dict[str, list[UnresolvedName]]


def self_and_ancestors(portfolio: Portfolio, ref: Ref) -> Iterator[Ref]:
    """The ticket, then those above it that it inherits from; a ticket that is only context is passed over."""
    visited: set[Ref] = set()
    current: Ref | None = ref
    while current is not None and current not in visited and current not in portfolio.okrs.okr_id_by_ticket:
        visited.add(current)
        initiative = portfolio.initiatives.get(current)
        if initiative is None:
            return
        if not initiative.reference_only:
            yield current
        current = initiative.parent if initiative.inherits else None


def serves_current(portfolio: Portfolio, ref: Ref) -> bool:
    """Whether the ticket serves a key result whose cycle is not over."""
    served = (portfolio.key_result(link.key_result) for link in portfolio.serves.get(ref, ()))
    return any(not portfolio.has_ended(key_result) for key_result in served)


def obsolete_links(portfolio: Portfolio, ref: Ref) -> tuple[KeyResultLink, ...]:
    """What names key results of ended cycles on a ticket that serves a current one: to be removed."""
    if ref not in portfolio.other_cycle_links or not serves_current(portfolio, ref):
        return ()
    named = portfolio.other_cycle_links[ref]
    return tuple(link for link in named if portfolio.has_ended(portfolio.okrs.other_key_results[link.key_result]))


@once_for_okrs
def _ended_key_results(portfolio: Portfolio) -> frozenset[str]:
    """Those of the running cycle and of cycles alongside whose cycle is over."""
    ids = (*portfolio.okrs.key_results, *portfolio.overlapping_key_results)
    return frozenset(id_ for id_ in ids if portfolio.has_ended(portfolio.key_result(id_)))


def has_ended_key_results(portfolio: Portfolio) -> bool:
    """Whether `only_ended_key_results` can find any, whichever ticket it is asked for."""
    return bool(portfolio.other_cycle_links or _ended_key_results(portfolio))


def only_ended_key_results(portfolio: Portfolio, ref: Ref) -> tuple[KeyResult, ...]:
    """The key results of ended cycles that the ticket serves or names, itself or the nearest above it, and no others.

    Empty as well where a value is to be corrected first.
    """
    serving, ended = portfolio.serves.get(ref, ()), _ended_key_results(portfolio)
    if not (serving or portfolio.other_cycle_links) or any(link.key_result not in ended for link in serving):
        return ()
    served = [portfolio.key_result(link.key_result) for link in serving]
    sources = [ref] if served else list(self_and_ancestors(portfolio, ref))
    if any(source in portfolio.unresolved_names for source in sources):
        return ()
    other_cycle_links = next((x for source in sources if (x := portfolio.other_cycle_links.get(source))), ())
    every = (*served, *(portfolio.okrs.other_key_results[link.key_result] for link in other_cycle_links))
    return every if all(map(portfolio.has_ended, every)) else ()


def wrong_values(portfolio: Portfolio) -> dict[Ref, Values]:
    """For each ticket the values that miss, by what is written; one value may stand in several places."""
    unresolved, ended = portfolio.unresolved_names, portfolio.other_cycle_links
    values: dict[Ref, Values] = {}
    for ref in portfolio.judged_tickets() if unresolved or ended else ():
        if ref in unresolved or ref in ended:
            of_ticket: Values = defaultdict(list)
            for name in unresolved[ref] if ref in unresolved and _is_missed(portfolio, ref) else ():
                of_ticket[match_key(name.raw)].append(name)
            for link in obsolete_links(portfolio, ref) if portfolio.is_active(ref) else ():
                of_ticket[link.key_result].append(_ended_name(portfolio, link))
            if of_ticket:
                values[ref] = of_ticket
    return values


def _is_missed(portfolio: Portfolio, ref: Ref) -> bool:
    """Whether the ticket is active, or an initiative that serves nothing would have its key results from it."""
    if portfolio.is_active(ref):
        return True
    if portfolio.initiatives[ref].reference_only or ref in portfolio.okrs.okr_id_by_ticket:
        return False
    below = (ticket.ref for ticket in heirs(portfolio, ref))
    return any(heir in portfolio.active_tops and not portfolio.serves.get(heir) for heir in below)


def _ended_name(portfolio: Portfolio, link: KeyResultLink) -> UnresolvedName:
    closest = _successor(portfolio, link.key_result)
    return UnresolvedName(link.initiative, link.source, link.raw, UnresolvedReason.ENDED, closest)


def _successor(portfolio: Portfolio, ended: str) -> tuple[str, ...]:
    successor = portfolio.okrs.other_key_results[ended].replaced_by
    return (successor,) if successor is not None and successor in portfolio.okrs.key_results else ()


def count_affected_work(portfolio: Portfolio, wrong: Mapping[Ref, Values]) -> Counter[Ref]:
    """How many active tickets lie below each ticket with a wrong value."""
    return Counter({ref: sum(portfolio.is_active(heir.ref) for heir in heirs(portfolio, ref)) for ref in wrong})
