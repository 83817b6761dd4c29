"""The door for webhooks: a delivery is checked, remembered and answered at once; the work is done afterwards."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

import structlog
from anyio import to_thread
from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from connectors.base import Connector, Delivery, SupportsWebhooks
from connectors.signed import require_signature
from hub.model.errors import SourceError, StoreError, WebhookPayloadInvalid, WebhookSignatureInvalid
from hub.model.knock import WebhookDelivery
from hub.web.bodies import BodyRefused, Room
from hub.web.notes import DeliverAll, Notes

Observe = Callable[[str, str], None]
# Reading these takes less time than handing them to a thread.
SMALL = 64 * 1024
# Names that nobody configured are told as one: strangers choose them.
NOBODY = "unknown"
AGAIN_SECONDS = "5"


@dataclass(frozen=True, slots=True)
class _Answer:
    status: int
    word: str


class _Nobody:
    """Stands for connectors that do not exist: takes as long as the others, and believes nothing."""

    def read_delivery(self, headers: Mapping[str, str], body: bytes, path_secret: str = "") -> Delivery:
        require_signature(headers.get("x-hub-signature-256", path_secret), body, None)
        raise WebhookSignatureInvalid


@dataclass(frozen=True, slots=True)
class _Door:
    listeners: Mapping[str, SupportsWebhooks]
    notes: Notes
    poke: Callable[[], None]
    now: Callable[[], datetime]
    observe: Observe
    room: Room

    async def come_in(self, request: Request) -> Response:
        """Answered when the delivery is remembered, and before anything else is done."""
        name = str(request.path_params["connector"])
        try:
            async with self.room.body_of(request) as body:
                said = await self._heard(name, request, body)
        except BodyRefused as refused:
            said = _Answer(refused.status, refused.word)
        except WebhookSignatureInvalid:
            said = _Answer(401, "forged")
        except WebhookPayloadInvalid:
            said = _Answer(400, "unreadable")
        except StoreError:
            said = _Answer(503, "failed")
        self.observe(name if name in self.listeners else NOBODY, said.word)
        return _response(said)

    async def _heard(self, name: str, request: Request, body: bytes) -> _Answer:
        """Without the secret nothing can be told apart, not even which connectors there are."""
        read = partial(
            self.listeners.get(name, _Nobody()).read_delivery,
            dict(request.headers.items()),
            body,
            str(request.path_params.get("secret", "")),
        )
        delivery = read() if len(body) <= SMALL else await to_thread.run_sync(read)
        tickets = () if delivery.echo else delivery.tickets
        digest = hashlib.sha256(body).hexdigest()
        fresh = await self.notes.note(WebhookDelivery(name, delivery.id, digest, tickets, self.now()))
        word = "duplicate" if not fresh else "echo" if delivery.echo else "accepted" if tickets else "ignored"
        _log().debug("webhook", connector=name, outcome=word, kind=delivery.event, tickets=len(tickets))
        if fresh and tickets:
            self.poke()
        return _Answer(202 if fresh else 200, word)


def webhook_routes(
    listeners: Mapping[str, SupportsWebhooks],
    deliver: DeliverAll,
    poke: Callable[[], None],
    *,
    now: Callable[[], datetime],
    observe: Observe = lambda _connector, _outcome: None,
    room: Room | None = None,
) -> APIRouter:
    """`POST /webhooks/{connector}`, and with the secret at its end for trackers that cannot sign.

    `deliver` is `Store.deliver_all`, called in a thread; `poke` wakes whoever looks at knocks; `observe` hears how each
    delivery came out.
    """
    door = _Door(listeners, Notes(deliver), poke, now, observe, room or Room())
    router = APIRouter()
    for path in ("/webhooks/{connector}", "/webhooks/{connector}/{secret}"):
        router.add_route(path, door.come_in, methods=["POST"], include_in_schema=False)
    return router


def listeners_of(connectors: Sequence[Connector]) -> Mapping[str, SupportsWebhooks]:
    """Those of the connectors that take webhooks, by name."""
    return {one.name: one for one in connectors if isinstance(one, SupportsWebhooks)}


def learn_who_we_are(connectors: Sequence[Connector]) -> None:
    """Ask each tracker once which account is ours: until then our own echoes are looked at like anybody's changes."""
    for one in connectors:
        try:
            one.whoami()
        except SourceError as error:
            _log().warning("who we are is not known: our own changes are looked at", reason=str(error))


def _response(said: _Answer) -> Response:
    headers = {"Cache-Control": "no-store"}
    if said.status == 503:
        headers["Retry-After"] = AGAIN_SECONDS
    if said.status in {408, 413, 503}:
        # What was not read would be taken for the next request.
        headers["Connection"] = "close"
    return PlainTextResponse(f"{_WORDS.get(said.word, said.word)}\n", said.status, headers)


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
