"""What can be said of a workspace by looking at values: who owns what is read, and how much may be written."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from hub.core.looking import left_alone
from hub.model.action import Published
from hub.model.check_up import Check, Health
from hub.model.okr import Okrs
from hub.model.similarity import closest

SUBJECT = "workspace"
LARGE_SHARE = 0.5
NAMED = 3
UNKNOWN = "could not check whether"


def ownership_checks(okrs: Okrs, found: Sequence[Check], *, known: Sequence[str]) -> Iterator[Check]:
    """Every place that a team owns should be read, and every place that is read should be owned."""
    read = {f"{check.subject}:{check.place}".casefold(): check for check in found if check.place}
    telling = {check.subject for check in read.values()}
    yield from _teams(okrs, read, telling, known)
    owned = {place.casefold() for team in okrs.teams.values() for place in team.owns}
    for key, check in read.items():
        if key not in owned and not check.shared:
            place = f"{check.subject}:{check.place}"
            remedy = f'Add "{place}" to the `owns` of a team; until then its tickets belong to no team'
            yield Check(SUBJECT, Health.WARN, f"{place} is read, and no team owns it", remedy)


def _teams(okrs: Okrs, read: Mapping[str, Check], telling: set[str], known: Sequence[str]) -> Iterator[Check]:
    right = 0
    for team in okrs.teams.values():
        for place in team.owns:
            connector, owned = place.partition(":")[0], f"team {team.name} owns {place}"
            if place.casefold() in read:
                right += 1
            elif connector not in known:
                near = closest(connector, known, cutoff=50)
                remedy = f"Did you mean {near[0]}?" if near else f"Connectors: {', '.join(known) or 'none'}"
                yield Check(SUBJECT, Health.WARN, f"{owned}, but no connector has that name", remedy)
            elif connector in telling:
                remedy = f"Let the connector {connector} read it, or fix the `owns` of {team.id}"
                yield Check(SUBJECT, Health.WARN, f"{owned}, which no connector reads", remedy)
            else:
                yield Check(SUBJECT, Health.SKIP, f"{UNKNOWN} {place} (team {team.name}) is covered by a connector")
        if not team.owns:
            remedy = "Add its projects or repositories to `owns`, such as jira:ACME"
            yield Check(
                SUBJECT,
                Health.WARN,
                f"team {team.name} owns no project or repository, so no ticket belongs to it",
                remedy,
            )
    if right:
        yield Check(SUBJECT, Health.OK, f"{right} projects and repositories of teams are read")


def left_alone_checks(ledger: Iterable[Published]) -> Iterator[Check]:
    """Tickets that take no comment or label of the hub, and those where another hub writes, by the reason."""
    tickets: dict[str, list[str]] = {}
    for known in ledger:
        for why in left_alone(known) if known.shut or known.rival else ():
            tickets.setdefault(why, []).append(str(known.target.ref))
    for why, named in sorted(tickets.items()):
        some = ", ".join(sorted(named)[:NAMED])
        more = f" and {len(named) - NAMED} more" if len(named) > NAMED else ""
        yield Check(SUBJECT, Health.WARN, f"{some}{more}: {why}", "hub status lists all of them")


def publish_checks(
    enabled: bool,
    max_share: float,
    only: Sequence[str],
    found: Sequence[Check],
) -> Iterator[Check]:
    """Whether anything is written, and how much at once."""
    if enabled:
        yield Check(SUBJECT, Health.OK, "publish.enabled is true: comments and labels are written")
    else:
        remedy = "Set it to true when the plan of `hub sync` looks right"
        yield Check(SUBJECT, Health.WARN, "publish.enabled is false: nothing is written", remedy)
    if max_share > LARGE_SHARE:
        what = f"publish.max_share is {max_share:g}: a plan may touch more than half of the tickets at once"
        yield Check(SUBJECT, Health.WARN, what, "Lower it, so that a mistake is refused; the default is 0.3")
    read = {f"{check.subject}:{check.place}".casefold() for check in found if check.place}
    telling = {check.subject for check in found if check.place}
    for place in only:
        if place.casefold() not in read and place.partition(":")[0] in telling:
            remedy = "Fix publish.only, or nothing will be written there"
            yield Check(SUBJECT, Health.WARN, f"publish.only names {place}, which no connector reads", remedy)
