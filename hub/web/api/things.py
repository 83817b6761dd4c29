"""One thing as JSON: pure functions from the window and a name to all that is known of it, or None."""

from typing import Any

from hub.core.audit.naming import all_shown, shown, who
from hub.core.audit.ways import ways_up
from hub.core.why import why
from hub.model.finding import Judgement
from hub.model.initiative import Ref
from hub.report.audit.document import audit_document, part_document
from hub.report.document import finding_row
from hub.report.standing import standing_row
from hub.report.status import run_row
from hub.report.why import why_document
from hub.web.snapshot import PortfolioSnapshot

Document = dict[str, Any]


def key_result(window: PortfolioSnapshot, id_: str) -> Document | None:
    """How it stands, who holds it, what it leads to and waits for, who contributes, and its tickets."""
    standing = window.standing.get(id_)
    if standing is None or standing.key_result.private:
        return None
    portfolio, one = window.portfolio, standing.key_result
    objective = portfolio.objective_of(id_)
    return standing_row(standing) | {
        "objective": {"id": objective.id, "title": objective.title, "standalone": objective.standalone},
        "teams": [part_document(who(portfolio, team)) for team in objective.teams],
        "owners": [part_document(who(portfolio, team)) for team in one.owners],
        "contributions": [
            {"team": each.team, "kind": each.kind.value, "share": each.share} for each in one.contributions
        ],
        "aligned": portfolio.aligned(id_),
        "aligns_to": [part_document(way) for way in ways_up(portfolio, one)],
        "led_to_by": [
            part_document(each)
            for each in all_shown(
                portfolio,
                (k.id for k in portfolio.okrs.key_results.values() if id_ in {link.key_result for link in k.aligns_to}),
            )
        ],
        "depends_on": [_need(window, id_, number) for number in range(len(one.depends_on))],
        "tickets": sorted({str(link.initiative) for link in portfolio.served_by.get(id_, ())}),
        "findings": [finding_row(each) for each in window.judgement.findings if each.subject.id == id_],
    }


def _need(window: PortfolioSnapshot, id_: str, number: int) -> Document:
    need = window.portfolio.key_result(id_).depends_on[number]
    return {
        "team": need.team,
        "key_result": part_document(shown(window.portfolio, need.key_result)) if need.key_result else None,
        "state": need.state.value,
        "needed_by": need.needed_by.isoformat() if need.needed_by else None,
    }


def team(window: PortfolioSnapshot, id_: str) -> Document | None:
    """Its part of the audit, and the places that it owns."""
    found = next((one for one in window.audit.second if one.team.id == id_), None)
    known = window.portfolio.okrs.teams.get(id_)
    return None if found is None or known is None else part_document(found) | {"owns": list(known.owns)}


def ticket(window: PortfolioSnapshot, connector: str, key: str) -> Document | None:
    """What `hub why` says of it."""
    ref = Ref(connector, key)
    found = window.portfolio.initiatives.get(ref)
    if found is None:
        return None
    entry = (connector, found.id)
    answer = why(
        ref,
        window.portfolio,
        window.judgement_by_ticket.get(ref, Judgement()),
        window.rules,
        read=next((one.read for one in window.sources if one.connector == connector), None),
        published=window.ledger.get(entry),
        waiting_since_run=window.waiting.get(entry),
        commands=window.commands_on.get(entry, ()),
    )
    return why_document(answer)


def run(window: PortfolioSnapshot, id_: int) -> Document | None:
    """What it came to: sources, counts and seconds, and what it could not do."""
    found = next((one for one in window.runs if one.id == id_), None)
    if found is None:
        return None
    told = found.summary
    return run_row(found) | {
        "sources": [dict(one) for one in told.get("sources", ())],
        "held": [dict(one) for one in told.get("held", ())],
        "seconds": dict(told.get("seconds", {})),
        "refused": told.get("refused"),
    }


def rule(window: PortfolioSnapshot, name: str) -> Document | None:
    """Its page, as `hub rules NAME` shows it."""
    one = window.rule.get(name)
    if one is None:
        return None
    return {"rule": one.name, "severity": str(one.severity), "page": one.page, "options": dict(one.options)}


def audit(window: PortfolioSnapshot) -> Document:
    """What `hub audit` says."""
    return audit_document(window.audit)
