"""Whatever is wrong with the values of an OKR file, the answer is OKRs or a ConfigError with places."""

import tomllib
from copy import deepcopy
from typing import Any

import tomlkit
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.model.errors import ConfigError
from hub.okr_files.loader import okrs_from_text

WHOLE = """\
[cycle]
id = "2026-Q4"
start = 2026-10-01
end = 2026-12-31
[[team]]
id = "product"
owns = ["jira:ACME"]
exempt = [{ label = "bug", reason = "upkeep" }]
[[objective]]
id = "launch"
title = "Launch"
teams = ["product"]
sync = { host = "product", every_days = 7 }
[[objective.key_result]]
id = "dau"
title = "Users"
target = 500
owners = ["product"]
contributions = [{ team = "product", share = 100 }]
aligns_to = [{ key_result = "dau" }]
depends_on = [{ team = "product", needed_by = 2026-11-30 }]
check_ins = [{ date = 2026-11-16, value = 1, present = ["product"] }]
"""
WRONG = st.sampled_from(
    ["", "x", "product", 0, -1, 1e308, 10**30, float("nan"), True, [], [1], ["x"], [[]], {}, {"id": 1}, [{"id": "x"}]]
)


def places_in(value: Any) -> list[tuple[Any, Any]]:
    """Every container of the data with each of its keys."""
    keys = list(value) if isinstance(value, dict) else list(range(len(value))) if isinstance(value, list) else []
    return [(value, key) for key in keys] + [place for key in keys for place in places_in(value[key])]


@given(st.data())
@settings(max_examples=120, deadline=None)
def test_a_damaged_file_ends_in_okrs_or_in_problems_with_places(data: st.DataObject) -> None:
    damaged = deepcopy(tomllib.loads(WHOLE))
    for _ in range(data.draw(st.integers(1, 3))):
        spots = places_in(damaged)
        if not spots:
            break
        container, key = data.draw(st.sampled_from(spots), label="spot")
        if data.draw(st.booleans(), label="remove"):
            del container[key]
        else:
            container[key] = deepcopy(data.draw(WRONG, label="wrong"))
    text = tomlkit.dumps(damaged)
    try:
        okrs = okrs_from_text(text, file="o.toml")
    except ConfigError as error:
        lines = text.count("\n") + 1
        for problem in error.problems:
            file, _, line = problem.location.partition(":")
            assert file == "o.toml"
            assert not line or 1 <= int(line) <= lines
            assert problem.message
    else:
        assert okrs.cycle.id
