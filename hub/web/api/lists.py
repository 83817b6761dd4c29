"""Lists as JSON: pure functions from the window and what was asked to the wanted rows, and how many there are."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from hub.core.concerned import concerned
from hub.core.standing import Standing
from hub.model.finding import Finding
from hub.model.private_names import PRIVATE_NAME
from hub.report.audit.document import part_document
from hub.report.document import finding_row
from hub.report.standing import standing_row
from hub.report.status import run_row
from hub.web.api.asked import FindingsAsked, KeyResultsAsked, Nothing, Paged
from hub.web.snapshot import PortfolioSnapshot

Document = dict[str, Any]


def findings(window: PortfolioSnapshot, asked: FindingsAsked) -> Document:
    """What the rules found, in report order."""
    found = list(_wanted(window, asked))

    def row(one: Finding) -> Document:
        first = window.first_seen.get(one.fingerprint)
        return finding_row(one) | {"first_seen": first.isoformat() if first else None}

    return page("findings", found, asked, row)


def key_results(window: PortfolioSnapshot, asked: KeyResultsAsked) -> Document:
    """How each key result of the running cycle stands; of a private one, that it is there."""
    held = window.portfolio.key_results_of.get(asked.team, ()) if asked.team else None
    rows = [one for one in window.standings if held is None or one.key_result.id in held]

    def row(one: Standing) -> Document:
        return {"id": PRIVATE_NAME, "private": True} if one.key_result.private else standing_row(one)

    return page("key_results", rows, asked, row)


def teams(window: PortfolioSnapshot, asked: Paged) -> Document:
    """Every team with its numbers; what they are made of stands with each team."""
    return page(
        "teams",
        window.audit.second,
        asked,
        lambda one: {
            "id": one.team.id,
            "name": one.team.name,
            "key_results": len(one.key_results),
            "ratio": None if one.ratio is None else part_document(one.ratio),
            "waits": len(one.waits),
            "provides": len(one.provides),
            "findings": len(one.findings),
        },
    )


def runs(window: PortfolioSnapshot, asked: Paged) -> Document:
    """The last runs, newest first, with what they could not do."""
    return page("runs", window.runs, asked, run_row)


def rules(window: PortfolioSnapshot, _asked: Nothing) -> Document:
    """Every rule in report order."""
    return {
        "rules": [
            {"rule": one.name, "severity": str(one.severity), "summary": one.summary, "options": dict(one.options)}
            for one in window.rules
        ]
    }


def trends(window: PortfolioSnapshot, asked: Paged) -> Document:
    """What runs came to, oldest first: numbers of teams and rules, never of people."""
    return page(
        "trends",
        window.trend,
        asked,
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


def page(name: str, rows: Sequence[Any], asked: Paged, row: Callable[[Any], Document]) -> Document:
    """A part of the rows under their name, and where it lies in the whole."""
    part = rows[asked.offset : asked.offset + asked.limit]
    return {name: [row(one) for one in part], "total": len(rows), "limit": asked.limit, "offset": asked.offset}


def _wanted(window: PortfolioSnapshot, asked: FindingsAsked) -> Iterator[Finding]:
    found = window.judgement.findings if asked.team is None else window.findings_of_team.get(asked.team, ())
    for one in found:
        if asked.rule is not None and one.rule != asked.rule:
            continue
        if asked.severity is not None and str(one.severity) != asked.severity:
            continue
        if asked.ticket is None or asked.ticket in map(str, concerned(one, window.portfolio)):
            yield one
