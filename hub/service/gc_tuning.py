"""How threads and the garbage collector of a service are set, so that answers do not wait for a run that computes."""

import gc
import sys

# A thread that computes hands over after so long: each packet of an answer waits for it.
SWITCH_INTERVAL_SECONDS = 0.0005
# A look through everything stops all threads for as long as it takes: seldom while a run makes much that is new.
GC_THRESHOLDS = (5_000, 20, 100)
# What lives until the next snapshot is looked through for garbage only so seldom.
FULL_COLLECTION_EVERY = 50


class GcTuning:
    """Called with each new snapshot: what it holds stays alive, so it is not looked through again and again."""

    def __init__(self) -> None:
        self._snapshot_count = 0
        sys.setswitchinterval(SWITCH_INTERVAL_SECONDS)
        gc.set_threshold(*GC_THRESHOLDS)
        gc.freeze()

    def on_snapshot(self, _seconds: float) -> None:
        """Set aside all that lives now; what nobody needs any more goes all the same, unless it holds itself."""
        self._snapshot_count += 1
        if self._snapshot_count % FULL_COLLECTION_EVERY == 0:
            gc.unfreeze()
            gc.collect()
        gc.freeze()
