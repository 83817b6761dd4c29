"""How the API answers: its lists and single things, allowed parameters, refusals as problem details (RFC 9457)."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import fields
from functools import cache
from http import HTTPStatus
from typing import Any, TypeVar

from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from hub.core.insight.audit.audit import key_result_ref, key_result_refs, team_ref
from hub.core.insight.audit.organization_check import alignment_paths
from hub.core.insight.audit.rows import TeamCheck
from hub.core.insight.explain import affected_tickets, explain
from hub.core.insight.run_summary import TrendPoint
from hub.core.insight.search import SearchEntry, SearchKind, find_words
from hub.core.insight.search import search as find
from hub.core.insight.status import KeyResultStatus
from hub.model.finding import Finding, Judgement
from hub.model.initiative import Ref
from hub.model.okr import Need
from hub.report.explain import TicketDocument, ticket_document
from hub.report.key_result_status import KeyResultDocument, PrivateKeyResult, key_result_document
from hub.report.run_json import finding_document, severity_name
from hub.report.status import run_document
from hub.web.api import models
from hub.web.api.queries import EmptyQuery, FindingsQuery, KeyResultsQuery, PagedQuery, SearchQuery
from hub.web.snapshot import PortfolioSnapshot

PROBLEM = "application/problem+json"
API = "/api"
UNKNOWN = "This {what} doesn't exist, or you don't have access."
UNAVAILABLE = "The OKR files or the state can't be read right now. The service retries by itself."


class Problem(BaseModel):
    """Why there is no answer."""

    type: str = "about:blank"
    title: str = Field(description="The status in words.")
    status: int = Field(description="The HTTP status.")
    detail: str = Field(description="What is wrong, and what to do.")


def problem(status: int, detail: str, headers: dict[str, str] | None = None) -> Response:
    """The answer."""
    body = Problem(title=HTTPStatus(status).phrase, status=status, detail=detail)
    return JSONResponse(body.model_dump(), status, headers, media_type=PROBLEM)


def unknown(noun: str) -> Response:
    """404."""
    return problem(404, UNKNOWN.format(what=noun))


async def invalid_request(_request: Request, error: Exception) -> Response:
    """422: which part of the question cannot be answered, without repeating it."""
    assert isinstance(error, RequestValidationError)  # noqa: S101  this is what it is called for
    messages = (f"{'.'.join(str(part) for part in item['loc'][1:])[:80]}: {item['msg']}" for item in error.errors())
    return problem(422, "; ".join(messages))


async def http_error(request: Request, error: Exception) -> Response:
    """Whatever the router itself refuses: JSON for programs, a line for people."""
    assert isinstance(error, HTTPException)  # noqa: S101  this is what it is called for
    headers = dict(error.headers or {})
    if request.url.path.startswith(API):
        return problem(error.status_code, error.detail, headers)
    return Response(f"{error.detail}\n", error.status_code, headers, media_type="text/plain")


T = TypeVar("T")
Row = TypeVar("Row")


def findings(snapshot: PortfolioSnapshot, query: FindingsQuery) -> models.FindingList:
    """What the rules found, in report order."""

    def row(finding: Finding) -> models.ListedFinding:
        first_seen = snapshot.first_seen.get(finding.fingerprint)
        return _extended(models.ListedFinding, finding_document(finding), first_seen=first_seen)

    matches = tuple(_matching(snapshot, query))
    return models.FindingList(len(matches), query.limit, query.offset, _part(matches, query, row))


def search(snapshot: PortfolioSnapshot, query: SearchQuery) -> models.SearchList:
    """Tickets, key results, teams and rules that hold all words."""
    words = find_words(snapshot.search_index, query.q)
    found = {kind: find(snapshot.search_index, kind, words) for kind in SearchKind if query.kind in (None, kind)}
    entries = [entry for matches in found.values() for entry in matches]

    def row(entry: SearchEntry) -> models.SearchResult:
        return models.SearchResult(entry.kind, entry.id, entry.title, entry.detail, entry.page)

    return models.SearchList(
        total=len(entries),
        limit=query.limit,
        offset=query.offset,
        query=query.q,
        corrected=None if words == query.q else words,
        counts={kind.value: len(matches) for kind, matches in found.items()},
        results=_part(entries, query, row),
    )


def key_results(snapshot: PortfolioSnapshot, query: KeyResultsQuery) -> models.KeyResultList:
    """The status of each key result of the running cycle; of a private one only that it exists."""
    owned = snapshot.portfolio.key_results_of.get(query.team, ()) if query.team else None
    statuses = [status for status in snapshot.key_result_statuses if owned is None or status.key_result.id in owned]

    def row(status: KeyResultStatus) -> KeyResultDocument | PrivateKeyResult:
        return PrivateKeyResult() if status.key_result.private else key_result_document(status)

    return models.KeyResultList(len(statuses), query.limit, query.offset, _part(statuses, query, row))


def teams(snapshot: PortfolioSnapshot, query: PagedQuery) -> models.TeamList:
    """Every team with its numbers; the details are in each team's own resource."""
    checks = snapshot.audit.second

    def row(check: TeamCheck) -> models.TeamRow:
        findings_of_team = snapshot.findings_of_team.get(check.team.id, ())
        counts = (len(part) for part in (check.waits, check.provides, findings_of_team))
        return models.TeamRow(check.team.id, check.team.name, len(check.key_results), check.ratio, *counts)

    return models.TeamList(len(checks), query.limit, query.offset, _part(checks, query, row))


