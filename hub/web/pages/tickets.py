"""A ticket: why something is on it, or why nothing happens; and the way to one by its key."""

from collections.abc import Iterator, Mapping
from datetime import date
from itertools import islice

from hub.core.audit.naming import ticket
from hub.core.looking import left_alone
from hub.core.why import Ruling, Why, why
from hub.model.action import Published
from hub.model.finding import Fact, Judgement
from hub.model.initiative import Ref
from hub.model.similarity import closest
from hub.report.days import day
from hub.report.status import again
from hub.web.names import KIND_TONES, KIND_WORDS, ticket_row
from hub.web.page import Asked, Page, missing
from hub.web.snapshot import PortfolioSnapshot
from hub.web.viewer import Viewer

LONGEST_KEY = 200
FOUND_AT_MOST = 50
NO_JUDGEMENT = Judgement()
LABEL_STAYS = "it isn't set again for the same findings"
COMMENT_STAYS = "it isn't posted again for the same findings"


def tickets_page(window: PortfolioSnapshot, _viewer: Viewer, asked: Asked) -> Page:
    """Find a ticket by its key; where only one has it, its page."""
    key = asked.query.get("q", "").strip()[:LONGEST_KEY]
    exact = window.work.by_key.get(key.casefold(), ())
    if len(exact) == 1:
        return _page(window, exact[0])
    found = exact or (tuple(islice(_like(window, key.casefold()), FOUND_AT_MOST + 1)) if key else ())
    holds = {
        "key": key,
        "found": [ticket_row(window, ref) for ref in found[:FOUND_AT_MOST]],
        "more": len(found) > FOUND_AT_MOST,
        "near": closest(key, [ref.key for ref in window.portfolio.initiatives]) if key and not found else (),
        "words": KIND_WORDS,
        "tones": KIND_TONES,
    }
    return Page("tickets.html", "Tickets", holds)


def ticket_page(window: PortfolioSnapshot, _viewer: Viewer, asked: Asked) -> Page:
    """One ticket, as the last run saw it."""
    ref = Ref(asked.path["connector"], asked.path["key"])
    return _page(window, ref) if ref in window.portfolio.initiatives else missing("ticket")


def _page(window: PortfolioSnapshot, ref: Ref) -> Page:
    answer = _why(window, ref)
    shown = ticket(window.portfolio, ref)
    holds = {
        "answer": answer,
        "ticket": shown,
        "team": window.portfolio.okrs.teams.get(answer.team or ""),
        "found": [(one, _facts(one)) for one in answer.rulings if one.finding is not None],
        "not_judged": [one for one in answer.rulings if one.not_judged is not None],
        "silent": [one.rule for one in answer.rulings if one.finding is None and one.not_judged is None],
        "posted": [*_posted(answer.published), *_undone(window, ref)],
    }
    return Page("ticket.html", shown.ref, holds)


def _why(window: PortfolioSnapshot, ref: Ref) -> Why:
    """What `hub why` says of it."""
    entry = (ref.connector, window.portfolio.initiatives[ref].id)
    return why(
        ref,
        window.portfolio,
        window.judgement_by_ticket.get(ref, NO_JUDGEMENT),
        window.rules,
        read=next((one.read for one in window.sources if one.connector == ref.connector), None),
        published=window.ledger.get(entry),
        waiting_since_run=window.waiting.get(entry),
        commands=window.commands_on.get(entry, ()),
    )


def _facts(ruling: Ruling) -> tuple[tuple[str, str], ...]:
    """The observed values that the verdict rests on, veiled when it was made."""
    if ruling.finding is None:
        return ()
    return tuple((name.replace("_", " "), _told(fact)) for name, fact in ruling.finding.facts.items())


def _told(fact: Fact) -> str:
    if fact is None or fact == ():
        return "none"
    if isinstance(fact, date):
        return day(fact)
    if isinstance(fact, tuple):
        return ", ".join(map(_told, fact))
    if isinstance(fact, Mapping):
        return ", ".join(f"{name}: {_told(one)}" for name, one in fact.items())
    return {True: "yes", False: "no"}[fact] if isinstance(fact, bool) else str(fact)


def _posted(known: Published | None) -> Iterator[str]:
    if known is None:
        yield "Nothing."
        return
    if known.comment_id:
        open_points = "A comment with the open points of the last run."
        yield "A comment that says that everything is resolved." if known.resolved else open_points
    else:
        yield "No comment."
    if known.labels:
        yield f"Labels set by the hub: {', '.join(sorted(known.labels))}."
    yield from (f"Someone removed the label {label}: {LABEL_STAYS}." for label in sorted(known.refused_labels))
    if known.comment_refused:
        yield f"Someone deleted the comment: {COMMENT_STAYS}."
    yield from (f"{one[:1].upper()}{one[1:]}." for one in left_alone(known))


def _undone(window: PortfolioSnapshot, ref: Ref) -> Iterator[str]:
    """What the last run wanted to write there and did not, as far as its summary keeps it."""
    run = next((one for one in window.runs if one.summary), None)
    if run is None:
        return
    for row in run.summary.get("plan", ()):
        if (row["connector"], row["ticket"]) == (ref.connector, ref.key):
            what = f"{row['action'].replace('_', ' ')} {row['status']}"
            yield f"Run {run.id}: {what}{': ' if row['detail'] else ''}{row['detail']}; {again(run, row)}."
    for held in run.summary.get("held", ()):
        if held["ticket"] == str(ref):
            yield f"Run {run.id} did not change it: {held['why']}."


def _like(window: PortfolioSnapshot, text: str) -> Iterator[Ref]:
    """Tickets whose key holds the text, in the order of their keys."""
    order = window.work.order
    return (ref for ref in order if text in str(ref).casefold())
