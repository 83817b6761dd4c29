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

    def row(finding: Finding) -> Document:
        first = snapshot.first_seen.get(finding.fingerprint)
        return finding_row(finding) | {"first_seen": first.isoformat() if first else None}

    return list_page("findings", matches, query, row)


def key_results(snapshot: PortfolioSnapshot, query: KeyResultsQuery) -> Document:
    """How each key result of the running cycle stands; of a private one, that it is there."""
    team_key_results = snapshot.portfolio.key_results_of.get(query.team, ()) if query.team else None
    rows = [
        key_result_status
        for key_result_status in snapshot.key_result_statuses
        if team_key_results is None or key_result_status.key_result.id in team_key_results
    ]

    def row(key_result_status: KeyResultStatus) -> Document:
        return (
            {"id": PRIVATE_NAME, "private": True}
            if key_result_status.key_result.private
            else key_result_status_row(key_result_status)
        )

    return list_page("key_results", rows, query, row)


def teams(snapshot: PortfolioSnapshot, query: PagedQuery) -> Document:
    """Every team with its numbers; what they are made of stands with each team."""
    return list_page(
        "teams",
        snapshot.audit.second,
        query,
        lambda item: {
            "id": item.team.id,
            "name": item.team.name,
            "key_results": len(item.key_results),
            "ratio": None if item.ratio is None else section_document(item.ratio),
            "waits": len(item.waits),
            "provides": len(item.provides),
            "findings": len(item.findings),
        },
    )


def runs(snapshot: PortfolioSnapshot, query: PagedQuery) -> Document:
    """The last runs, newest first, with what they could not do."""
    return list_page("runs", snapshot.runs, query, run_row)


def rules(snapshot: PortfolioSnapshot, _query: EmptyQuery) -> Document:
    """Every rule in report order."""
    return {
        "rules": [
            {"rule": rule.name, "severity": str(rule.severity), "summary": rule.summary, "options": dict(rule.options)}
            for rule in snapshot.rules
        ]
    }


def trends(snapshot: PortfolioSnapshot, query: PagedQuery) -> Document:
    """What runs came to, oldest first: numbers of teams and rules, never of people."""
    return list_page(
        "trends",
        snapshot.trend,
        query,
        lambda item: {
            "run": item.run,
            "at": item.at.isoformat(),
            "cycle": item.cycle,
            "complete": item.complete,
            "aligned": {
                team: {"active": share.active, "aligned": share.matching} for team, share in item.aligned.items()
            },
            "covered": {"active": item.covered.active, "serving": item.covered.matching},
            "rules": dict(item.rules),
            "severities": dict(item.severities),
            "measured": dict(item.measured),
        },
    )


def list_page(name: str, rows: Sequence[Any], query: PagedQuery, row: Callable[[Any], Document]) -> Document:
    """A part of the rows under their name, and where it lies in the whole."""
    part = rows[query.offset : query.offset + query.limit]
    return {name: [row(item) for item in part], "total": len(rows), "limit": query.limit, "offset": query.offset}


def _filter_findings(snapshot: PortfolioSnapshot, query: FindingsQuery) -> Iterator[Finding]:
    candidates = snapshot.judgement.findings if query.team is None else snapshot.findings_of_team.get(query.team, ())
    for finding in candidates:
        if query.rule is not None and finding.rule != query.rule:
            continue
        if query.severity is not None and str(finding.severity) != query.severity:
            continue
        if query.ticket is None or query.ticket in map(str, affected_tickets(finding, snapshot.portfolio)):
            yield finding
