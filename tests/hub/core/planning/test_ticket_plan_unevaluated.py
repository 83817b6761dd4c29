"""What a source that failed may hide is not withdrawn, and only that."""

import pytest

from hub.core.planning.ticket_plan import Unevaluated, may_still_hold
from hub.model.action import PostedFinding
from hub.model.portfolio import Portfolio
from tests.builders import TODAY, a_ref, some_okrs

HERE = a_ref("jira:ACME-1")
OLD = PostedFinding("a-rule", "warning", "f1")


@pytest.mark.parametrize(
    ("partial", "standing", "kept"),
    [(True, {"f1"}, True), (True, {"f2"}, False), (False, {"f1"}, False)],
    ids=["stands elsewhere", "is gone", "all was read"],
)
def test_a_finding_that_stands_elsewhere_is_kept_while_a_source_failed(
    partial: bool, standing: set[str], kept: bool
) -> None:
    seen = Unevaluated(frozenset(), frozenset(), frozenset(), is_partial=partial, open_fingerprints=frozenset(standing))
    assert may_still_hold(OLD, HERE, Portfolio(TODAY, some_okrs()), seen) is kept
