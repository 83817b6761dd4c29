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
    Direction,
    ExemptKind,
    FileLocation,
    LinkKind,
    LinkState,
    Need,
    Phase,
    Sync,
    Team,
    Visibility,
    WorkQuery,
)
from hub.okr_files.loader import okrs_from_text, read_okrs

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
    assert okrs.teams["product"] == Team("product", "Product", owns, exempt, FileLocation("example.toml", 7))
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
    assert dau.depends_on == (Need("platform", "p99", 2, date(2026, 11, 30), LinkState.PROPOSED, state_stated=True),)
    assert dau.check_ins == (CheckIn(date(2026, 11, 16), 120_000, 0.6, ("product",), "slow"),)
    assert (dau.priority, dau.confidence, dau.visibility) == (1, 0.6, Visibility.PRIVATE)
    assert (dau.objective, dau.cycle, dau.location) == ("launch", "2026-Q4", FileLocation("example.toml", 42))


def test_files_without_a_cycle_belong_to_the_configured_one(tmp_path: Path) -> None:
    first = a_file(tmp_path, "a.toml", CYCLE + an_objective("one"))
    second = a_file(tmp_path, "b.toml", an_objective("two"))
    okrs = read_okrs([first, second], "2026-Q4")
    assert set(okrs.objectives) == {"one", "two"}
    assert okrs.key_results["two-kr"].cycle == "2026-Q4"
    assert okrs.key_results["two-kr"].location == FileLocation(str(second), 4)


def test_key_results_of_other_cycles_are_kept_apart(tmp_path: Path) -> None:
    last = CYCLE.replace("Q4", "Q3").replace("-10-01", "-07-01").replace("-12-31", "-09-30")
    files = [
        a_file(tmp_path, "q3.toml", last + an_objective("same") + an_objective("old")),
        a_file(tmp_path, "q4.toml", CYCLE + an_objective("same") + 'aligns_to = [{ key_result = "old-kr" }]\n'),
    ]
    okrs = read_okrs(files, "2026-Q4")
    assert set(okrs.key_results) == {"same-kr"}
    assert set(okrs.other_key_results) == {"same-kr", "old-kr"}
    assert okrs.other_key_results["old-kr"].cycle == "2026-Q3"
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
    assert okrs.other_key_results["old-kr"].replaced_by == "new-kr"
    assert okrs.key_results["new-kr"].metric == "daily users"


YEAR = CYCLE.replace("2026-Q4", "2026").replace("-10-01", "-01-01")
Q3 = CYCLE.replace("Q4", "Q3").replace("-10-01", "-07-01").replace("-12-31", "-09-30")


@pytest.mark.parametrize("cycle", [None, "auto"])
@pytest.mark.parametrize(
    ("today", "picked"),
    [
        (date(2026, 11, 16), "2026-Q4"),
        (date(2026, 10, 1), "2026-Q4"),
        (date(2026, 9, 30), "2026-Q3"),
        (date(2026, 5, 4), "2026"),
        (date(2027, 1, 20), "2026-Q4"),
        (date(2025, 12, 24), "2026"),
    ],
)
def test_auto_takes_the_shortest_cycle_that_contains_today(
    today: date, picked: str, cycle: str | None, tmp_path: Path
) -> None:
    texts = {"2026": YEAR, "2026-Q3": Q3, "2026-Q4": CYCLE}
    files = [a_file(tmp_path, f"{id_}.toml", text + an_objective(f"o{id_[-1]}")) for id_, text in texts.items()]
    if today.year == 2027:
        files.remove(tmp_path / "2026.toml")
    assert read_okrs(files, cycle, today=today).cycle.id == picked


def test_an_explicit_cycle_wins_over_the_day(tmp_path: Path) -> None:
    files = [
        a_file(tmp_path, "q3.toml", Q3 + 'phase = "closed"\n' + an_objective("old")),
        a_file(tmp_path, "q4.toml", CYCLE + an_objective("new")),
    ]
    assert read_okrs(files, "2026-Q3", today=date(2026, 11, 16)).cycle.id == "2026-Q3"
    with pytest.raises(ConfigError, match="no OKR file defines the cycle `2027-Q1`"):
        read_okrs(files, "2027-Q1", today=date(2026, 11, 16))


def test_links_may_lead_to_the_years_key_results_and_back(tmp_path: Path) -> None:
    files = [
        a_file(
            tmp_path,
            "year.toml",
            YEAR
            + '[[team]]\nid = "app"\n'
            + an_objective("year")
            + 'depends_on = [{ team = "app", key_result = "quarter-kr" }]\n',
        ),
        a_file(tmp_path, "q4.toml", CYCLE + an_objective("quarter") + 'aligns_to = [{ key_result = "year-kr" }]\n'),
    ]
    okrs = read_okrs(files, today=date(2026, 11, 16))
    assert okrs.key_results["quarter-kr"].aligns_to == (Alignment("year-kr"),)
    assert okrs.other_key_results["year-kr"].depends_on == (Need("app", "quarter-kr"),)


