"""A broken OKR file says where, which key, what was expected, and what was probably meant."""

from pathlib import Path

import pytest

from hub.model.errors import ConfigError, Problem
from hub.okr_files.loader import okrs_from_text, read_okrs

CYCLE = '[cycle]\nid = "2026-Q4"\nstart = 2026-10-01\nend = 2026-12-31\n'
BASE = CYCLE + '[[team]]\nid = "product"\n[[objective]]\nid = "growth"\ntitle = "Grow"\n'
KEY_RESULT = BASE + '[[objective.key_result]]\nid = "revenue"\ntitle = "Revenue"\n'


def problems_of(text: str, cycle: str | None = None) -> tuple[Problem, ...]:
    with pytest.raises(ConfigError) as caught:
        okrs_from_text(text, file="o.toml", cycle=cycle)
    return caught.value.problems


def the_problem(text: str, cycle: str | None = None) -> Problem:
    (only,) = problems_of(text, cycle)
    return only


KR = "objective[growth].key_result[revenue]"


@pytest.mark.parametrize(
    ("text", "line", "key", "what", "remedy"),
    [
        (KEY_RESULT + 'owner = ["a"]', 13, f"{KR}.owner", "unknown key", "`owners`"),
        (BASE + 'team = "product"', 10, "objective[growth].team", "unknown key", "`teams`"),
        (CYCLE + "[[objectives]]", 5, "objectives", "unknown key", "`objective`"),
        (KEY_RESULT + 'target = "9"', 13, f"{KR}.target", "expected a number, found text", ""),
        (KEY_RESULT + "target = true", 13, f"{KR}.target", "expected a number, found true or false", ""),
        (KEY_RESULT + "target = nan", 13, f"{KR}.target", "expected a finite number", ""),
        (KEY_RESULT + 'owners = "a"', 13, f"{KR}.owners", "expected a list in brackets, found text", ""),
        (KEY_RESULT + "confidence = 60", 13, f"{KR}.confidence", "expected at most 1", ""),
        (KEY_RESULT + "priority = 0", 13, f"{KR}.priority", "expected at least 1", ""),
        (KEY_RESULT + "start = 5\ntarget = 5.0", 14, f"{KR}.target", "start and target are both 5", ""),
        (KEY_RESULT + 'direction = "down"', 13, f"{KR}.direction", "expected increase or decrease or at_most", ""),
        (KEY_RESULT + 'direction = "at-most"', 13, f"{KR}.direction", "or at_least or keep", "`at_most`"),
        (
            KEY_RESULT + 'direction = "increase"\nstart = 5\ntarget = 3',
            15,
            f"{KR}.target",
            "direction is increase, but the target 3 is below the start 5",
            "",
        ),
        (KEY_RESULT + "tolerance = 1", 13, f"{KR}.tolerance", 'counts only with direction = "keep"', ""),
        (KEY_RESULT + 'direction = "keep"\ntolerance = -1', 14, f"{KR}.tolerance", "expected at least 0", ""),
        (KEY_RESULT + 'supports = ["revenue"]', 13, f"{KR}.supports[0]", "expected a table", ""),
        (
            KEY_RESULT + 'supports = [\n{ key_result = "revenu" }]',
            14,
            f"{KR}.supports[0].key_result",
            "points nowhere",
            "`revenue`",
        ),
        (
            KEY_RESULT + 'supports = [{ key_result = "growth" }]',
            13,
            f"{KR}.supports[0].key_result",
            "`growth` is an objective",
            "",
        ),
        (KEY_RESULT + 'work = [{ connector = "jira" }]', 13, f"{KR}.work[0].query", "is missing", ""),
        (
            KEY_RESULT + 'work = [{ connector = "My Jira", query = "x" }]',
            13,
            f"{KR}.work[0].connector",
            "a connector's name",
            "",
        ),
        (
            KEY_RESULT + 'visibility = "secret"',
            13,
            "objective[growth].key_result[a private key result].visibility",
            "expected public or private",
            "",
        ),
        (KEY_RESULT + 'aggregation = "summ"', 13, f"{KR}.aggregation", "expected sum or mean or none", "`sum`"),
        (KEY_RESULT + 'url = "javascript:x"', 13, f"{KR}.url", "expected a web address", ""),
        (KEY_RESULT + 'check_ins = [{ date = "x" }]', 13, f"{KR}.check_ins[0].date", "2026-10-01", ""),
        (KEY_RESULT + "check_ins = [{ date = 2026-10-01T08:00:00 }]", 13, f"{KR}.check_ins[0].date", "with a time", ""),
        (
            KEY_RESULT + 'contributions = [\n {team = "product", share = "60%"},\n]',
            14,
            f"{KR}.contributions[0].share",
            "expected a number",
            "",
        ),
        (
            KEY_RESULT + 'aligns_to = [\n\n { key_result = "growth" },\n]',
            15,
            f"{KR}.aligns_to[0].key_result",
            "`growth` is an objective",
            "`revenue`",
        ),
        (
            KEY_RESULT + 'depends_on = [{ team = "product", key_result = "x1" }]',
            13,
            f"{KR}.depends_on[0].key_result",
            "points nowhere",
            "`revenue`",
        ),
        (
            KEY_RESULT + 'depends_on = [{ team = "prodct" }]',
            13,
            f"{KR}.depends_on[0].team",
            "no team has the id `prodct`",
            "`product`",
        ),
        (KEY_RESULT + 'replaced_by = "revenu"', 13, f"{KR}.replaced_by", "points nowhere", "`revenue`"),
        (BASE + 'teams = ["prodct"]', 10, "objective[growth].teams[0]", "no team has the id", "`product`"),
        (BASE + 'teams = ["product", "product"]', 10, "objective[growth].teams[1]", "stands twice", "once"),
        (BASE + 'sync = { host = "x" }', 10, "objective[growth].sync.host", "no team has the id `x`", "`product`"),
        (BASE + 'aligns_to = ["grwth"]', 10, "objective[growth].aligns_to[0]", "points nowhere", "`growth`"),
        (BASE + "[[objective.key_result]]\nid = 'a'", 10, "objective[growth].key_result[a].title", "is missing", ""),
        (BASE + "[[objective]]\ntitle = 'a'", 10, "objective[1].id", "is missing", ""),
        (BASE + "[[team]]\nid = 'Big Team'", 11, "team[Big Team].id", "lower-case letters", ""),
        (BASE + "[[team]]\nid = 'product'", 11, "team[product].id", "a team at o.toml:5", "another id"),
        (BASE + "[[team]]\nid = 'b'\nowns = ['ACME']", 12, "team[b].owns[0]", "connector:name", ""),
        (BASE + "[[team]]\nid = 'b'\nexempt = [{ reason = 'r' }]", 12, "team[b].exempt[0]", "`label` or a `kind`", ""),
        (CYCLE.replace("12-31", "09-01"), 4, "cycle.end", "before it starts", ""),
        (CYCLE + "phase = 'run'", 5, "cycle.phase", "draft or align or locked or running or closed", "`running`"),
        (CYCLE + "[objective]\nid = 'a'", 5, "objective", "expected a list of tables", "[[objective]]"),
    ],
)
def test_each_fault_names_its_line_key_and_expectation(text: str, line: int, key: str, what: str, remedy: str) -> None:
    found = the_problem(text)
    assert (found.location, found.key) == (f"o.toml:{line}", key)
    assert what in found.message
    assert remedy in found.remedy


