"""Every finding as one point on a ticket: facts in, words out, in the order in which people should read them."""

from collections.abc import Callable, Iterable, Mapping
from functools import cache

from hub.core.planning.dependency_points import late_provider, priority_mismatch, unagreed
from hub.core.planning.key_result_points import needs_check_in, not_linked_upward, team_not_linked_upward
from hub.core.planning.names import Names
from hub.core.planning.ticket_points import outside_cycle, without_key_result
from hub.core.planning.wrong_value_points import unresolvable
from hub.model.finding import Finding
from hub.model.message import Point

PointBuilder = Callable[[Finding, Names], Point]

POINTS: Mapping[str, PointBuilder] = {
    "unacknowledged-dependency": unagreed,
    "dependency-without-shared-okr": unagreed,
    "unresolvable-link": unresolvable,
    "initiative-without-key-result": without_key_result,
    "team-without-vertical-link": team_not_linked_upward,
    "initiative-on-unaligned-key-result": not_linked_upward,
    "stale-key-result": needs_check_in,
    "priority-mismatch": priority_mismatch,
    "work-outside-cycle": outside_cycle,
    "late-provider": late_provider,
}
"""By rule, in reading order: answers that others wait for, what blocks this ticket, then links, then dates."""


def point_of(finding: Finding, names: Names) -> Point:
    """The point for this ticket's readers; a rule of another package speaks with its own advice."""
    build_point = POINTS.get(finding.rule)
    if build_point is not None:
        return build_point(finding, names)
    advice = finding.advice
    step = advice.do[0] if advice.do else ()
    return Point(finding.rule.replace("-", " "), advice.what, step, alternative=advice.unless)


def in_order(findings: Iterable[Finding]) -> list[Finding]:
    """As people read them: by rule, then by fingerprint, so that the order of tickets changes no comment."""
    return sorted(findings, key=lambda finding: (_reading_position(finding.rule), finding.rule, finding.fingerprint))


@cache
def _reading_position(rule: str) -> int:
    """Where the rule stands in reading order; those of other packages come last."""
    return list(POINTS).index(rule) if rule in POINTS else len(POINTS)
