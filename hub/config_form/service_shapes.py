"""What may stand in `[service]`: when the hub works by itself, and where its pages are."""

from collections.abc import Collection, Mapping
from typing import Annotated, Literal
from zoneinfo import ZoneInfo, available_timezones

from pydantic import AfterValidator, Field

from hub.config_form.shapes import Section
from hub.core.rhythm import parse_schedule
from hub.toml_file import did_you_mean

LOOPBACK, PORT = "127.0.0.1", 8080


def _validate_schedule(text: str) -> str:
    parse_schedule(text)
    return text


def _validate_zone(name: str) -> str:
    try:
        return name and ZoneInfo(name).key
    except (OSError, ValueError, LookupError):
        remedy = did_you_mean(name, available_timezones())
        raise ValueError(f"no time zone is called {name!r}: expected one such as Europe/Berlin. {remedy}") from None


ScheduleExpression = Annotated[str, AfterValidator(_validate_schedule)]
Zone = Annotated[str, AfterValidator(_validate_zone)]
Seconds = Annotated[float, Field(ge=0, le=3600)]
Address = Annotated[str, Field(pattern=r"^(https?://\S+)?$", description="an http address, or nothing")]


class ServiceSettings(Section):
    """`[service]`: what `hub serve` does by itself.

    `schedule` is for every connector that `schedules` does not name; at the times of `full` everything is read anew.
    `timezone` is the machine's when empty. For `webhook_debounce_seconds` a burst of webhooks is gathered; for `shutdown_timeout_seconds` a
    run may finish what it is writing when the service stops. `public_url` is where links lead that leave the pages.
    """

    schedule: ScheduleExpression = "every 15m"
    schedules: Mapping[str, ScheduleExpression] = {}
    full_sync_schedule: ScheduleExpression = "0 3 * * *"
    timezone: Zone = ""
    webhook_debounce_seconds: Seconds = 0.5
    shutdown_timeout_seconds: Seconds = 20.0
    host: Annotated[str, Field(min_length=1)] = LOOPBACK
    port: Annotated[int, Field(ge=0, le=65_535)] = PORT
    public_url: Address = ""
    log_format: Literal["text", "json"] = "text"


def unknown_schedules(service: ServiceSettings, connectors: Collection[str]) -> Mapping[str, str]:
    """The names under `schedules` that no connector has, each with a way to mend it."""
    return {
        name: did_you_mean(name, connectors, noun="connector") for name in service.schedules if name not in connectors
    }