def runs(snapshot: PortfolioSnapshot, query: PagedQuery) -> models.RunList:
    """The last runs, newest first, with what they could not do."""
    return models.RunList(len(snapshot.runs), query.limit, query.offset, _part(snapshot.runs, query, run_document))


def rules(snapshot: PortfolioSnapshot, _query: EmptyQuery) -> models.RuleList:
    """Every rule in report order."""
    return models.RuleList(
        tuple(
            models.RuleRow(rule.name, severity_name(rule.severity), rule.summary, rule.options)
            for rule in snapshot.rules
        )
    )


def trends(snapshot: PortfolioSnapshot, query: PagedQuery) -> models.TrendList:
    """Numbers of each run, oldest first: by team and rule, never by person."""
    return models.TrendList(len(snapshot.trend), query.limit, query.offset, _part(snapshot.trend, query, _trend_point))


def audit(snapshot: PortfolioSnapshot) -> models.AuditDetail:
    """What `hub audit` says."""
    return _extended(models.AuditDetail, snapshot.audit)


def key_result(snapshot: PortfolioSnapshot, id_: str) -> models.KeyResultDetail | None:
    """Its status, teams, links, dependencies, contributions, tickets and findings."""
    status = snapshot.status_by_key_result.get(id_)
    if status is None or status.key_result.private:
        return None
    portfolio, matches = snapshot.portfolio, status.key_result
    objective = portfolio.objective_of(id_)
    return _extended(
        models.KeyResultDetail,
        key_result_document(status),
        objective=models.ObjectiveRef(objective.id, objective.title, objective.standalone),
        teams=tuple(team_ref(portfolio, team) for team in objective.teams),
        owners=tuple(team_ref(portfolio, team) for team in matches.owners),
        contributions=matches.contributions,
        aligned=portfolio.aligned(id_),
        aligns_to=tuple(alignment_paths(portfolio, matches)),
        linked_from=tuple(
            key_result_refs(portfolio, dict.fromkeys(lower for lower, _ in snapshot.leading_to.get(id_, ())))
        ),
        depends_on=tuple(_need_row(snapshot, need) for need in matches.depends_on),
        tickets=tuple(sorted({str(link.initiative) for link in portfolio.served_by.get(id_, ())})),
        findings=snapshot.findings_about.get(id_, ()),
    )


