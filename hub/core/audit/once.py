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
        of_rule = [finding for finding in findings if finding.rule == rule]
        repeated.update(id(finding) for finding in of_rule if _is_repeat(finding, reported))
        reported.update(id_ for finding in of_rule for id_ in _key_results_of(finding))
    return tuple(finding for finding in findings if id(finding) not in repeated)


def _is_repeat(finding: Finding, reported: set[str]) -> bool:
    key_results = set(_key_results_of(finding))
    return finding.severity is Severity.INFO and bool(key_results) and key_results <= reported - {PRIVATE_NAME}


def _key_results_of(finding: Finding) -> Iterator[str]:
    if finding.subject.kind is SubjectKind.KEY_RESULT:
        yield finding.subject.id
    else:
        yield from (str(affect) for affect in finding.affects if isinstance(affect, KeyResultId))
