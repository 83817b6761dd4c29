"""The words in which a ticket says what an OKR file would: one list for those who find them and who understand them."""

IDENTITY_FIELDS = ("id", "cycle", "objective")
OBJECTIVE_FIELDS = ("teams", "standalone", "sync")
KEY_RESULT_FIELDS = (
    *("direction", "tolerance", "start", "target", "current", "unit", "metric", "aggregation"),
    *("owners", "contributions", "confidence", "priority", "visibility"),
    *("aligns_to", "depends_on", "supports", "check_ins", "cadence_days", "lag_days"),
    *("blocker", "audience", "replaced_by"),
)
ALL_FIELDS = frozenset((*IDENTITY_FIELDS, *OBJECTIVE_FIELDS, *KEY_RESULT_FIELDS))
