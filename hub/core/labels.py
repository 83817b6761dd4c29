"""The labels: exactly three that the hub writes, and those that people write and it only reads."""

UNALIGNED = "okr-unaligned"
DEPENDENCY = "okr-dependency"
STALE = "okr-stale"
HUB_LABELS = (UNALIGNED, DEPENDENCY, STALE)

EXEMPT = "okr-exempt"
ACCEPT = "okr-accept"
DECLINE = "okr-decline"
LATER = "okr-later"
