"""The status of each key result, and of the workspace itself: who owns what is read."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from hub.core.planning.write_refusals import skip_reasons
from hub.model.action import LedgerEntry
from hub.model.errors import Check, Health
from hub.model.initiative import StatusCategory
from hub.model.okr import CheckIn, KeyResult, Okrs
from hub.model.portfolio import Portfolio
from hub.model.progress import (
    expected_progress,
    is_limit,
    is_measured,
    is_met,
    is_milestone,
    latest_check_in,
    latest_confidence,
    latest_value,
    measured_progress,
    unmeasured_reason,
)
from hub.model.text import closest


@dataclass(frozen=True, slots=True)
class WorkCounts:
    """How many tickets serve a key result, by state; those that are exempt are not among them."""

    to_do: int
    in_progress: int
    done: int
    cancelled: int = 0


@dataclass(frozen=True, slots=True)
class TrackerValue:
    """A key result's value in a tracker, beside the one that people state, and when it was read; None if it never was.

    `not_read` says why it could not be read last: the value is then an earlier one.
    """

    connector: str
    value: float | None
    unit: str
    read_at: datetime | None
    not_read: str = ""


@dataclass(frozen=True, slots=True)
class KeyResultStatus:
    """One key result: `work` is None where nothing was ever read.

    `measured` is None where nothing is measured, and `unmeasured` says why if the key result itself is the reason.
    `is_limit_met` tells of a limit whether it does; None where it is none or nobody knows. `tracker` is None where the
    key result has no `measure`.
    """

    key_result: KeyResult
    value: float | None
    measured: float | None
    expected: float
    work: WorkCounts | None
    last: CheckIn | None
    confidence: float | None
    unmeasured: str = ""
    is_limit_met: bool | None = None
    tracker: TrackerValue | None = None

    @property
    def has_pace(self) -> bool:
        """Whether a part of the way is expected by a day; not of limits and milestones, nor what is not measured."""
        return not (self.unmeasured or is_limit(self.key_result) or is_milestone(self.key_result))


def key_result_statuses(portfolio: Portfolio, *, read: bool) -> tuple[KeyResultStatus, ...]:
    """Every key result of the running cycle, as the files order them; `read` says whether tickets were ever read."""
    expected = expected_progress(portfolio.cycle, portfolio.today)
    return tuple(
        KeyResultStatus(
            key_result=key_result,
            value=latest_value(key_result),
            measured=measured_progress(key_result),
            expected=expected,
            work=_work(portfolio, key_result.id) if read else None,
            last=latest_check_in(key_result),
            confidence=latest_confidence(key_result),
            unmeasured=unmeasured_reason(key_result),
            is_limit_met=_is_limit_met(key_result),
            tracker=tracker_value(portfolio, key_result),
        )
        for key_result in portfolio.okrs.key_results.values()
    )


def tracker_value(portfolio: Portfolio, key_result: KeyResult) -> TrackerValue | None:
    """What its `measure` gives; None where it has none, and for a private one that is not to be shown."""
    answer = portfolio.okrs.measured.get(key_result.id)
    if answer is None:
        return None
    unit = answer.measure.unit or key_result.unit
    return TrackerValue(answer.measure.connector, answer.value, unit, answer.read_at, answer.error)


def _is_limit_met(key_result: KeyResult) -> bool | None:
    known = is_limit(key_result) and is_measured(key_result) and latest_value(key_result) is not None
    return is_met(key_result) if known else None


def _work(portfolio: Portfolio, key_result: str) -> WorkCounts:
    refs = {link.initiative for link in portfolio.served_by.get(key_result, ())} - portfolio.exempt.keys()
    states = Counter(portfolio.initiatives[ref].status for ref in refs)
    return WorkCounts(
        to_do=states[StatusCategory.TO_DO],
        in_progress=states[StatusCategory.IN_PROGRESS],
        done=states[StatusCategory.DONE],
        cancelled=states[StatusCategory.CANCELLED],
    )


SUBJECT = "workspace"
LARGE_SHARE = 0.5
MAX_NAMED = 3
UNKNOWN = "could not check whether"


def team_checks(projects: Sequence[tuple[str, str, int]], active: int, read: str) -> Iterator[Check]:
    """How many active tickets belong to no team, with the line that gives each project to one; `read` says when.

    `projects` are containers with their line and how many tickets they hold, the largest first.
    """
    total = sum(count for _, _, count in projects)
    if not total:
        yield Check(SUBJECT, Health.OK, f"all {active:,} active tickets belong to a team")
        return
    belong, noun = ("belongs", "its project") if total == 1 else ("belong", "their projects")
    message = f"{total:,} of {active:,} active tickets {belong} to no team ({read})"
    lines = tuple(line for _, line, _ in projects)
    yield Check(SUBJECT, Health.WARN, message, f"Add {noun} to the `owns` of a [[team]] in the OKR files:", lines=lines)


def ownership_checks(
    okrs: Okrs, checks: Sequence[Check], *, connectors: Sequence[str], unowned: Collection[str] = ()
) -> Iterator[Check]:
    """Every place that a team owns should be read, and every place that is read should be owned.

    Places whose tickets are `unowned`, which was said of their tickets, are not named again.
    """
    read = {f"{check.subject}:{check.container}".casefold(): check for check in checks if check.container}
    reporting = {check.subject for check in read.values()}
    yield from _teams(okrs, read, reporting, connectors)
    owned = {container.casefold() for team in okrs.teams.values() for container in team.owns}
    owned |= {container.casefold() for container in unowned}
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
        noun, are = ("project or repository", "is") if covered == 1 else ("projects and repositories", "are")
        yield Check(SUBJECT, Health.OK, f"{covered} {noun} of teams {are} read")


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


def remote_link_check(connector: str, public_url: str, *, supported: bool) -> Check:
    """What becomes of `publish.remote_links` in one tracker."""
    setting = "publish.remote_links is true"
    if not supported:
        return Check(connector, Health.OK, f"{setting}: {connector} takes none, so nothing is linked there")
    if public_url:
        return Check(connector, Health.OK, f"{setting}: tickets without a finding get a link to their key result")
    remedy = "Set service.public_url, so that links lead to the hub's pages"
    return Check(connector, Health.WARN, f"{setting}: only key results with a `url` can be linked", remedy)


def publish_checks(
    enabled: bool,
    max_share: float,
    include: Sequence[str],
    checks: Sequence[Check],
    first_run: tuple[Sequence[str], int] = ((), 0),
) -> Iterator[Check]:
    """Whether anything is written, and how much at once.

    `first_run` names trackers on which nothing was written yet, and how many tickets the first run may write on.
    """
    names, most = first_run
    confirm = f"; the first run on {' and '.join(names)} needs `hub sync --yes` for more than {most} tickets"
    confirm = confirm if names else ""
    if enabled:
        yield Check(SUBJECT, Health.OK, f"publish.enabled is true: comments and labels are written{confirm}")
    else:
        remedy = f"Set it to true when the plan of `hub sync` looks right{confirm}"
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
