"""What a tracker may offer `hub init`, before it is configured."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

from connectors.base import ConnectorContext
from hub.model.survey import AppCredentials, Place, Setting, Survey


@runtime_checkable
class SupportsSurvey(Protocol):
    """What a tracker may offer besides: to be looked at before it is configured, for `hub init`."""

    def survey(self, places: Sequence[str] = ()) -> Survey:
        """What the account sees, in a bounded number of requests; the named `places` are among it if they exist.

        Raises of the `SourceError` family where the tracker refuses the account or cannot be reached.
        """
        ...

    def propose(self, survey: Survey, places: Sequence[Place]) -> tuple[Setting, ...]:
        """The settings that read these places; asks the tracker nothing."""
        ...


@dataclass(frozen=True, slots=True)
class Setup:
    """What a kind of tracker offers `hub init` before it is configured.

    `settings` are like the plugin's, but need not name what is read. `guide` says, for an address and an owner, where
    to make credentials and with which rights. `register` registers an App in the browser, where the tracker has them:
    it takes address, owner, a function that is told what to do now, and the context.
    """

    settings: type[Any]
    guide: Callable[[str, str], tuple[str, ...]]
    register: Callable[[str, str, Callable[[str], None], ConnectorContext], AppCredentials] | None = None