def test_an_id_of_several_other_cycles_means_the_one_alongside(tmp_path: Path) -> None:
    next_quarter = CYCLE.replace("2026-Q4", "2027-Q1").replace("2026-10-01", "2027-01-01").replace("12-31", "12-30")
    files = [
        a_file(tmp_path, "year.toml", YEAR + an_objective("same")),
        a_file(tmp_path, "next.toml", next_quarter.replace("end = 2026", "end = 2027") + an_objective("same")),
        a_file(tmp_path, "q4.toml", CYCLE + an_objective("new") + 'aligns_to = [{ key_result = "same-kr" }]\n'),
    ]
    assert read_okrs(files, today=date(2026, 11, 16)).other_key_results["same-kr"].cycle == "2026"


def test_directions_and_queries_are_read_and_stated_numbers_are_remembered() -> None:
    text = CYCLE + an_objective("a") + 'direction = "keep"\ntolerance = 0.5\nstart = 99.9\ntarget = 99.9\n'
    kept = okrs_from_text(text + 'work = [{ connector = "jira", query = "labels = growth" }]\n').key_results["a-kr"]
    assert (kept.direction, kept.tolerance, kept.stated) == (Direction.KEEP, 0.5, {"start", "target"})
    assert kept.work == (WorkQuery("jira", "labels = growth"),)
    plain = okrs_from_text(CYCLE + an_objective("a") + "target = 0\n").key_results["a-kr"]
    assert (plain.direction, plain.tolerance, plain.stated) == (None, None, {"target"})
    assert (plain.start, plain.target) == (0.0, 0.0)
    assert okrs_from_text(CYCLE + an_objective("a") + "start = 100\n").key_results["a-kr"].stated == {"start"}
    assert okrs_from_text(CYCLE + an_objective("a")).key_results["a-kr"].stated == frozenset()


TWO_TEAMS = (
    CYCLE
    + """
[[team]]
id = "product"
[[team]]
id = "platform"
[[objective]]
id = "launch"
title = "Launch"
teams = ["product"]
[[objective.key_result]]
id = "dau"
title = "Daily users"
{need}
[[objective]]
id = "speed"
title = "Speed"
teams = ["platform"]
[[objective.key_result]]
id = "p99"
title = "Answers in 200 ms"
{support}
"""
)
SUPPORT = 'supports = [{ key_result = "dau" }]'


@pytest.mark.parametrize(
    ("need", "support", "named", "state"),
    [
        ('{ team = "platform", key_result = "p99" }', "", "p99", LinkState.PROPOSED),
        ('{ team = "platform", key_result = "p99" }', SUPPORT, "p99", LinkState.ACCEPTED),
        ('{ team = "platform" }', SUPPORT, "p99", LinkState.ACCEPTED),
        ('{ team = "platform", state = "declined" }', SUPPORT, None, LinkState.DECLINED),
        ('{ team = "platform", state = "accepted" }', "", None, LinkState.ACCEPTED),
    ],
)
def test_a_need_is_accepted_once_both_sides_state_it(
    need: str, support: str, named: str | None, state: LinkState
) -> None:
    okrs = okrs_from_text(TWO_TEAMS.format(need=f"depends_on = [{need}]", support=support))
    (found,) = okrs.key_results["dau"].depends_on
    assert (found.team, found.key_result, found.state) == ("platform", named, state)
    assert found.state_stated is ("state" in need)


def test_support_without_a_need_is_an_accepted_link() -> None:
    okrs = okrs_from_text(TWO_TEAMS.format(need="", support=SUPPORT))
    assert okrs.key_results["dau"].depends_on == (Need("platform", "p99", state=LinkState.ACCEPTED),)
    assert okrs.key_results["p99"].supports == ("dau",)


def test_the_same_cycle_may_be_written_in_several_files(tmp_path: Path) -> None:
    files = [a_file(tmp_path, f"{name}.toml", CYCLE + an_objective(name)) for name in ("a", "b")]
    assert set(read_okrs(files).objectives) == {"a", "b"}


def test_a_mark_at_the_start_of_the_file_and_windows_lines_are_read(tmp_path: Path) -> None:
    path = tmp_path / "a.toml"
    path.write_bytes(b"\xef\xbb\xbf" + (CYCLE + an_objective("one")).replace("\n", "\r\n").encode())
    assert read_okrs([path]).key_results["one-kr"].location == FileLocation(str(path), 8)


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
    assert [(dismissal.between, dismissal.reason) for dismissal in okrs.dismissed] == [
        (("data", "product"), "they only share a name")
    ]
    assert (key_result.cadence_days, key_result.lag_days, key_result.audience) == (14, 20, ("data",))
    assert (key_result.blocker, key_result.check_ins[0].blocker) == ("no data", "no contract")


def test_a_dismissal_between_unknown_teams_is_a_problem_with_a_place() -> None:
    text = '[cycle]\nid = "q"\nstart = 2026-10-01\nend = 2026-12-31\n[[dismissed]]\nbetween = ["a", "b"]\nreason = "x"'
    with pytest.raises(ConfigError, match="no team has the id `a`"):
        okrs_from_text(text)
