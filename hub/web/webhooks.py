"""The webhook endpoint: a delivery is checked, stored with the others that wait, and answered at once."""

import asyncio
import hashlib
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from threading import Thread

import structlog
from anyio import to_thread
from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from connectors.base import Connector
from connectors.capabilities import Delivery, SupportsWebhooks
from connectors.shared.webhook_signature import require_signature
from hub.config.settings import Config
from hub.model.errors import SourceError, StoreError, WebhookPayloadInvalid, WebhookSignatureInvalid
from hub.model.service_state import WebhookDelivery
from hub.state import open_store
from hub.web.server import BodyLimiter, BodyRejected
from hub.wiring import clock_of, local_day, make_connector, make_connector_context

BATCH_SIZE = 200
RecordDeliveries = Callable[[Sequence[WebhookDelivery]], Sequence[bool]]


class DeliveryWriter:
    """For one event loop: `write` returns when the delivery is stored, and whether it was new."""

    def __init__(self, record: RecordDeliveries) -> None:
        self._record = record
        self._waiting: list[tuple[WebhookDelivery, asyncio.Future[bool]]] = []
        self._writer: asyncio.Task[None] | None = None

    async def write(self, webhook_delivery: WebhookDelivery) -> bool:
        """Raises StoreError where the state could not be written."""
        future: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._waiting.append((webhook_delivery, future))
        if self._writer is None or self._writer.done():
            self._writer = asyncio.create_task(self._write())
        return await future

    async def _write(self) -> None:
        while self._waiting:
            batch, self._waiting = self._waiting[:BATCH_SIZE], self._waiting[BATCH_SIZE:]
            try:
                results = await to_thread.run_sync(self._record, [webhook_delivery for webhook_delivery, _ in batch])
                for (_, future), is_new in zip(batch, results, strict=True):
                    _resolve(future, is_new)
            except StoreError as error:
                for _, future in batch:
                    _resolve(future, error)
            finally:
                # Whatever else went wrong, no request waits for ever.
                for _, future in batch:
                    _resolve(future, StoreError("the state was not written"))


def _resolve(future: "asyncio.Future[bool]", result: bool | StoreError) -> None:
    """Set the result, unless the request was cancelled."""
    if future.done():
        return
    if isinstance(result, StoreError):
        future.set_exception(result)
    else:
        future.set_result(result)


DeliveryObserver = Callable[[str, str], None]
# Reading these takes less time than handing them to a thread.
INLINE_BYTES = 64 * 1024
# Names that aren't configured share one label: strangers choose them.
UNKNOWN_CONNECTOR = "unknown"
RETRY_AFTER_SECONDS = "5"


@dataclass(frozen=True, slots=True)
class _Answer:
    status: int
    outcome: str


class _UnknownConnector:
    """Handles unknown connectors: takes as long as the others, and rejects every signature."""

    def read_delivery(self, headers: Mapping[str, str], body: bytes, path_secret: str = "") -> Delivery:
        require_signature(headers.get("x-hub-signature-256", path_secret), body, None)
        raise WebhookSignatureInvalid


