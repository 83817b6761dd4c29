"""The labels: exactly three that the hub writes, and those that people write and it only reads."""

from collections.abc import Mapping

UNALIGNED = "okr-unaligned"
DEPENDENCY = "okr-dependency"
STALE = "okr-stale"
HUB_LABELS = (UNALIGNED, DEPENDENCY, STALE)

EXEMPT = "okr-exempt"
ACCEPT = "okr-accept"
DECLINE = "okr-decline"
LATER = "okr-later"

MEANINGS: Mapping[str, str] = {
    UNALIGNED: "Its link to the OKRs needs a look.",
    DEPENDENCY: "Another team is involved and something is open.",
    STALE: "This key result's check-ins need a look.",
    EXEMPT: "Set by people: this is not OKR work.",
    ACCEPT: "Set by people: your team delivers what others need from this ticket.",
    DECLINE: "Set by people: your team doesn't.",
    LATER: "Set by people: not this cycle.",
}
"""What each label says, as trackers and the help page show it."""
