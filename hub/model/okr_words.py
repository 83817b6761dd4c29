"""The words in which a ticket says what an OKR file would: one list for those who find them and who understand them."""

PLACING = ("id", "cycle", "objective")
OF_OBJECTIVES = ("teams", "standalone", "sync")
OF_KEY_RESULTS = (
    *("direction", "tolerance", "start", "target", "current", "unit", "metric", "aggregation"),
    *("owners", "contributions", "confidence", "priority", "visibility"),
    *("aligns_to", "depends_on", "supports", "check_ins", "cadence_days", "lag_days"),
    *("blocker", "audience", "replaced_by"),
)
EVERY_WORD = frozenset((*PLACING, *OF_OBJECTIVES, *OF_KEY_RESULTS))
