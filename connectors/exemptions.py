"""Which work is kept out of OKRs by its type or label: defects, support and upkeep."""

from collections.abc import Iterable

from connectors.levels import level_of_type
from connectors.names import plain, plain_set

EXEMPT_TYPES = (
    "Bug", "Defect", "Incident", "Problem", "Support", "Support Request", "Service Request", "Vulnerability",
    "Sub-task",
)  # fmt: skip
EXEMPT_LABELS = ("bug", "incident", "dependencies", "chore", "support")
EXEMPT_AUTHORS = ("dependabot", "dependabot-preview", "renovate", "renovate-bot")
# What Jira Service Management puts before its own types: "[System] Incident".
_SYSTEM = "system "
# `kind/bug` and `type: bug` say what `bug` says; `team/support` does not.
_PREFIXES = frozenset({"type", "kind", "category", "t", "c"})


def exemption(kind: str, level: int, labels: Iterable[str], types: tuple[str, ...], exempt: tuple[str, ...]) -> str:
    """Why a ticket is exempt, such as `issue type Bug` or `label dependencies`; empty where it is not.

    A sub-task type among `types` stands for every level below 0.
    """
    named = plain_set(types)
    if plain(kind).removeprefix(_SYSTEM) in named:
        return f"issue type {kind}"
    if (level < 0 or level_of_type(kind) < 0) and any(level_of_type(one) < 0 for one in types):
        return f"issue type {kind}"
    wanted = plain_set(exempt)
    found = min((label for label in labels if _means(label) in wanted), default="")
    return f"label {found}" if found else ""


def _means(label: str) -> str:
    """The plain words of a label, without a prefix that only says that a type follows."""
    before, between, after = label.rpartition(":" if ":" in label.rstrip(":") else "/")
    return plain(after) if between and plain(before) in _PREFIXES else plain(label)
