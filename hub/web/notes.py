"""Notes what comes in, all that waits at once: a burst costs a few transactions, and nobody is answered before his."""

import asyncio
from collections.abc import Callable, Sequence

from anyio import to_thread

from hub.model.errors import StoreError
from hub.model.knock import WebhookDelivery

AT_ONCE = 200
DeliverAll = Callable[[Sequence[WebhookDelivery]], Sequence[bool]]


class Notes:
    """For one event loop: `note` returns when the delivery is remembered, and says whether it was new."""

    def __init__(self, deliver: DeliverAll) -> None:
        self._deliver = deliver
        self._waiting: list[tuple[WebhookDelivery, asyncio.Future[bool]]] = []
        self._writer: asyncio.Task[None] | None = None

    async def note(self, one: WebhookDelivery) -> bool:
        """Raises StoreError where the state could not be written."""
        answer: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._waiting.append((one, answer))
        if self._writer is None or self._writer.done():
            self._writer = asyncio.create_task(self._write())
        return await answer

    async def _write(self) -> None:
        while self._waiting:
            some, self._waiting = self._waiting[:AT_ONCE], self._waiting[AT_ONCE:]
            try:
                fresh = await to_thread.run_sync(self._deliver, [one for one, _ in some])
                for (_, answer), new in zip(some, fresh, strict=True):
                    _answered(answer, new)
            except StoreError as error:
                for _, answer in some:
                    _answered(answer, error)
            finally:
                # Whatever else went wrong, nobody waits for ever.
                for _, answer in some:
                    _answered(answer, StoreError("the state was not written"))


def _answered(answer: "asyncio.Future[bool]", said: bool | StoreError) -> None:
    """One who left does not hear it."""
    if answer.done():
        return
    if isinstance(said, StoreError):
        answer.set_exception(said)
    else:
        answer.set_result(said)
