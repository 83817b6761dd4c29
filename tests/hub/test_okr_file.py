"""OKR files become the model's OKRs, as contract and examples write them."""

from datetime import date
from pathlib import Path

import pytest

from hub.model.errors import ConfigError
from hub.model.okr import (
    Aggregation,
    Alignment,
    CheckIn,
    Contribution,
    Cycle,
    ExemptKind,
    LinkKind,
    LinkState,
    Need,
    Phase,
    Place,
    Sync,
    Team,
    Visibility,
)
from hub.okr_file import okrs_from_text, read_okrs

CYCLE = '[cycle]\nid = "2026-Q4"\nstart = 2026-10-01\nend = 2026-12-31\n'
WHOLE = (
    CYCLE
    + """\
phase = "align"

[[team]]
id = "product"
name = "Product"
owns = ["jira:ACME", "github:acme/app"]
exempt = [{ label = "bug", reason = "defects are not strategy" }]

[[team]]
id = "platform"

[[objective]]
id = "growth"
title = "Become the first choice"

[[objective.key_result]]
id = "revenue"
title = "Yearly revenue of 10M USD"
start = 6_200_000
target = 10_000_000
current = 7_100_000
unit = "USD"
aggregation = "sum"
owners = ["nobody-yet"]
contributions = [
  { team = "product", share = 60, kind = "direct" },
  { team = "gone", kind = "indirect" },
]

[[objective]]
id = "launch"
title = "Launch the product"
teams = ["product", "platform"]
standalone = "the law asks for it"
sync = { host = "product", every_days = 14 }
aligns_to = ["growth"]

[[objective.key_result]]
id = "launch-dau"
title = "Daily users"
target = 500_000
confidence = 0.6
priority = 1
visibility = "private"
url = "https://acme.test/okr/7"
aligns_to = [{ key_result = "revenue", kind = "indirect" }]
depends_on = [{ team = "platform", key_result = "p99", priority = 2, needed_by = 2026-11-30, state = "proposed" }]
check_ins = [{ date = 2026-11-16, value = 120_000, confidence = 0.6, present = ["product"], note = "slow" }]

[[objective.key_result]]
id = "p99"
title = "Answers in 200 ms"
start = 900
target = 200
"""
)


def a_file(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text)
    return path


def an_objective(name: str) -> str:
    return f'[[objective]]\nid = "{name}"\ntitle = "T"\n[[objective.key_result]]\nid = "{name}-kr"\ntitle = "T"\n'


def test_a_whole_file_becomes_teams_and_objectives() -> None:
    okrs = okrs_from_text(WHOLE)
    assert okrs.cycle == Cycle("2026-Q4", date(2026, 10, 1), date(2026, 12, 31), Phase.ALIGN)
    exempt = (ExemptKind("defects are not strategy", label="bug"),)
    owns = ("jira:ACME", "github:acme/app")
    assert okrs.teams["product"] == Team("product", "Product", owns, exempt, Place("example.toml", 7))
    assert okrs.teams["platform"].name == "platform"
    launch = okrs.objectives["launch"]
    assert launch.shared
    assert launch.key_results == ("launch-dau", "p99")
    assert launch.sync == Sync("product", 14)
    assert (launch.standalone, launch.aligns_to) == ("the law asks for it", ("growth",))
    assert okrs.objectives["growth"].of_organization


def test_a_key_result_keeps_every_value_of_its_table() -> None:
    okrs = okrs_from_text(WHOLE)
    revenue, dau = okrs.key_results["revenue"], okrs.key_results["launch-dau"]
    assert (revenue.start, revenue.target, revenue.current) == (6.2e6, 1e7, 7.1e6)
    assert (revenue.unit, revenue.aggregation, revenue.owners) == ("USD", Aggregation.SUM, ("nobody-yet",))
    assert revenue.contributions == (
        Contribution("product", LinkKind.DIRECT, 60),
        Contribution("gone", LinkKind.INDIRECT),
    )
    assert dau.aligns_to == (Alignment("revenue", LinkKind.INDIRECT),)
    assert dau.depends_on == (Need("platform", "p99", 2, date(2026, 11, 30), LinkState.PROPOSED),)
    assert dau.check_ins == (CheckIn(date(2026, 11, 16), 120_000, 0.6, ("product",), "slow"),)
    assert (dau.priority, dau.confidence, dau.visibility) == (1, 0.6, Visibility.PRIVATE)
    assert (dau.objective, dau.cycle, dau.place) == ("launch", "2026-Q4", Place("example.toml", 42))


def test_files_without_a_cycle_belong_to_the_configured_one(tmp_path: Path) -> None:
    first = a_file(tmp_path, "a.toml", CYCLE + an_objective("one"))
    second = a_file(tmp_path, "b.toml", an_objective("two"))
    okrs = read_okrs([first, second], "2026-Q4")
    assert set(okrs.objectives) == {"one", "two"}
    assert okrs.key_results["two-kr"].cycle == "2026-Q4"
    assert okrs.key_results["two-kr"].place == Place(str(second), 4)


