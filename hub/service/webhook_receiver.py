"""What the service listens to webhooks with: connectors that only read deliveries, and a state to note them in."""

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from threading import Thread

from fastapi import APIRouter

from connectors.base import Connector
from hub import clock
from hub.config.settings import Config
from hub.web.webhooks import Observe, learn_who_we_are, listeners_of, webhook_routes
from hub.wiring import local_day, make_connector, make_world, open_store

SECRET = "webhook_secret"  # noqa: S105


@dataclass(frozen=True, slots=True)
class Doorway:
    """The routes of webhooks, who listens behind them, and what is held open for that."""

    routes: APIRouter
    connectors: tuple[Connector, ...]
    held: ExitStack

    def start(self) -> None:
        """Ask, in the background, which account is ours at each tracker."""
        if self.connectors:
            Thread(target=learn_who_we_are, args=(self.connectors,), name="who-we-are", daemon=True).start()

    def close(self) -> None:
        """After the last request: let go of connections and of the state."""
        self.held.close()


def doorway(config: Config, poke: Callable[[], None], observe: Observe = lambda _connector, _outcome: None) -> Doorway:
    """Where webhooks come in, for the connectors that have a secret; ConfigError where one of them cannot be made."""
    world = make_world(config, local_day())
    named = [name for name, table in config.connectors.items() if table.get(SECRET)]
    made = tuple(make_connector(config, name, world) for name in named)
    store, held = open_store(config), ExitStack()
    for close in (store.close, *(one.close for one in made)):
        held.callback(close)
    routes = webhook_routes(listeners_of(made), store.deliver_all, poke, now=clock.now, observe=observe)
    return Doorway(routes, made, held)
