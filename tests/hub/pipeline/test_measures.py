"""Values of key results that a connector reads: a wrong one is told, and an earlier one stands."""

import math
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from connectors.base import Capabilities
from hub.model.initiative import PullResult, Snapshot
from hub.model.measure import Measure, MeasureAnswer
from hub.pipeline.measures import read_measures
from hub.pipeline.pull import Source
from hub.store.base import StoredSource
from tests.builders import a_key_result, some_okrs
from tests.fakes.connector import FakeConnector

NOW = datetime(2026, 11, 16, 10, tzinfo=UTC)
COUNTED = Measure("jira", "labels = growth")


class Measuring(FakeConnector):
    """A connector of somebody else's, which returns whatever it is told to."""

    value: Any = 0.0

    @property
    def capabilities(self) -> Capabilities:
        return replace(super().capabilities, measures=self)

    def measure(self, _measure: Measure) -> float:
        value: float = self.value
        return value


@pytest.mark.parametrize(
    "value", [math.inf, -math.inf, math.nan, None, "many", 10**400, pytest.param(10**5000, id="huge")]
)
def test_what_is_no_finite_number_is_not_read_and_the_earlier_value_stands(value: object) -> None:
    connector = Measuring()
    connector.value = value
    okrs = some_okrs(key_results=(a_key_result(measure=COUNTED),))
    earlier = MeasureAnswer(COUNTED, 7.0, NOW)
    stored = StoredSource("jira", NOW, (), (), measures=(earlier,))
    snapshot = Snapshot((PullResult("jira", ()),), NOW)
    measured, _ = read_measures(okrs, snapshot, [Source(connector)], [stored], NOW)
    answer = measured.measured["dau"]
    assert (answer.value, answer.read_at) == (7.0, NOW)
    assert "is no number" in answer.error
