"""What the service listens to webhooks with: connectors that only read deliveries, and a state to note them in."""

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from threading import Thread

from fastapi import APIRouter

from connectors.base import Connector
from hub import clock
from hub.config.settings import Config
from hub.web.webhooks import DeliveryObserver, load_own_accounts, webhook_connectors, webhook_routes
from hub.wiring import local_day, make_connector, make_connector_context, open_store

SECRET = "webhook_secret"  # noqa: S105


@dataclass(frozen=True, slots=True)
class WebhookReceiver:
    """The routes of webhooks, who listens behind them, and what is held open for that."""

    routes: APIRouter
    connectors: tuple[Connector, ...]
    resources: ExitStack

    def start(self) -> None:
        """Ask, in the background, which account is ours at each tracker."""
        if self.connectors:
            Thread(target=load_own_accounts, args=(self.connectors,), name="own-accounts", daemon=True).start()

    def close(self) -> None:
        """After the last request: let go of connections and of the state."""
        self.resources.close()


def webhook_receiver(
    config: Config, wake_scheduler: Callable[[], None], observe: DeliveryObserver = lambda _connector, _outcome: None
) -> WebhookReceiver:
    """Where webhooks come in, for the connectors that have a secret; ConfigError where one of them cannot be made."""
    context = make_connector_context(config, local_day())
    names = [name for name, table in config.connectors.items() if table.get(SECRET)]
    connectors = tuple(make_connector(config, name, context) for name in names)
    store, resources = open_store(config), ExitStack()
    for close in (store.close, *(connector.close for connector in connectors)):
        resources.callback(close)
    routes = webhook_routes(
        webhook_connectors(connectors), store.record_deliveries, wake_scheduler, now=clock.now, observe=observe
    )
    return WebhookReceiver(routes, connectors, resources)
