"""Lists as JSON: pure functions from the window and what was asked to the wanted rows, and how many there are."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from hub.core.concerned import affected_tickets
from hub.core.standing import KeyResultStatus
from hub.model.finding import Finding
from hub.model.private_names import PRIVATE_NAME
from hub.report.audit.document import section_document
from hub.report.document import finding_row
from hub.report.standing import key_result_status_row
from hub.report.status import run_row
from hub.web.api.asked import EmptyQuery, FindingsQuery, KeyResultsQuery, PagedQuery
from hub.web.window import PortfolioSnapshot

Document = dict[str, Any]


def findings(snapshot: PortfolioSnapshot, query: FindingsQuery) -> Document:
    """What the rules found, in report order."""
    matches = list(_filter_findings(snapshot, query))

    def row(one: Finding) -> Document:
        first = snapshot.first_seen.get(one.fingerprint)
        return finding_row(one) | {"first_seen": first.isoformat() if first else None}

    return list_page("findings", matches, query, row)


def key_results(snapshot: PortfolioSnapshot, query: KeyResultsQuery) -> Document:
    """How each key result of the running cycle stands; of a private one, that it is there."""
    team_key_results = snapshot.portfolio.key_results_of.get(query.team, ()) if query.team else None
    rows = [
        one for one in snapshot.key_result_statuses if team_key_results is None or one.key_result.id in team_key_results
    ]

    def row(one: KeyResultStatus) -> Document:
        return {"id": PRIVATE_NAME, "private": True} if one.key_result.private else key_result_status_row(one)

    return list_page("key_results", rows, query, row)


def teams(snapshot: PortfolioSnapshot, query: PagedQuery) -> Document:
    """Every team with its numbers; what they are made of stands with each team."""
    return list_page(
        "teams",
        snapshot.audit.second,
        query,
        lambda one: {
            "id": one.team.id,
            "name": one.team.name,
            "key_results": len(one.key_results),
            "ratio": None if one.ratio is None else section_document(one.ratio),
            "waits": len(one.waits),
            "provides": len(one.provides),
            "findings": len(one.findings),
        },
    )


def runs(snapshot: PortfolioSnapshot, query: PagedQuery) -> Document:
    """The last runs, newest first, with what they could not do."""
    return list_page("runs", snapshot.runs, query, run_row)


def rules(snapshot: PortfolioSnapshot, _query: EmptyQuery) -> Document:
    """Every rule in report order."""
    return {
        "rules": [
            {"rule": one.name, "severity": str(one.severity), "summary": one.summary, "options": dict(one.options)}
            for one in snapshot.rules
        ]
    }


def trends(snapshot: PortfolioSnapshot, query: PagedQuery) -> Document:
    """What runs came to, oldest first: numbers of teams and rules, never of people."""
    return list_page(
        "trends",
        snapshot.trend,
        query,
        lambda one: {
            "run": one.run,
            "at": one.at.isoformat(),
            "cycle": one.cycle,
            "complete": one.complete,
            "aligned": {team: {"active": share.active, "aligned": share.good} for team, share in one.aligned.items()},
            "covered": {"active": one.covered.active, "serving": one.covered.good},
            "rules": dict(one.rules),
            "severities": dict(one.severities),
            "measured": dict(one.measured),
        },
    )


def list_page(name: str, rows: Sequence[Any], query: PagedQuery, row: Callable[[Any], Document]) -> Document:
    """A part of the rows under their name, and where it lies in the whole."""
    part = rows[query.offset : query.offset + query.limit]
    return {name: [row(one) for one in part], "total": len(rows), "limit": query.limit, "offset": query.offset}


def _filter_findings(snapshot: PortfolioSnapshot, query: FindingsQuery) -> Iterator[Finding]:
    candidates = snapshot.judgement.findings if query.team is None else snapshot.findings_of_team.get(query.team, ())
    for one in candidates:
        if query.rule is not None and one.rule != query.rule:
            continue
        if query.severity is not None and str(one.severity) != query.severity:
            continue
        if query.ticket is None or query.ticket in map(str, affected_tickets(one, snapshot.portfolio)):
            yield one
