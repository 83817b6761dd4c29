"""The writes of a run among several workers, connector by connector."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from hub.model.action import Action, LedgerEntries, Receipt
from hub.model.errors import RunCancelled
from hub.pipeline.apply import publish_for_run
from hub.pipeline.run_context import RunContext
from hub.store.jobs.encoding import decode_values, encode_values
from hub.store.jobs.publications import Publications
from hub.store.jobs.queue import PUBLISH, JobQueue

POLL_SECONDS = 0.05


@dataclass(frozen=True, slots=True)
class SharedPublisher:
    """See `hub.pipeline.run_context.Publisher`: other workers take part, connector by connector.

    This process carries out what nobody else has taken, and waits for the rest: the run ends when all of it has.
    `publish` carries out one connector's part of a run; see `Steps.publish`.
    """

    jobs: JobQueue
    publish: Callable[[int, str], None]
    sleep: Callable[[float], None]

    def __call__(
        self, job: RunContext, run: int, actions: Sequence[Action], ledger: LedgerEntries
    ) -> tuple[Receipt, ...]:
        """Raises RunCancelled where a part was broken off: the next run looks at what became of it."""
        parts: dict[str, list[Action]] = {}
        for action in actions:
            parts.setdefault(action.target.ref.connector, []).append(action)
        if len(parts) < 2:
            return publish_for_run(job, run, actions, ledger)
        Publications(self.jobs).offer(run, {name: _encoded(part, ledger) for name, part in parts.items()})
        own, *others = parts
        for name in others:
            self.jobs.queue(PUBLISH, key=name, run=run, connector=name)
        for name in [own, *others]:
            self.publish(run, name)
        receipts = {name: self._wait(run, name) for name in parts}
        return tuple(receipt for name in parts for receipt in receipts[name] or ())

    def _wait(self, run: int, connector: str) -> tuple[Receipt, ...]:
        while True:
            status, receipts = Publications(self.jobs).look(run, connector)
            if status == "done":
                return decode_values(receipts)
            if status == "failed":
                raise RunCancelled("a part of the writes was broken off: the next run continues from here")
            if status == "offered":
                self.publish(run, connector)
            self.sleep(POLL_SECONDS)


def _encoded(actions: Sequence[Action], ledger: LedgerEntries) -> tuple[str, str]:
    """The actions, and what the run knows of their tickets."""
    keys = dict.fromkeys((action.target.ref.connector, action.target.id) for action in actions)
    return encode_values(actions), encode_values(ledger[key] for key in keys if key in ledger)
