"""Every rule passes the suite that other packages run against theirs: its page is executed, among other things."""

import pytest

from hub.testing.rules import RuleContract
from rules.base import Rule
from rules.registry import ALL_RULES


@pytest.fixture(params=ALL_RULES, ids=lambda rule: rule.name)
def rule(request: pytest.FixtureRequest) -> Rule:
    chosen: Rule = request.param
    return chosen


class TestEveryRule(RuleContract):
    """All rules of the hub."""

    judges_exempt_work = frozenset({"exposed-private-key-result", "late-provider"})
