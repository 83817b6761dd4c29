"""How the audit names things: veiled where private, and in one order whatever the order of the input was."""

from collections.abc import Iterable

from hub.core.audit.values import Shown, Ticket, Who, Work
from hub.core.privacy import redact_id, redact_text
from hub.model.finding import Finding
from hub.model.initiative import Initiative, Ref, StatusCategory
from hub.model.portfolio import Portfolio
from hub.model.private_names import PRIVATE_NAME, squeezed


def shown(portfolio: Portfolio, key_result: str) -> Shown:
    """The key result by id, title and address; a private one by words that name none."""
    if redact_id(key_result, portfolio) == PRIVATE_NAME:
        return Shown(PRIVATE_NAME, private=True)
    found = portfolio.okrs.key_results.get(key_result) or portfolio.okrs.other_key_results.get(key_result)
    return Shown(key_result) if found is None else Shown(key_result, found.title, found.url)


def all_shown(portfolio: Portfolio, key_results: Iterable[str]) -> tuple[Shown, ...]:
    """Each once, by id."""
    return tuple(shown(portfolio, id_) for id_ in sorted(set(key_results)))


def who(portfolio: Portfolio, team: str) -> Who:
    """The team with its name."""
    found = portfolio.okrs.teams.get(team)
    return Who(team, team, known=False) if found is None else Who(team, found.name)


def ticket(portfolio: Portfolio, ref: Ref) -> Ticket:
    """The ticket; without its title where that may tell what a private key result is."""
    one = portfolio.initiatives[ref]
    title = "" if _secret(portfolio, one) else redact_text(one.title, portfolio)
    return Ticket(str(ref), title, one.url, one.status)


def work_of(portfolio: Portfolio, key_result: str, team: str | None = None) -> Work:
    """The tickets that serve the key result: all, or those of a team."""
    refs = {one.initiative for one in portfolio.served_by.get(key_result, ())}
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
    return tuple(sorted(findings, key=lambda one: (-one.severity, one.rule, one.subject.id, one.fingerprint)))


def _secret(portfolio: Portfolio, one: Initiative) -> bool:
    """Whether the title names a private key result, or all that the ticket serves is private."""
    found = portfolio.okrs.private_names.names_in(one.title)
    if found and not found.isdisjoint(squeezed(private.title) for private in portfolio.okrs.private):
        return True
    served = portfolio.serves.get(one.ref, ())
    return bool(served) and all(portfolio.key_result(each.key_result).private for each in served)


def open_exempt(portfolio: Portfolio) -> Iterable[Initiative]:
    """Exempt tickets that are not finished."""
    found = (portfolio.initiatives[ref] for ref in portfolio.exempt)
    return (one for one in found if not one.status.ended)
