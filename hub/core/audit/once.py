"""Each fault once: of several rules that see one key result lead nowhere, the audit lists the first that speaks."""

from collections.abc import Iterator, Sequence

from hub.model.finding import Finding, KeyResultId, Severity, SubjectKind
from hub.model.private_names import PRIVATE_NAME

RULE_ORDER = (
    "team-without-vertical-link",
    "initiative-on-unaligned-key-result",
    "objective-only-alignment",
    "key-result-without-vertical-link",
)
"""In the order in which they speak; what comes later of the same key results is a note (rules.md, "vertical")."""


def drop_repeats(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """The findings in their order, without notes on key results that an earlier rule speaks of."""
    reported: set[str] = set()
    repeated: set[int] = set()
    for rule in RULE_ORDER:
        of_rule = [one for one in findings if one.rule == rule]
        repeated.update(id(one) for one in of_rule if _is_repeat(one, reported))
        reported.update(id_ for one in of_rule for id_ in _key_results_of(one))
    return tuple(one for one in findings if id(one) not in repeated)


def _is_repeat(one: Finding, reported: set[str]) -> bool:
    key_results = set(_key_results_of(one))
    return one.severity is Severity.INFO and bool(key_results) and key_results <= reported - {PRIVATE_NAME}


def _key_results_of(one: Finding) -> Iterator[str]:
    if one.subject.kind is SubjectKind.KEY_RESULT:
        yield one.subject.id
    else:
        yield from (str(each) for each in one.affects if isinstance(each, KeyResultId))
