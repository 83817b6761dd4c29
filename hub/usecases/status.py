"""What `hub status` reads: the state, and nothing else."""

from contextlib import closing

from hub.config.settings import Config
from hub.core.planning.write_refusals import skip_reasons
from hub.report.status import HubStatus
from hub.report.text import acceptance_line
from hub.state import open_store
from hub.wiring import clock_of


def read_state(config: Config, runs: int) -> HubStatus:
    """What the store knows about the last runs."""
    with closing(open_store(config, create=False)) as store:
        sources = store.sources()
        read = {source.connector: source.read for source in sources}
        missed = {
            source.connector: (source.missed_by_cursor, source.reconciled_at)
            for source in sources
            if source.missed_by_cursor is not None and source.reconciled_at
        }
        incomplete_sources = frozenset(
            source.connector for source in sources if any(gap.key is None for gap in source.gaps)
        )
        lines = {
            source.connector: acceptance_line(source.connector, source.gaps, source.accepted) for source in sources
        }
        accepted = {source.connector: [gap.name for gap in source.accepted] for source in sources if source.accepted}
        skipped = [
            (str(entry.target.ref), reason)
            for entry in store.ledger_entries().values()
            for reason in skip_reasons(entry)
        ]
        return HubStatus(
            now=clock_of(config)(),
            runs=store.runs(runs),
            read=read,
            deferred_comments=len(store.deferred_comments()),
            missed_by_cursor=missed,
            skipped=sorted(skipped),
            rate_limits=store.rate_limits(clock_of(config)()),
            incomplete_sources=incomplete_sources,
            acceptable={name: line for name, line in lines.items() if line},
            accepted=accepted,
        )