def test_key_results_of_other_cycles_are_kept_apart(tmp_path: Path) -> None:
    last = CYCLE.replace("Q4", "Q3").replace("-10-01", "-07-01").replace("-12-31", "-09-30")
    files = [
        a_file(tmp_path, "q3.toml", last + an_objective("same") + an_objective("old")),
        a_file(tmp_path, "q4.toml", CYCLE + an_objective("same") + 'aligns_to = [{ key_result = "old-kr" }]\n'),
    ]
    okrs = read_okrs(files, "2026-Q4")
    assert set(okrs.key_results) == {"same-kr"}
    assert set(okrs.others) == {"same-kr", "old-kr"}
    assert okrs.others["old-kr"].cycle == "2026-Q3"
    assert set(okrs.cycles) == {"2026-Q3", "2026-Q4"}
    assert set(okrs.objectives) == {"same"}
    assert set(okrs.other_objectives) == {("2026-Q3", "same"), ("2026-Q3", "old")}


def test_a_metric_and_a_successor_are_read(tmp_path: Path) -> None:
    last = CYCLE.replace("Q4", "Q3").replace("-10-01", "-07-01").replace("-12-31", "-09-30")
    files = [
        a_file(tmp_path, "q3.toml", last + an_objective("old") + 'replaced_by = "new-kr"\n'),
        a_file(tmp_path, "q4.toml", CYCLE + an_objective("new") + 'metric = "daily users"\n'),
    ]
    okrs = read_okrs(files, "2026-Q4")
    assert okrs.others["old-kr"].replaced_by == "new-kr"
    assert okrs.key_results["new-kr"].metric == "daily users"


def test_the_only_cycle_that_is_not_closed_runs(tmp_path: Path) -> None:
    last = CYCLE.replace("Q4", "Q3").replace("-10-01", "-07-01").replace("-12-31", "-09-30")
    files = [
        a_file(tmp_path, "q3.toml", last + 'phase = "closed"\n' + an_objective("old")),
        a_file(tmp_path, "q4.toml", CYCLE + an_objective("new")),
    ]
    assert read_okrs(files).cycle.id == "2026-Q4"
    a_file(tmp_path, "q3.toml", last + an_objective("old"))
    with pytest.raises(ConfigError, match="several cycles are defined: 2026-Q3, 2026-Q4"):
        read_okrs(files)


def test_the_same_cycle_may_be_written_in_several_files(tmp_path: Path) -> None:
    files = [a_file(tmp_path, f"{name}.toml", CYCLE + an_objective(name)) for name in ("a", "b")]
    assert set(read_okrs(files).objectives) == {"a", "b"}


def test_a_mark_at_the_start_of_the_file_and_windows_lines_are_read(tmp_path: Path) -> None:
    path = tmp_path / "a.toml"
    path.write_bytes(b"\xef\xbb\xbf" + (CYCLE + an_objective("one")).replace("\n", "\r\n").encode())
    assert read_okrs([path]).key_results["one-kr"].place == Place(str(path), 8)


def test_no_file_at_all_is_an_error_that_names_the_way_out() -> None:
    with pytest.raises(ConfigError, match="hub init"):
        read_okrs([])


def test_dismissals_rhythm_and_audience_are_read() -> None:
    text = """
[cycle]
id = "2026-Q4"
start = 2026-10-01
end = 2026-12-31
[[team]]
id = "product"
[[team]]
id = "data"
[[dismissed]]
between = ["product", "data"]
reason = "they only share a name"
[[objective]]
id = "o"
title = "Grow"
teams = ["product"]
[[objective.key_result]]
id = "k"
title = "More"
cadence_days = 14
lag_days = 20
blocker = "no data"
audience = ["data"]
check_ins = [{ date = 2026-11-02, blocker = "no contract" }]
"""
    okrs = okrs_from_text(text)
    key_result = okrs.key_results["k"]
    assert [(one.between, one.reason) for one in okrs.dismissed] == [(("data", "product"), "they only share a name")]
    assert (key_result.cadence_days, key_result.lag_days, key_result.audience) == (14, 20, ("data",))
    assert (key_result.blocker, key_result.check_ins[0].blocker) == ("no data", "no contract")


def test_a_dismissal_between_unknown_teams_is_a_problem_with_a_place() -> None:
    text = '[cycle]\nid = "q"\nstart = 2026-10-01\nend = 2026-12-31\n[[dismissed]]\nbetween = ["a", "b"]\nreason = "x"'
    with pytest.raises(ConfigError, match="no team has the id `a`"):
        okrs_from_text(text)
