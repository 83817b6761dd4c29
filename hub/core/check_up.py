"""What can be said of a workspace by looking at values: who owns what is read, and how much may be written."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from hub.core.looking import skip_reasons
from hub.model.action import LedgerEntry
from hub.model.check_up import Check, Health
from hub.model.okr import Okrs
from hub.model.similarity import closest

SUBJECT = "workspace"
LARGE_SHARE = 0.5
MAX_NAMED = 3
UNKNOWN = "could not check whether"


def ownership_checks(okrs: Okrs, checks: Sequence[Check], *, connectors: Sequence[str]) -> Iterator[Check]:
    """Every place that a team owns should be read, and every place that is read should be owned."""
    read = {f"{check.subject}:{check.container}".casefold(): check for check in checks if check.container}
    reporting = {check.subject for check in read.values()}
    yield from _teams(okrs, read, reporting, connectors)
    owned = {container.casefold() for team in okrs.teams.values() for container in team.owns}
    for key, check in read.items():
        if key not in owned and not check.shared:
            container = f"{check.subject}:{check.container}"
            remedy = f'Add "{container}" to the `owns` of a team; until then its tickets belong to no team'
            yield Check(SUBJECT, Health.WARN, f"{container} is read, and no team owns it", remedy)


def _teams(okrs: Okrs, read: Mapping[str, Check], reporting: set[str], connectors: Sequence[str]) -> Iterator[Check]:
    covered = 0
    for team in okrs.teams.values():
        for container in team.owns:
            connector, owned = container.partition(":")[0], f"team {team.name} owns {container}"
            if container.casefold() in read:
                covered += 1
            elif connector not in connectors:
                suggestions = closest(connector, connectors, cutoff=50)
                remedy = (
                    f"Did you mean {suggestions[0]}?"
                    if suggestions
                    else f"Connectors: {', '.join(connectors) or 'none'}"
                )
                yield Check(SUBJECT, Health.WARN, f"{owned}, but no connector has that name", remedy)
            elif connector in reporting:
                remedy = f"Let the connector {connector} read it, or fix the `owns` of {team.id}"
                yield Check(SUBJECT, Health.WARN, f"{owned}, which no connector reads", remedy)
            else:
                yield Check(SUBJECT, Health.SKIP, f"{UNKNOWN} {container} (team {team.name}) is covered by a connector")
        if not team.owns:
            remedy = "Add its projects or repositories to `owns`, such as jira:ACME"
            yield Check(
                SUBJECT,
                Health.WARN,
                f"team {team.name} owns no project or repository, so no ticket belongs to it",
                remedy,
            )
    if covered:
        yield Check(SUBJECT, Health.OK, f"{covered} projects and repositories of teams are read")


def skipped_ticket_checks(ledger: Iterable[LedgerEntry]) -> Iterator[Check]:
    """Tickets that take no comment or label of the hub, and those where another hub writes, by the reason."""
    tickets: dict[str, list[str]] = {}
    for entry in ledger:
        for reason in skip_reasons(entry) if entry.write_refusal or entry.other_hub_seen_on else ():
            tickets.setdefault(reason, []).append(str(entry.target.ref))
    for reason, named in sorted(tickets.items()):
        examples = ", ".join(sorted(named)[:MAX_NAMED])
        suffix = f" and {len(named) - MAX_NAMED} more" if len(named) > MAX_NAMED else ""
        yield Check(SUBJECT, Health.WARN, f"{examples}{suffix}: {reason}", "hub status lists all of them")


def publish_checks(
    enabled: bool,
    max_share: float,
    include: Sequence[str],
    checks: Sequence[Check],
) -> Iterator[Check]:
    """Whether anything is written, and how much at once."""
    if enabled:
        yield Check(SUBJECT, Health.OK, "publish.enabled is true: comments and labels are written")
    else:
        remedy = "Set it to true when the plan of `hub sync` looks right"
        yield Check(SUBJECT, Health.WARN, "publish.enabled is false: nothing is written", remedy)
    if max_share > LARGE_SHARE:
        message = f"publish.max_share is {max_share:g}: a plan may touch more than half of the tickets at once"
        yield Check(SUBJECT, Health.WARN, message, "Lower it, so that a mistake is refused; the default is 0.3")
    read = {f"{check.subject}:{check.container}".casefold() for check in checks if check.container}
    reporting = {check.subject for check in checks if check.container}
    for container in include:
        if container.casefold() not in read and container.partition(":")[0] in reporting:
            remedy = "Fix publish.include, or nothing will be written there"
            yield Check(SUBJECT, Health.WARN, f"publish.include names {container}, which no connector reads", remedy)
