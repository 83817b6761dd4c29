"""How the audit names things: veiled where private, and in one order whatever the order of the input was."""

from collections.abc import Iterable

from hub.core.audit.values import KeyResultRef, TeamRef, TicketRef, Work
from hub.core.privacy import redact_id, redact_text
from hub.model.finding import Finding
from hub.model.initiative import Initiative, Ref, StatusCategory
from hub.model.portfolio import Portfolio
from hub.model.private_names import PRIVATE_NAME, squeezed


def key_result_ref(portfolio: Portfolio, key_result: str) -> KeyResultRef:
    """The key result by id, title and address; a private one by words that name none."""
    if redact_id(key_result, portfolio) == PRIVATE_NAME:
        return KeyResultRef(PRIVATE_NAME, private=True)
    match = portfolio.okrs.key_results.get(key_result) or portfolio.okrs.other_key_results.get(key_result)
    return KeyResultRef(key_result) if match is None else KeyResultRef(key_result, match.title, match.url)


def key_result_refs(portfolio: Portfolio, key_results: Iterable[str]) -> tuple[KeyResultRef, ...]:
    """Each once, by id."""
    return tuple(key_result_ref(portfolio, id_) for id_ in sorted(set(key_results)))


def team_ref(portfolio: Portfolio, team: str) -> TeamRef:
    """The team with its name."""
    known_team = portfolio.okrs.teams.get(team)
    return TeamRef(team, team, known=False) if known_team is None else TeamRef(team, known_team.name)


def ticket_ref(portfolio: Portfolio, ref: Ref) -> TicketRef:
    """The ticket; without its title where that may tell what a private key result is."""
    ticket = portfolio.initiatives[ref]
    title = "" if _is_secret(portfolio, ticket) else redact_text(ticket.title, portfolio)
    return TicketRef(str(ref), title, ticket.url, ticket.status)


def work_of(portfolio: Portfolio, key_result: str, team: str | None = None) -> Work:
    """The tickets that serve the key result: all, or those of a team."""
    refs = {key_result_link.initiative for key_result_link in portfolio.served_by.get(key_result, ())}
    return count_work(portfolio, (ref for ref in refs if team is None or portfolio.team_of.get(ref) == team))


def count_work(portfolio: Portfolio, refs: Iterable[Ref]) -> Work:
    """Each ticket once; exempt and cancelled ones do not count."""
    active = done = later = 0
    for ref in set(refs):
        if ref in portfolio.exempt:
            continue
        if portfolio.is_active(ref):
            active += 1
        elif portfolio.initiatives[ref].status is StatusCategory.DONE:
            done += 1
        elif not portfolio.initiatives[ref].status.ended:
            later += 1
    return Work(active, done, later)


def sorted_findings(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """The most severe first, then by rule and subject."""
    return tuple(
        sorted(findings, key=lambda finding: (-finding.severity, finding.rule, finding.subject.id, finding.fingerprint))
    )


def _is_secret(portfolio: Portfolio, ticket: Initiative) -> bool:
    """Whether the title names a private key result, or all that the ticket serves is private."""
    named = portfolio.okrs.private_names.names_in(ticket.title)
    if named and not named.isdisjoint(squeezed(private.title) for private in portfolio.okrs.private):
        return True
    served = portfolio.serves.get(ticket.ref, ())
    return bool(served) and all(portfolio.key_result(key_result_link.key_result).private for key_result_link in served)


def open_exempt(portfolio: Portfolio) -> Iterable[Initiative]:
    """Exempt tickets that are not finished."""
    tickets = (portfolio.initiatives[ref] for ref in portfolio.exempt)
    return (ticket for ticket in tickets if not ticket.status.ended)
