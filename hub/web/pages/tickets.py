"""The list of tickets; the page of each: why it has findings or none; and the help on the comments of the hub."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date

from hub.core.insight.audit.audit import ticket_ref
from hub.core.insight.audit.rows import TicketRef
from hub.core.insight.explain import Explanation, RuleVerdict, explain
from hub.core.insight.explain_okr import explain_okr
from hub.core.planning.write_refusals import skip_reasons
from hub.model.action import MEANINGS
from hub.model.finding import Fact, Judgement
from hub.model.initiative import Ref
from hub.report.status import retry_text
from hub.report.text import day
from hub.web.listing import KIND_LEVELS, KIND_WORDS, has_page
from hub.web.page import Page, PageParams, Viewer, not_found
from hub.web.snapshot import PortfolioSnapshot
from hub.web.ticket_list import NO_TEAM, SCOPES, STATES, WORK, TicketFilter, parse_ticket_filter, ticket_table

MAX_KEY_LENGTH = 200
MAX_CHOICES = 200
"""More key results than these are named by their id rather than chosen from a list."""
NO_JUDGEMENT = Judgement()
LABEL_NOT_RESTORED = "it isn't set again for the same findings"
COMMENT_NOT_RESTORED = "it isn't posted again for the same findings"


def tickets_page(snapshot: PortfolioSnapshot, _viewer: Viewer, params: PageParams) -> Page:
    """The tickets that pass the filter; `q` is a key, as older links have it."""
    key = params.query.get("q", "").strip()[:MAX_KEY_LENGTH]
    exact = snapshot.work.by_key.get(key.casefold(), ())
    if len(exact) == 1:
        return _ticket_page(snapshot, exact[0])
    chosen = parse_ticket_filter(params)
    ticket_filter = replace(chosen, text=chosen.text or key)
    query = ticket_filter.to_query()
    context = {
        "by": ticket_filter,
        "query": query,
        "table": ticket_table(snapshot, ticket_filter, params, path="/tickets", filters=query),
        "total": len(snapshot.work.order),
        "words": KIND_WORDS,
        "levels": KIND_LEVELS,
        **_options(snapshot, ticket_filter),
    }
    return Page("tickets.html", "Tickets", context)


def _options(snapshot: PortfolioSnapshot, ticket_filter: TicketFilter) -> dict[str, object]:
    """The choices of the filter; key results of the chosen team, or all of them where they are few."""
    portfolio, okrs = snapshot.portfolio, snapshot.portfolio.okrs
    ids = portfolio.key_results_of.get(ticket_filter.team, ()) if ticket_filter.team else tuple(okrs.key_results)
    public = [okrs.key_results[id_] for id_ in ids if has_page(snapshot, id_)]
    return {
        "teams": [*sorted((team.name, id_) for id_, team in okrs.teams.items()), ("no team", NO_TEAM)],
        "key_results": [(f"{item.title} ({item.id})", item.id) for item in public[:MAX_CHOICES]],
        "too_many": len(public) > MAX_CHOICES,
        "states": [(words, state) for state, words in STATES.items()],
        "works": [(words, work) for work, (words, _) in WORK.items()],
        "scopes": [(words, value) for value, words in SCOPES.items()],
        "rules": sorted((name, name) for name in snapshot.rule),
    }


def ticket_page(snapshot: PortfolioSnapshot, _viewer: Viewer, params: PageParams) -> Page:
    """One ticket, as the last run saw it."""
    ref = Ref(params.path["connector"], params.path["key"])
    if ref in snapshot.portfolio.initiatives:
        return _ticket_page(snapshot, ref)
    if ref in snapshot.portfolio.okrs.okr_id_by_ticket:
        explanation = _explain_okr(snapshot, ref)
        ticket = explanation.initiative
        return _page(snapshot, ref, explanation, TicketRef(str(ref), ticket.title, ticket.url, ticket.status))
    return not_found("ticket")


def _ticket_page(snapshot: PortfolioSnapshot, ref: Ref) -> Page:
    return _page(snapshot, ref, _explain(snapshot, ref), ticket_ref(snapshot.portfolio, ref))


def _page(snapshot: PortfolioSnapshot, ref: Ref, explanation: Explanation, view: TicketRef) -> Page:
    context = {
        "explanation": explanation,
        "ticket": view,
        "team": snapshot.portfolio.okrs.teams.get(explanation.team or ""),
        "findings": [
            (rule_verdict, _facts(rule_verdict))
            for rule_verdict in explanation.verdicts
            if rule_verdict.finding is not None
        ],
        "not_judged": [rule_verdict for rule_verdict in explanation.verdicts if rule_verdict.not_judged is not None],
        "passed_rules": [
            rule_verdict.rule
            for rule_verdict in explanation.verdicts
            if rule_verdict.finding is None and rule_verdict.not_judged is None
        ],
        "posted": [*_posted(explanation), *_failed_writes(snapshot, ref)],
    }
    return Page("ticket.html", view.title or ref.key, context)


def _explain(snapshot: PortfolioSnapshot, ref: Ref) -> Explanation:
    """The same explanation as `hub why` prints."""
    entry = (ref.connector, snapshot.portfolio.initiatives[ref].id)
    return explain(
        ref,
        snapshot.portfolio,
        snapshot.judgement_by_ticket.get(ref, NO_JUDGEMENT),
        snapshot.rules,
        read=next((source.read for source in snapshot.sources if source.connector == ref.connector), None),
        ledger_entry=snapshot.ledger.get(entry),
        waiting_since_run=snapshot.deferred_comments.get(entry),
        commands=snapshot.commands_on.get(entry, ()),
        links=snapshot.remote_links,
    )


def _explain_okr(snapshot: PortfolioSnapshot, ref: Ref) -> Explanation:
    """The same of an objective or key result that is kept as a ticket."""
    row = snapshot.portfolio.okrs.okr_tickets.get(ref)
    return explain_okr(
        ref,
        snapshot.portfolio,
        snapshot.judgement,
        snapshot.rules,
        read=next((source.read for source in snapshot.sources if source.connector == ref.connector), None),
        ledger_entry=snapshot.ledger.get((ref.connector, row.id)) if row else None,
    )


def _facts(ruling: RuleVerdict) -> tuple[tuple[str, str], ...]:
    """The observed values behind the verdict; they were redacted when it was made."""
    if ruling.finding is None:
        return ()
    return tuple((name.replace("_", " "), _fact_text(fact)) for name, fact in ruling.finding.facts.items())


def _fact_text(fact: Fact) -> str:
    if fact is None or fact == ():
        return "none"
    if isinstance(fact, date):
        return day(fact)
    if isinstance(fact, tuple):
        return ", ".join(map(_fact_text, fact))
    if isinstance(fact, Mapping):
        return ", ".join(f"{name}: {_fact_text(item)}" for name, item in fact.items())
    return {True: "yes", False: "no"}[fact] if isinstance(fact, bool) else str(fact)


def _posted(explanation: Explanation) -> Iterator[str]:
    entry = explanation.ledger_entry
    yield from (f"A link to {key_result}." for key_result in explanation.links)
    if entry is None:
        if not explanation.links:
            yield "Nothing."
        return
    if entry.comment_id:
        open_points = "A comment with the open points of the last run."
        yield "A comment that says that everything is resolved." if entry.resolved else open_points
    else:
        yield "No comment."
    if entry.labels:
        yield f"Labels set by the hub: {', '.join(sorted(entry.labels))}."
    yield from (
        f"Someone removed the label {label}: {LABEL_NOT_RESTORED}." for label in sorted(entry.labels_removed_by_human)
    )
    if entry.comment_removed_by_human:
        yield f"Someone deleted the comment: {COMMENT_NOT_RESTORED}."
    yield from (f"{text[:1].upper()}{text[1:]}." for text in skip_reasons(entry))


def _failed_writes(snapshot: PortfolioSnapshot, ref: Ref) -> Iterator[str]:
    """Writes of the last run that did not happen, as far as its summary contains them."""
    run = next((run for run in snapshot.runs if run.summary), None)
    if run is None:
        return
    for row in run.summary.get("plan", ()):
        if (row["connector"], row["ticket"]) == (ref.connector, ref.key):
            action = f"{row['action'].replace('_', ' ')} {row['status']}"
            yield f"Run {run.id}: {action}{': ' if row['detail'] else ''}{row['detail']}; {retry_text(run, row)}."
    for skipped in run.summary.get("skipped_tickets", ()):
        if skipped["ticket"] == str(ref):
            yield f"Run {run.id} did not change it: {skipped['reason']}."


COMMANDS: tuple[tuple[str, str], ...] = (
    ("/okr kr <id>", "Links the ticket to that key result. /okr kr none takes the link back."),
    ("/okr exempt <reason>", "This is not OKR work: no checks. /okr exempt none takes that back."),
    ("/okr accept", "Your team delivers what others need from this ticket."),
    ("/okr decline <reason>", "Your team doesn't. Waiting teams are informed on their ticket."),
    ("/okr later", "Not this cycle: waiting teams are informed; on a waiting ticket, its work is postponed."),
    ("/okr mute", "The comment shrinks to one line until something new or worse comes up. Labels stay."),
    ("/okr unmute", "Shows the points again."),
    ("/okr recheck", "Has the ticket read again in the next run."),
)


def help_page(_snapshot: PortfolioSnapshot, _viewer: Viewer, _params: PageParams) -> Page:
    """The commands, the labels, and how to opt out."""
    return Page("help.html", "Comments on tickets", {"commands": COMMANDS, "labels": tuple(MEANINGS.items())})
