"""Whatever leaves the hub names no private key result, whatever part it plays and however tickets speak of it."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.github.markdown import body
from connectors.jira.adf import document as adf
from connectors.jira.wiki import markup
from hub.core.checking.check import check
from hub.core.checking.redacted_portfolio import redact_portfolio, strip_private_content
from hub.core.insight.audit.build import build_audit
from hub.core.insight.dashboard import DashboardInput, dashboard_message
from hub.core.insight.explain import explain
from hub.core.insight.run_summary import RunResult
from hub.core.mapping.build_portfolio import build_portfolio
from hub.core.planning.plan import plan
from hub.model.action import Receipt, Status
from hub.model.initiative import Initiative, KeyResultMention, PullResult, Snapshot
from hub.model.message import Message
from hub.model.okr import KeyResult, Okrs, Visibility
from hub.model.portfolio import DependencyHistory
from hub.model.ticket_input import Command, Verb
from hub.report.audit.document import build_document
from hub.report.audit.render import markdown_lines
from hub.report.explain import explanation_document, explanation_lines
from hub.report.run_json import audit_document, overview_document, run_document
from hub.report.sync_screen import SyncView, detail_lines, sync_lines
from hub.usecases.assess import run_overview
from rules.registry import all_rules
from tests.builders import TODAY
from tests.hub.pipeline.portfolios import KEY_RESULTS, okrs, tickets

SECRETS = {id_: f"heron-{id_}-loi" for id_ in KEY_RESULTS}
TITLE = "Letter of intent with"
RULES = all_rules()


def title_of(id_: str) -> str:
    return f"{TITLE} {id_} Audio"


def with_private(known: Okrs, private: frozenset[str]) -> Okrs:
    """The same goals, some of them secret under another name, wherever they are linked."""

    def named(id_: str | None) -> str | None:
        return SECRETS[id_] if id_ in private else id_

    def goal(key_result: KeyResult) -> KeyResult:
        secret = key_result.id in private
        return replace(
            key_result,
            id=str(named(key_result.id)),
            title=title_of(key_result.id) if secret else key_result.title,
            visibility=Visibility.PRIVATE if secret else Visibility.PUBLIC,
            url=f"https://okr.test/{named(key_result.id)}",
            aligns_to=tuple(replace(link, key_result=str(named(link.key_result))) for link in key_result.aligns_to),
            depends_on=tuple(replace(need, key_result=named(need.key_result)) for need in key_result.depends_on),
        )

    return replace(
        known,
        key_results={made.id: made for made in map(goal, known.key_results.values())},
        objectives={
            o.id: replace(o, key_results=tuple(str(named(id_)) for id_ in o.key_results))
            for o in known.objectives.values()
        },
    )


def speaking(ticket: Initiative, private: frozenset[str]) -> Initiative:
    """The ticket with the names that its people know: the id in any case, or the whole title."""

    def said(at: int, written: str) -> str:
        if written not in private:
            return written
        return (SECRETS[written], SECRETS[written].upper(), title_of(written))[at % 3]

    secret = min(private)
    return replace(
        ticket,
        title=(ticket.title, title_of(secret), f"Prepare {SECRETS[secret]}")[sum(map(ord, ticket.id)) % 3],
        exempt=f"only helps {SECRETS[secret]} along" if ticket.exempt else "",
        key_result_mentions=tuple(
            KeyResultMention(n.source, said(at, n.raw)) for at, n in enumerate(ticket.key_result_mentions)
        ),
    )


def commands(some: tuple[Initiative, ...], private: frozenset[str], seed: int) -> tuple[Command, ...]:
    names = [SECRETS[id_] for id_ in sorted(private)] or ["dau"]
    words = (names[0], names[0].upper(), f"{title_of(next(iter(sorted(private)), 'x'))} comes first", "none")
    verbs = tuple(Verb)
    at = datetime(2026, 11, 10, tzinfo=UTC)
    return tuple(
        Command(ticket.id, f"c{n}", "Ada", verbs[(seed + n) % len(verbs)], words[(seed + n) % len(words)], at)
        for n, ticket in enumerate(some)
    )


def everything_said(known: Okrs, some: tuple[Initiative, ...], spoken: tuple[Command, ...]) -> Iterator[str]:
    names = ("jira", "github")
    pulled = tuple(
        PullResult(name, tuple(ticket for ticket in some if ticket.ref.connector == name), commands=spoken)
        for name in names
    )
    snapshot = Snapshot(pulled, datetime(2026, 11, 16, 9, tzinfo=UTC), pulled)
    portfolio = build_portfolio(snapshot, known, TODAY, DependencyHistory())
    judgement = check(portfolio, RULES)
    seen = strip_private_content(portfolio)
    wanted = plan(seen, judgement, {}, frozenset(names), hub_url="https://okr.test")
    receipts = tuple(Receipt(action, Status.FAILED, action.reason) for action in wanted.actions)
    board = dashboard_message(
        DashboardInput(seen, judgement, receipts, [(h.ref, h.reason) for h in wanted.skipped], ())
    )
    outcome = RunResult(1, snapshot, seen, judgement, wanted, receipts)
    for message in (board, *(action.message for action in wanted.actions)):
        yield from _rendered(message)
    yield from (str(action.label) for action in wanted.actions)
    yield json.dumps(run_document(outcome), default=str)
    overview = overview_document(run_overview(outcome))
    yield json.dumps(overview, default=str)
    report = {**run_document(outcome), "overview": overview}
    yield from (line.text for line in sync_lines(SyncView(report)))
    yield from (line.text for known in (outcome, None) for line in detail_lines(report, known))
    for ref in portfolio.initiatives:
        answer = explain(ref, redact_portfolio(portfolio), judgement, RULES)
        yield json.dumps(explanation_document(answer), default=str)
        yield from (line.text for line in explanation_lines(answer, verbose=True))
        yield repr(seen.candidates(portfolio.initiatives[ref]))
    whole = build_audit(seen, judgement)
    yield json.dumps(audit_document(whole), default=str)
    yield from markdown_lines(build_document(whole))


def _rendered(message: Message | None) -> Iterator[str]:
    if message is not None:
        yield from (body(message, "main", "ACME-1"), json.dumps(adf(message)), markup(message))


@given(okrs(), tickets(), st.frozensets(st.sampled_from(KEY_RESULTS), min_size=1), st.integers(0, 20))
@settings(max_examples=60, deadline=None)
def test_nothing_that_leaves_names_a_private_key_result(
    known: Okrs, some: tuple[Initiative, ...], private: frozenset[str], seed: int
) -> None:
    spoken = commands(some, private, seed)
    for said in everything_said(with_private(known, private), tuple(speaking(o, private) for o in some), spoken):
        low = said.casefold().replace("\\", "").replace("&#45;", "-")
        assert "heron-" not in low, said
        assert TITLE.casefold() not in low, said
