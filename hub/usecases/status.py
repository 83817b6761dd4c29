"""What happened lately, and how old each source is."""

from contextlib import closing

from hub import clock
from hub.config.settings import Config
from hub.core.looking import left_alone
from hub.report.accepting import line_to_accept
from hub.report.status import State
from hub.wiring import open_store


def state_of(config: Config, runs: int) -> State:
    """What the state remembers of the last runs."""
    with closing(open_store(config, create=False)) as store:
        sources = store.sources()
        read = {one.connector: one.read for one in sources}
        missed = {one.connector: (one.missed, one.counted) for one in sources if one.missed is not None and one.counted}
        spending = store.spending(clock.now())
        unread = frozenset(one.connector for one in sources if any(gap.key is None for gap in one.gaps))
        lines = {one.connector: line_to_accept(one.connector, one.gaps, one.accepted) for one in sources}
        accepted = {one.connector: [gap.name for gap in one.accepted] for one in sources if one.accepted}
        acceptable = {name: line for name, line in lines.items() if line}
        alone = [(str(one.target.ref), why) for one in store.published().values() for why in left_alone(one)]
        known = (clock.now(), store.runs(runs), read, len(store.waiting()), missed, sorted(alone), spending, unread)
        return State(*known, acceptable, accepted)
