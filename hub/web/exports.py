"""The lists as CSV: the filter and order of the page, all rows, for the same readers."""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from hub.model.errors import HubError
from hub.web.page import PageParams
from hub.web.pages.findings import finding_columns, findings_in_order
from hub.web.pages.okrs import key_result_columns, matching_key_results, parse_key_result_filter
from hub.web.pages.rules import matching_rules, rule_columns
from hub.web.pages.teams import matching_teams, team_columns
from hub.web.response_cache import conditional_response
from hub.web.snapshot import PortfolioSnapshot
from hub.web.snapshot_cache import WebDependencies
from hub.web.tables import Column, csv_text, read_sort, sort_rows
from hub.web.ticket_list import matching_tickets, parse_ticket_filter, ticket_columns

UNAVAILABLE = "The OKR files or the state can't be read right now. The service retries by itself.\n"


@dataclass(frozen=True, slots=True)
class Export:
    """One list: its rows in their usual order, and its columns."""

    name: str
    rows: Callable[[PortfolioSnapshot, PageParams], Iterable[Any]]
    columns: Callable[[PortfolioSnapshot], Sequence[Column[Any]]]
    is_sorted: bool = False


def exports() -> tuple[Export, ...]:
    """Every list that can be downloaded."""

    def text(params: PageParams) -> str:
        return params.query.get("text", "").strip()

    return (
        Export(
            "tickets",
            lambda snapshot, params: matching_tickets(snapshot, parse_ticket_filter(params)),
            ticket_columns,
        ),
        Export("findings", findings_in_order, finding_columns, is_sorted=True),
        Export(
            "key-results",
            lambda snapshot, params: matching_key_results(snapshot, parse_key_result_filter(params)),
            key_result_columns,
        ),
        Export("teams", lambda snapshot, params: matching_teams(snapshot, text(params)), team_columns),
        Export("rules", lambda snapshot, params: matching_rules(snapshot, text(params)), rule_columns),
    )


def csv_routes(dependencies: WebDependencies) -> APIRouter:
    """`/tickets.csv` and its like."""
    router = APIRouter(include_in_schema=False)
    for export in exports():
        router.add_api_route(f"/{export.name}.csv", _endpoint(dependencies, export), methods=["GET", "HEAD"])
    return router


def _endpoint(dependencies: WebDependencies, export: Export) -> Callable[[Request], Awaitable[Response]]:
    def content(teams: frozenset[str], params: PageParams) -> bytes:
        snapshot = dependencies.snapshots.snapshot(teams)
        columns, rows = export.columns(snapshot), export.rows(snapshot, params)
        in_order = rows if export.is_sorted else sort_rows(rows, columns, read_sort(params, columns))
        return csv_text(in_order, columns).encode("utf-8", "replace")

    async def answer(request: Request) -> Response:
        viewer = await dependencies.authenticator.authenticate(request)
        if isinstance(viewer, Response):
            return viewer
        params = PageParams(request.path_params, dict(request.query_params))
        try:
            body = await run_in_threadpool(content, viewer.teams, params)
        except HubError:
            return PlainTextResponse(UNAVAILABLE, 503, {"Retry-After": "30"})
        response = conditional_response(request, body, f'"{sha256(body).hexdigest()[:32]}"', "text/csv; charset=utf-8")
        response.headers["Content-Disposition"] = f'attachment; filename="{export.name}.csv"'
        return response

    return answer
