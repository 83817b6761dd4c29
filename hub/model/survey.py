"""What a tracker holds before it is configured, as `hub init` finds it, and the settings that follow from it."""

from dataclasses import dataclass, field

from hub.model.errors import Check

SettingValue = str | int | tuple[str, ...] | None


@dataclass(frozen=True, slots=True)
class Place:
    """Where tickets are: `id` is how a team owns it (`ACME`, `acme/app`, `acme/5`), `noun` what the tracker calls it.

    `tickets` is None where the tracker does not count them. `skip_reason` says why it is not proposed; `shared` that
    its tickets are in other places as well, so that no team need own it.
    """

    id: str
    name: str
    noun: str
    tickets: int | None = None
    skip_reason: str = ""
    shared: bool = False


@dataclass(frozen=True, slots=True)
class TicketType:
    """An issue type: `level` 1 and more is above the base level; `exempt` types are no OKR work."""

    name: str
    level: int = 0
    tickets: int | None = None
    exempt: bool = False


@dataclass(frozen=True, slots=True)
class Survey:
    """A tracker as its account sees it: `places` are the busiest of those that `totals` counts by noun.

    `fields` are those that can name a key result, of `field_count` in all; `labels` the most common. `checks` say what
    the account may not do, and `settings` what the configuration needs besides, such as the id behind a gateway.
    """

    site: str
    account: str
    places: tuple[Place, ...]
    totals: tuple[tuple[str, int], ...]
    types: tuple[TicketType, ...] = ()
    fields: tuple[str, ...] = ()
    field_count: int = 0
    labels: tuple[str, ...] = ()
    label_count: int = 0
    checks: tuple[Check, ...] = ()
    settings: tuple["Setting", ...] = ()


@dataclass(frozen=True, slots=True)
class Setting:
    """A line of a connector's table: `table` is the one below it, such as `key_results`; None is a comment alone."""

    key: str
    value: SettingValue
    comment: str = ""
    table: str = ""


@dataclass(frozen=True, slots=True)
class AppCredentials:
    """A GitHub App that was registered and installed; `page` is where people see it."""

    app_id: str
    installation_id: int
    page: str
    private_key: str = field(repr=False)
    webhook_secret: str = field(default="", repr=False)