def test_a_mistyped_list_of_key_results_is_recognized_and_blames_no_link() -> None:
    text = KEY_RESULT.replace("objective.key_result]]", "objective.key_results]]")
    waiting = '[[objective]]\nid = "o"\ntitle = "O"\n[[objective.key_result]]\nid = "k"\ntitle = "K"\n'
    problem = the_problem(f'{text}{waiting}supports = [{{ key_result = "revenue" }}]\n')
    assert (problem.message, problem.remedy) == ("unknown key", "Did you mean `key_result`?")


def test_no_team_depends_on_itself() -> None:
    team = '[[team]]\nid = "web"\n[[objective]]\nid = "own"\ntitle = "Own"\nteams = ["web"]\n'
    key_result = '[[objective.key_result]]\nid = "k"\ntitle = "K"\ndepends_on = [{ team = "web" }]\n'
    problem = the_problem(CYCLE + team + key_result)
    assert problem.key == "objective[own].key_result[k].depends_on[0].team"
    assert "`web` holds this key result itself" in problem.message


def test_an_id_names_the_letters_that_it_may_hold() -> None:
    assert "the lower-case letters a-z" in the_problem(CYCLE + '[[team]]\nid = "größe"\n').message


def test_several_faults_are_told_at_once_in_their_order() -> None:
    text = KEY_RESULT + 'owner = "x"\npriority = 9\nstart = 100\ntarget = 100\n[[objective]]\nid = "growth"\n'
    found = problems_of(text)
    assert [p.location for p in found] == ["o.toml:13", "o.toml:14", "o.toml:16", "o.toml:17", "o.toml:18"]


def test_a_duplicate_id_names_both_places_across_files(tmp_path: Path) -> None:
    first, second = tmp_path / "a.toml", tmp_path / "b.toml"
    first.write_text(KEY_RESULT)
    second.write_text(CYCLE + '[[objective]]\nid = "revenue"\ntitle = "T"\n')
    with pytest.raises(ConfigError) as caught:
        read_okrs([first, second])
    (found,) = caught.value.problems
    assert found.location == f"{second}:6"
    assert f"a key result at {first}:10" in found.message