@dataclass(frozen=True, slots=True)
class _WebhookEndpoint:
    listeners: Mapping[str, SupportsWebhooks]
    writer: DeliveryWriter
    wake_scheduler: Callable[[], None]
    now: Callable[[], datetime]
    observe: DeliveryObserver
    limiter: BodyLimiter

    async def handle(self, request: Request) -> Response:
        """Answer once the delivery is stored, before any sync."""
        name = str(request.path_params["connector"])
        try:
            async with self.limiter.read_body(request) as body:
                answer = await self._process(name, request, body)
        except BodyRejected as rejected:
            answer = _Answer(rejected.status, rejected.outcome)
        except WebhookSignatureInvalid:
            answer = _Answer(401, "forged")
        except WebhookPayloadInvalid:
            answer = _Answer(400, "unreadable")
        except StoreError:
            answer = _Answer(503, "failed")
        self.observe(name if name in self.listeners else UNKNOWN_CONNECTOR, answer.outcome)
        return _response(answer)

    async def _process(self, name: str, request: Request, body: bytes) -> _Answer:
        """Without the secret all responses are the same, so that no one learns which connectors there are."""
        read = partial(
            self.listeners.get(name, _UnknownConnector()).read_delivery,
            dict(request.headers.items()),
            body,
            str(request.path_params.get("secret", "")),
        )
        delivery = read() if len(body) <= INLINE_BYTES else await to_thread.run_sync(read)
        tickets = () if delivery.echo else delivery.tickets
        digest = hashlib.sha256(body).hexdigest()
        is_new = await self.writer.write(WebhookDelivery(name, delivery.id, digest, tickets, self.now()))
        outcome = "duplicate" if not is_new else "echo" if delivery.echo else "accepted" if tickets else "ignored"
        _log().debug("webhook", connector=name, outcome=outcome, kind=delivery.event, tickets=len(tickets))
        if is_new and tickets:
            self.wake_scheduler()
        return _Answer(202 if is_new else 200, outcome)


def webhook_routes(
    listeners: Mapping[str, SupportsWebhooks],
    record: RecordDeliveries,
    wake_scheduler: Callable[[], None],
    *,
    now: Callable[[], datetime],
    observe: DeliveryObserver = lambda _connector, _outcome: None,
    limiter: BodyLimiter | None = None,
) -> APIRouter:
    """`POST /webhooks/{connector}`, and with the secret in the path for trackers that cannot sign.

    `record` is `Store.record_deliveries`, called in a thread; `wake_scheduler` starts a sync; `observe` gets each
    delivery's outcome.
    """
    endpoint = _WebhookEndpoint(
        listeners, DeliveryWriter(record), wake_scheduler, now, observe, limiter or BodyLimiter()
    )
    router = APIRouter()
    for path in ("/webhooks/{connector}", "/webhooks/{connector}/{secret}"):
        router.add_route(path, endpoint.handle, methods=["POST"], include_in_schema=False)
    return router


def webhook_connectors(connectors: Sequence[Connector]) -> Mapping[str, SupportsWebhooks]:
    """Those of the connectors that take webhooks, by name."""
    return {
        connector.name: webhooks
        for connector in connectors
        if (webhooks := connector.capabilities.webhooks) is not None
    }


def load_own_accounts(connectors: Sequence[Connector]) -> None:
    """Ask each tracker once for our own account; until then, events of our own writes are handled like others."""
    for connector in connectors:
        try:
            connector.whoami()
        except SourceError as error:
            _log().warning("who we are is not known: our own changes are looked at", reason=str(error))


def _response(answer: _Answer) -> Response:
    headers = {"Cache-Control": "no-store"}
    if answer.status == 503:
        headers["Retry-After"] = RETRY_AFTER_SECONDS
    if answer.status in {408, 413, 503}:
        # What was not read would be taken for the next request.
        headers["Connection"] = "close"
    return PlainTextResponse(f"{_WORDS.get(answer.outcome, answer.outcome)}\n", answer.status, headers)


_WORDS: Mapping[str, str] = {
    "duplicate": "known already",
    "echo": "accepted",
    "failed": "try again later",
    "forged": "not signed with the secret",
    "ignored": "accepted",
    "too_large": "too large",
    "unreadable": "not a delivery in JSON",
}


def _log() -> structlog.typing.FilteringBoundLogger:
    logger: structlog.typing.FilteringBoundLogger = structlog.get_logger()
    return logger


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
    context = make_connector_context(config, local_day(config))
    names = [name for name, table in config.connectors.items() if table.get(SECRET)]
    connectors = tuple(make_connector(config, name, context) for name in names)
    store, resources = open_store(config), ExitStack()
    for close in (store.close, *(connector.close for connector in connectors)):
        resources.callback(close)
    routes = webhook_routes(
        webhook_connectors(connectors), store.record_deliveries, wake_scheduler, now=clock_of(config), observe=observe
    )
    return WebhookReceiver(routes, connectors, resources)