def team(snapshot: PortfolioSnapshot, id_: str) -> models.TeamDetail | None:
    """Its part of the audit, and the projects and repositories that it owns."""
    check, declared = snapshot.team_check.get(id_), snapshot.portfolio.okrs.teams.get(id_)
    return None if check is None or declared is None else _extended(models.TeamDetail, check, owns=declared.owns)


def ticket(snapshot: PortfolioSnapshot, connector: str, key: str) -> TicketDocument | None:
    """What `hub why` says of it."""
    ref = Ref(connector, key)
    initiative = snapshot.portfolio.initiatives.get(ref)
    if initiative is None:
        return None
    entry = (connector, initiative.id)
    explanation = explain(
        ref,
        snapshot.portfolio,
        snapshot.judgement_by_ticket.get(ref, Judgement()),
        snapshot.rules,
        read=next((source.read for source in snapshot.sources if source.connector == connector), None),
        ledger_entry=snapshot.ledger.get(entry),
        waiting_since_run=snapshot.deferred_comments.get(entry),
        commands=snapshot.commands_on.get(entry, ()),
        links=snapshot.remote_links,
    )
    return ticket_document(explanation)


def run(snapshot: PortfolioSnapshot, id_: int) -> models.RunDetail | None:
    """Its sources, counts and durations, and what it could not do."""
    matching_run = next((run for run in snapshot.runs if run.id == id_), None)
    if matching_run is None:
        return None
    return _extended(
        models.RunDetail,
        run_document(matching_run),
        sources=matching_run.summary.get("sources", ()),
        skipped_tickets=matching_run.summary.get("skipped_tickets", ()),
        seconds=matching_run.summary.get("seconds", {}),
        refused=matching_run.summary.get("refused"),
    )


def rule(snapshot: PortfolioSnapshot, name: str) -> models.RulePage | None:
    """Its page, as `hub rules NAME` shows it."""
    matches = snapshot.rule.get(name)
    if matches is None:
        return None
    return models.RulePage(matches.name, severity_name(matches.severity), matches.page, matches.options)


def _part(rows: Sequence[T], query: PagedQuery, row: Callable[[T], Row]) -> tuple[Row, ...]:
    return tuple(map(row, rows[query.offset : query.offset + query.limit]))


def _extended(into: type[T], value: Any, **more: Any) -> T:
    """The value as one of a class that adds fields to its own."""
    kind: Any = type(value)
    return into(**{name: getattr(value, name) for name in _names(kind)}, **more)


@cache
def _names(kind: Any) -> tuple[str, ...]:
    return tuple(field.name for field in fields(kind))


def _matching(snapshot: PortfolioSnapshot, query: FindingsQuery) -> Iterator[Finding]:
    matches = snapshot.judgement.findings if query.team is None else snapshot.findings_of_team.get(query.team, ())
    for finding in matches:
        if query.rule is not None and finding.rule != query.rule:
            continue
        if query.severity is not None and str(finding.severity) != query.severity:
            continue
        if query.ticket is None or query.ticket in map(str, affected_tickets(finding, snapshot.portfolio)):
            yield finding


def _need_row(snapshot: PortfolioSnapshot, need: Need) -> models.NeedRow:
    key_result = key_result_ref(snapshot.portfolio, need.key_result) if need.key_result else None
    return models.NeedRow(need.team, key_result, need.state, need.needed_by)


def _trend_point(point: TrendPoint) -> models.TrendPoint:
    return models.TrendPoint(
        run=point.run,
        at=point.at,
        cycle=point.cycle,
        complete=point.complete,
        aligned={team: {"active": share.active, "aligned": share.matching} for team, share in point.aligned.items()},
        covered={"active": point.covered.active, "serving": point.covered.matching},
        rules=point.rules,
        severities=point.severities,
        measured=point.measured,
    )
