"""What every tracker's diagnosis shares: the words of a check, the clock, the closest names."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime

from connectors.names import plain
from connectors.shared.settings import WorkSettings
from connectors.wire import MALFORMED, Response
from hub.model.check_up import Check, Health
from hub.model.errors import CredentialsRefused, SourceError, TryLater
from hub.model.initiative import Initiative
from hub.model.similarity import closest
from hub.model.sites import in_the_clear

SKEW_WARNS, SKEW_FAILS = 60, 300
FEW_LEFT = 0.1
SHOWN = 8


@dataclass(frozen=True, slots=True)
class Says:
    """Makes the checks of one connector."""

    subject: str

    def ok(self, what: str, *, place: str = "", shared: bool = False) -> Check:
        """It works."""
        return Check(self.subject, Health.OK, what, place=place, shared=shared)

    def warn(self, what: str, remedy: str, *, place: str = "", shared: bool = False) -> Check:
        """It works, but perhaps not as people think."""
        return Check(self.subject, Health.WARN, what, remedy, place=place, shared=shared)

    def fail(self, what: str, remedy: str, *, configured: bool = False) -> Check:
        """It does not work; `configured` where the configuration has to change."""
        return Check(self.subject, Health.FAIL, what, remedy, configured)

    def skip(self, what: str, remedy: str = "") -> Check:
        """It could not be looked at."""
        return Check(self.subject, Health.SKIP, what, remedy)

    def failed(self, what: str, error: SourceError) -> Check:
        """A question that was answered with an error."""
        return self.fail(f"{what}: {error.what}", _remedy(error))


def clock_check(says: Says, answer: Response, now: datetime) -> Check:
    """How far our clock is from the tracker's, as the answer's date tells it."""
    try:
        theirs = parsedate_to_datetime(answer.headers.get("date", ""))
        seconds = abs((now - theirs).total_seconds())
    except (TypeError, ValueError):
        return says.skip("could not compare the clocks: the tracker sends no date")
    if seconds <= SKEW_WARNS:
        return says.ok("the clocks match")
    what = f"our clock is {seconds:.0f} s {'ahead of' if now > theirs else 'behind'} the tracker's"
    remedy = "Set the clock of the machine that the hub runs on (NTP): limits and incremental syncs depend on it"
    return says.fail(what, remedy) if seconds > SKEW_FAILS else says.warn(what, remedy)


def transport_check(says: Says, url: str) -> Iterator[Check]:
    """A warning where the credentials can be read on their way."""
    if what := in_the_clear(url):
        yield says.warn(what, "Write an address that begins with https:// in `url`")


def budget_check(says: Says, what: str, left: int, of: int, again: str = "") -> Check:
    """How much of an allowance is left; `again` says when it is full again."""
    told = f"{left:,} of {of:,} {what} left{', ' + again if again else ''}"
    if left <= 0:
        return says.fail(told, "Wait; another program may be spending it with the same account: give the hub its own")
    if left < of * FEW_LEFT:
        return says.warn(told, "Another program may be spending it with the same account: give the hub its own")
    return says.ok(told)


def webhook_check(says: Says, variable: str, *, configured: bool, late: str = "") -> Check:
    """Whether webhooks can be believed; `late` says what shows only in a census where there are none."""
    if configured:
        return says.ok("a webhook secret is set")
    return says.warn(
        f"no webhook secret is set: the hub syncs on its schedule only{late and f'; {late}'}",
        f"Set {variable} to the secret of a webhook that calls /webhooks/{says.subject}",
    )


def variable_of(connector: str, setting: str) -> str:
    """The environment variable of a connector's setting."""
    return f"HUB_CONNECTORS__{connector.upper()}__{setting.upper()}"


def suggest_names(name: str, known: Iterable[str]) -> str:
    """A question that names what people may have meant; empty where nothing is alike."""
    near = closest(name, known, limit=2)
    return f"Did you mean {' or '.join(near)}?" if near else ""


def listed(names: Collection[str]) -> str:
    """The first few of many names."""
    some = ", ".join(list(names)[:SHOWN])
    return some if len(names) <= SHOWN else f"{some} and {len(names) - SHOWN} more"


def unmapped(says: Says, words: Iterable[str], *, what: str, setting: str) -> Iterator[Check]:
    """Words of the tracker that nothing in the hub stands for."""
    if strange := list(dict.fromkeys(words)):
        yield says.warn(f"{what}: {listed(strange)}", f"Map them under [connectors.{setting}]")


def link_checks(
    says: Says, place: str, names: Collection[str], read: Collection[str], strange: Collection[str]
) -> Iterator[Check]:
    """Which of the link types are read as dependencies, which are about something else, which nobody understands."""
    if read:
        yield says.ok(f"{place}links of type {listed(read)} are read as dependencies")
    if others := [name for name in names if name not in read and name not in strange]:
        yield says.ok(f"{place}links of type {listed(others)} are not read as dependencies (links)")
    if strange:
        remedy = f"Say in [connectors.{says.subject}.links] what each means: outward waits, inward waits, or none"
        yield says.warn(f"{place}links of type {listed(strange)} are not understood, and are no dependencies", remedy)


def work_checks(says: Says, settings: WorkSettings, tickets: Iterable[Initiative]) -> Iterator[Check]:
    """How many tickets may be initiatives, and how many are exempt and why."""
    every = [ticket for ticket in tickets if not ticket.context]
    top = Counter(ticket.kind for ticket in every if ticket.level > 0 and not ticket.exempt)
    if top:
        yield says.ok(f"initiatives may be of type {listed([kind for kind, _ in top.most_common()])}")
    elif every:
        yield says.warn("no ticket is above the base level", "Name the types of your initiatives in `initiative_types`")
    kinds = {plain(ticket.kind) for ticket in every}
    for name in settings.initiative_types if every else ():
        if plain(name) not in kinds:
            yield says.warn(
                f"no ticket is of type {name!r} (initiative_types)", suggest_names(name, {one.kind for one in every})
            )
    if exempt := Counter(ticket.exempt for ticket in every if ticket.exempt):
        told = listed([f"{count} by {reason}" for reason, count in exempt.most_common()])
        yield says.ok(f"{sum(exempt.values())} tickets are exempt: {told} (exempt_types, exempt_labels)")


def _remedy(error: SourceError) -> str:
    if isinstance(error, CredentialsRefused):
        return "Renew the credentials, or give the account the permissions that it needs"
    if isinstance(error, TryLater):
        return f"Try again in {max(1, round(error.wait))} s" if error.wait else "Check the address and the network"
    return "Check the address and the tracker's answer"


def guarded(says: Says, what: str, checks: Iterator[Check]) -> Iterator[Check]:
    """The checks; where a question fails or its answer makes no sense, that instead of the rest of them."""
    try:
        yield from checks
    except SourceError as error:
        yield says.failed(what, error)
    except MALFORMED as wrong:
        yield says.fail(f"{what}: unexpected answer ({type(wrong).__name__})", "Check what the tracker answers")
