"""Checks that every tracker's diagnosis shares: the reporter, the clock, the closest names."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime

from connectors.http.messages import MALFORMED, Response
from connectors.shared.settings import WorkSettings
from connectors.shared.vocabulary import plain_name
from hub.model.errors import Check, CredentialsRefused, Health, RetryLater, SourceError
from hub.model.initiative import Initiative
from hub.model.text import closest
from hub.model.urls import cleartext_warning

SKEW_WARNS, SKEW_FAILS = 60, 300
LOW_SHARE = 0.1
MAX_LISTED = 8


@dataclass(frozen=True, slots=True)
class CheckReporter:
    """Makes the checks of one connector."""

    subject: str

    def ok(self, message: str, *, container: str = "", shared: bool = False) -> Check:
        """It works."""
        return Check(self.subject, Health.OK, message, container=container, shared=shared)

    def warn(self, message: str, remedy: str) -> Check:
        """It works, but perhaps not as people think."""
        return Check(self.subject, Health.WARN, message, remedy)

    def fail(self, message: str, remedy: str, *, configured: bool = False) -> Check:
        """It does not work; `configured` where the configuration has to change."""
        return Check(self.subject, Health.FAIL, message, remedy, configured)

    def skip(self, message: str, remedy: str = "") -> Check:
        """It could not be looked at."""
        return Check(self.subject, Health.SKIP, message, remedy)

    def error(self, subject: str, error: SourceError) -> Check:
        """A question that was answered with an error."""
        return self.fail(f"{subject}: {error.detail}", _remedy(error))


def clock_check(report: CheckReporter, answer: Response, now: datetime) -> Check:
    """How far our clock is from the tracker's, as the answer's date tells it."""
    try:
        tracker_time = parsedate_to_datetime(answer.headers.get("date", ""))
        seconds = abs((now - tracker_time).total_seconds())
    except (TypeError, ValueError):
        return report.skip("could not compare the clocks: the tracker sends no date")
    if seconds <= SKEW_WARNS:
        return report.ok("the clocks match")
    message = f"our clock is {seconds:.0f} s {'ahead of' if now > tracker_time else 'behind'} the tracker's"
    remedy = "Set the clock of the machine that the hub runs on (NTP): limits and incremental syncs depend on it"
    return report.fail(message, remedy) if seconds > SKEW_FAILS else report.warn(message, remedy)


def transport_check(report: CheckReporter, url: str) -> Iterator[Check]:
    """A warning where the credentials can be read on their way."""
    if message := cleartext_warning(url):
        yield report.warn(message, "Write an address that begins with https:// in `url`")


def rate_limit_check(report: CheckReporter, unit: str, remaining: int, limit: int, resets: str = "") -> Check:
    """How much of an allowance is left; `resets` says when it is full again."""
    message = f"{remaining:,} of {limit:,} {unit} left{', ' + resets if resets else ''}"
    if remaining <= 0:
        return report.fail(
            message, "Wait; another program may be spending it with the same account: give the hub its own"
        )
    if remaining < limit * LOW_SHARE:
        return report.warn(message, "Another program may be spending it with the same account: give the hub its own")
    return report.ok(message)


def webhook_check(report: CheckReporter, *, configured: bool, limitation: str = "") -> Check:
    """Whether webhooks can be believed; `limitation` says what shows only in a census where there are none."""
    if configured:
        return report.ok("a webhook secret is set")
    variable = f"HUB_CONNECTORS__{report.subject.upper()}__WEBHOOK_SECRET"
    return report.warn(
        f"no webhook secret is set: the hub syncs on its schedule only{limitation and f'; {limitation}'}",
        f"Set {variable} to the secret of a webhook that calls /webhooks/{report.subject}",
    )


def suggest_names(name: str, known: Iterable[str]) -> str:
    """A question that names what people may have meant; empty where nothing is alike.

    Of names that differ in the case of letters only, the first is named.
    """
    by_casefold = {text.casefold(): text for text in reversed(list(known))}
    matches = closest(name, by_casefold.values(), limit=2)
    return f"Did you mean {' or '.join(matches)}?" if matches else ""


def join_names(names: Collection[str]) -> str:
    """The first few of many names."""
    first_names = ", ".join(list(names)[:MAX_LISTED])
    return first_names if len(names) <= MAX_LISTED else f"{first_names} and {len(names) - MAX_LISTED} more"


def unmapped_checks(report: CheckReporter, names: Iterable[str], *, problem: str, setting: str) -> Iterator[Check]:
    """Words of the tracker that nothing in the hub stands for."""
    if unmapped_names := list(dict.fromkeys(names)):
        yield report.warn(f"{problem}: {join_names(unmapped_names)}", f"Map them under [connectors.{setting}]")


def link_checks(
    report: CheckReporter, container: str, names: Collection[str], read: Collection[str], unclear: Collection[str]
) -> Iterator[Check]:
    """Which of the link types are read as dependencies, which are about something else, which nobody understands."""
    if read:
        yield report.ok(f"{container}links of type {join_names(read)} are read as dependencies")
    if unrelated := [name for name in names if name not in read and name not in unclear]:
        yield report.ok(f"{container}links of type {join_names(unrelated)} are not read as dependencies (links)")
    if unclear:
        remedy = f"Set in [connectors.{report.subject}.links] what each means: outward waits, inward waits, or none"
        yield report.warn(
            f"{container}links of type {join_names(unclear)} are not understood, and are no dependencies", remedy
        )


def work_checks(report: CheckReporter, settings: WorkSettings, tickets: Iterable[Initiative]) -> Iterator[Check]:
    """How many tickets may be initiatives, and how many are exempt and why."""
    own_tickets = [ticket for ticket in tickets if not ticket.reference_only]
    top_kinds = Counter(ticket.kind for ticket in own_tickets if ticket.level > 0 and not ticket.exempt)
    if top_kinds:
        yield report.ok(f"initiatives may be of type {join_names([kind for kind, _ in top_kinds.most_common()])}")
    elif own_tickets:
        yield report.warn(
            "no ticket is above the base level", "Name the types of your initiatives in `initiative_types`"
        )
    kinds = {plain_name(ticket.kind) for ticket in own_tickets}
    for name in settings.initiative_types if own_tickets else ():
        if plain_name(name) not in kinds:
            yield report.warn(
                f"no ticket is of type {name!r} (initiative_types)",
                suggest_names(name, {ticket.kind for ticket in own_tickets}),
            )
    if exempt := Counter(ticket.exempt for ticket in own_tickets if ticket.exempt):
        reasons = join_names([f"{count} by {reason}" for reason, count in exempt.most_common()])
        yield report.ok(f"{sum(exempt.values())} tickets are exempt: {reasons} (exempt_types, exempt_labels)")


def _remedy(error: SourceError) -> str:
    if isinstance(error, CredentialsRefused):
        return "Renew the credentials, or give the account the permissions that it needs"
    if isinstance(error, RetryLater):
        return f"Try again in {max(1, round(error.wait))} s" if error.wait else "Check the address and the network"
    return "Check the address and the tracker's answer"


def catch_failures(report: CheckReporter, subject: str, checks: Iterator[Check]) -> Iterator[Check]:
    """The checks; where a question fails or its answer makes no sense, that instead of the rest of them."""
    try:
        yield from checks
    except SourceError as error:
        yield report.error(subject, error)
    except MALFORMED as error:
        yield report.fail(f"{subject}: unexpected answer ({type(error).__name__})", "Check what the tracker answers")