def test_a_cycle_written_in_two_ways_is_an_error(tmp_path: Path) -> None:
    first, second = tmp_path / "a.toml", tmp_path / "b.toml"
    first.write_text(CYCLE)
    second.write_text(CYCLE.replace("12-31", "12-24"))
    with pytest.raises(ConfigError, match="written differently"):
        read_okrs([first, second])


def test_a_cycle_that_no_file_defines_says_how_to_add_it() -> None:
    found = the_problem(BASE, cycle="2027-Q1")
    assert "no OKR file defines the cycle `2027-Q1`" in found.message
    assert '[cycle] with id = "2027-Q1" and its days' in found.remedy
    assert "\n" not in found.remedy
    assert "no cycle is defined" in the_problem(BASE.removeprefix(CYCLE)).message


def test_broken_toml_names_the_line_and_hides_other_files_guesses(tmp_path: Path) -> None:
    first, second = tmp_path / "a.toml", tmp_path / "b.toml"
    first.write_text(KEY_RESULT + "target = = 3\n")
    second.write_text(CYCLE + '[[objective]]\nid = "b"\ntitle = "B"\naligns_to = ["growth"]\nteamz = 1\n')
    with pytest.raises(ConfigError) as caught:
        read_okrs([first, second, tmp_path / "absent.toml"])
    places = [problem.location for problem in caught.value.problems]
    assert places == [f"{first}:13", str(tmp_path / "absent.toml"), f"{second}:9"]


@pytest.mark.parametrize(
    ("content", "place", "what"),
    [
        (b"a = 1\n\xff = 2\n", "o.toml:2", "not UTF-8"),
        (b"a = [1,\n", "o.toml:1", "not valid TOML"),
        (b"a = " + b"[" * 5000 + b"]" * 5000, "o.toml", "nested too deeply"),
        (b"a = 1\na = 2\n", "o.toml:2", "not valid TOML"),
    ],
)
def test_bytes_that_are_not_toml_end_in_one_clear_error(content: bytes, place: str, what: str, tmp_path: Path) -> None:
    path = tmp_path / "o.toml"
    path.write_bytes(content)
    with pytest.raises(ConfigError) as caught:
        read_okrs([path])
    (found,) = caught.value.problems
    assert found.location == str(tmp_path / place)
    assert what in found.message


def test_an_unknown_parent_is_no_error_of_the_file_but_a_finding() -> None:
    okrs = okrs_from_text(KEY_RESULT + 'aligns_to = [{ key_result = "revenu" }]\n')
    assert [link.key_result for link in okrs.key_results["revenue"].aligns_to] == ["revenu"]


def test_a_refused_key_result_still_counts_as_a_name() -> None:
    text = KEY_RESULT + 'priority = 9\n[[objective.key_result]]\nid = "b"\ntitle = "B"\n'
    found = the_problem(text + 'aligns_to = [{ key_result = "revenue" }]\n')
    assert found.key == f"{KR}.priority"


PRIVATE = """
[[objective.key_result]]
id = "heron-loi"
title = "Letter of intent with Heron Audio"
visibility = "private"
"""
PUBLIC = '[[objective.key_result]]\nid = "dau"\ntitle = "Daily use"\n'


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        (KEY_RESULT + PRIVATE + "start = 86421357\ntarget = 86421357\n", 19, "start and target are both …"),
        (KEY_RESULT + PRIVATE + 'target = "86421357"\n', 18, "expected a number"),
        (KEY_RESULT + PRIVATE + "confidence = 8.6421357\n", 18, "…"),
        (KEY_RESULT + PRIVATE + 'blocker = 3\nowners = ["Heron Audio"]\n', 18, "expected"),
        (KEY_RESULT + PRIVATE + "depends_on = [{ team = 'product', key_result = 'nothing' }]\n", 18, "points nowhere"),
        (KEY_RESULT + PRIVATE.replace('"private"', '"privat"'), 17, "expected public or private"),
        (KEY_RESULT + PRIVATE + PRIVATE, 20, "is already the id of a key result"),
        (KEY_RESULT + PRIVATE + PUBLIC + 'supports = [{ key_result = "heron-lo" }]\n', 21, "no key result has the id"),
        (KEY_RESULT + PRIVATE + PUBLIC + 'replaced_by = "herons"\n', 21, "no key result has the id"),
    ],
)
def test_no_problem_tells_anything_of_a_private_key_result(text: str, line: int, said: str) -> None:
    with pytest.raises(ConfigError) as raised:
        okrs_from_text(text)
    words = " ".join(
        f"{problem.location} {problem.key} {problem.message} {problem.remedy}" for problem in raised.value.problems
    )
    for typed in ("`heron-lo`", "`herons`"):
        words = words.replace(typed, "")
    assert f":{line}" in words
    assert said in words
    for canary in ("heron", "letter of", "8642"):
        assert canary not in words.casefold()
