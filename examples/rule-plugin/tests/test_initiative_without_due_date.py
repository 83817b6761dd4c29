"""The rule passes the hub's contract suite."""

import pytest
from acme_alignment_rules.initiative_without_due_date import initiative_without_due_date

from hub.testing.rules import RuleContract
from rules.base import Rule


class TestInitiativeWithoutDueDate(RuleContract):
    """Its page is true, and it is pure."""

    @pytest.fixture
    def rule(self) -> Rule:
        return initiative_without_due_date
