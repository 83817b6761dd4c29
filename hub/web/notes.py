"""Records deliveries in batches: a burst costs a few transactions, and each is answered after its own is stored."""

import asyncio
from collections.abc import Callable, Sequence

from anyio import to_thread

from hub.model.errors import StoreError
from hub.model.knock import WebhookDelivery

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
