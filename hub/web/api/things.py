"""One thing as JSON: pure functions from the window and a name to all that is known of it, or None."""

from typing import Any

from hub.core.audit.naming import key_result_ref, key_result_refs, team_ref
from hub.core.audit.ways import alignment_paths
from hub.core.why import explain
from hub.model.finding import Judgement
from hub.model.initiative import Ref
from hub.report.audit.document import audit_document, section_document
from hub.report.document import finding_row
from hub.report.standing import key_result_status_row
from hub.report.status import run_row
from hub.report.why import explanation_document
from hub.web.window import PortfolioSnapshot

Document = dict[str, Any]


def key_result(snapshot: PortfolioSnapshot, id_: str) -> Document | None:
    """How it stands, who holds it, what it leads to and waits for, who contributes, and its tickets."""
    status = snapshot.status_by_key_result.get(id_)
    if status is None or status.key_result.private:
        return None
    portfolio, key_result = snapshot.portfolio, status.key_result
    objective = portfolio.objective_of(id_)
    return key_result_status_row(status) | {
        "objective": {"id": objective.id, "title": objective.title, "standalone": objective.standalone},
        "teams": [section_document(team_ref(portfolio, team)) for team in objective.teams],
        "owners": [section_document(team_ref(portfolio, team)) for team in key_result.owners],
        "contributions": [
            {"team": contribution.team, "kind": contribution.kind.value, "share": contribution.share}
            for contribution in key_result.contributions
        ],
        "aligned": portfolio.aligned(id_),
        "aligns_to": [section_document(path) for path in alignment_paths(portfolio, key_result)],
        "linked_from": [
            section_document(ref)
            for ref in key_result_refs(
                portfolio,
                (k.id for k in portfolio.okrs.key_results.values() if id_ in {link.key_result for link in k.aligns_to}),
            )
        ],
        "depends_on": [_need(snapshot, id_, number) for number in range(len(key_result.depends_on))],
        "tickets": sorted({str(link.initiative) for link in portfolio.served_by.get(id_, ())}),
        "findings": [finding_row(finding) for finding in snapshot.judgement.findings if finding.subject.id == id_],
    }


def _need(snapshot: PortfolioSnapshot, id_: str, number: int) -> Document:
    need = snapshot.portfolio.key_result(id_).depends_on[number]
    return {
        "team": need.team,
        "key_result": section_document(key_result_ref(snapshot.portfolio, need.key_result))
        if need.key_result
        else None,
        "state": need.state.value,
        "needed_by": need.needed_by.isoformat() if need.needed_by else None,
    }


def team(snapshot: PortfolioSnapshot, id_: str) -> Document | None:
    """Its part of the audit, and the places that it owns."""
    check = next((team_check for team_check in snapshot.audit.second if team_check.team.id == id_), None)
    declared = snapshot.portfolio.okrs.teams.get(id_)
    return None if check is None or declared is None else section_document(check) | {"owns": list(declared.owns)}


def ticket(snapshot: PortfolioSnapshot, connector: str, key: str) -> Document | None:
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
    )
    return explanation_document(explanation)


def run(snapshot: PortfolioSnapshot, id_: int) -> Document | None:
    """What it came to: sources, counts and seconds, and what it could not do."""
    matching_run = next((run for run in snapshot.runs if run.id == id_), None)
    if matching_run is None:
        return None
    summary = matching_run.summary
    return run_row(matching_run) | {
        "sources": [dict(item) for item in summary.get("sources", ())],
        "skipped_tickets": [dict(item) for item in summary.get("skipped_tickets", ())],
        "seconds": dict(summary.get("seconds", {})),
        "refused": summary.get("refused"),
    }


def rule(snapshot: PortfolioSnapshot, name: str) -> Document | None:
    """Its page, as `hub rules NAME` shows it."""
    rule = snapshot.rule.get(name)
    if rule is None:
        return None
    return {"rule": rule.name, "severity": str(rule.severity), "page": rule.page, "options": dict(rule.options)}


def audit(snapshot: PortfolioSnapshot) -> Document:
    """What `hub audit` says."""
    return audit_document(snapshot.audit)
