"""A rule has one name everywhere, and none is forgotten in the list of all rules."""

import ast
import inspect
import re
from dataclasses import replace
from pathlib import Path

import pytest

from hub.model.action import HUB_LABELS
from hub.model.finding import Severity
from rules.base import Rule
from rules.registry import ALL_RULES, all_rules, merge_rules

ROOT = Path(__file__).parents[2]
FILES = sorted(p for p in (ROOT / "rules").glob("*/*.py") if p.stem != "__init__" and p.parent.name != "shared")
HEADINGS = ("Why it matters", "Fails", "Passes", "How to fix")
FAMILIES = ("work", "contribution", "vertical", "horizontal", "rhythm", "quality")
MOST_LINES_OF_CODE = 140

each_rule = pytest.mark.parametrize("rule", ALL_RULES, ids=lambda rule: rule.name)


def test_every_rule_file_is_in_the_list_of_all_rules() -> None:
    assert sorted(path.stem.replace("_", "-") for path in FILES) == sorted(rule.name for rule in ALL_RULES)


def test_rules_stand_family_by_family_in_the_order_of_reports() -> None:
    assert list(dict.fromkeys(rule.family for rule in ALL_RULES)) == list(FAMILIES)
    assert [rule.family for rule in ALL_RULES] == sorted((rule.family for rule in ALL_RULES), key=FAMILIES.index)


@each_rule
def test_a_rule_about_work_or_check_ins_needs_a_cycle_that_runs(rule: Rule) -> None:
    always = {"outdated-cycle", "exposed-private-key-result"}
    asks = rule.family in ("work", "horizontal", "rhythm") and rule.name not in always
    assert rule.needs_running_cycle is asks


@each_rule
def test_the_quality_of_okrs_is_a_note_on_no_ticket(rule: Rule) -> None:
    if rule.family == "quality":
        assert (rule.severity, rule.label) == (Severity.INFO, None)


@each_rule
def test_file_function_and_test_carry_the_name_of_the_rule(rule: Rule) -> None:
    word = rule.name.replace("-", "_")
    path = Path(inspect.getsourcefile(rule.check) or "")
    assert path.stem == word
    assert rule.check.__name__ == word
    assert (ROOT / "tests" / "rules" / path.parent.name / f"test_{word}.py").is_file()


@each_rule
def test_a_page_has_its_headings_in_order(rule: Rule) -> None:
    headings = tuple(re.findall(r"^## (.+)$", rule.page, re.MULTILINE))
    assert headings == (*HEADINGS, *(["Options"] if rule.options else []))


@each_rule
def test_a_page_opens_with_one_sentence_on_one_line(rule: Rule) -> None:
    assert rule.summary.endswith(".")
    assert rule.page.strip().splitlines()[1] == ""


@each_rule
def test_a_page_names_every_threshold_and_its_default(rule: Rule) -> None:
    for option, default in rule.options.items():
        assert f"`{option} = {default:g}`" in rule.page


@each_rule
def test_a_rule_file_stays_short(rule: Rule) -> None:
    text = Path(inspect.getsourcefile(rule.check) or "").read_text(encoding="utf-8")
    assert lines_of_code(text) <= MOST_LINES_OF_CODE


def lines_of_code(text: str) -> int:
    """Without blank lines, comments, docstrings and imports."""
    documented = (ast.Module, ast.FunctionDef, ast.ClassDef)
    tree = ast.parse(text)
    uncounted: list[ast.AST] = [node for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom)]
    uncounted += [node.body[0] for node in ast.walk(tree) if isinstance(node, documented) and ast.get_docstring(node)]
    words = {n for node in uncounted for n in range(node.lineno, (node.end_lineno or 0) + 1)}  # type: ignore[attr-defined]
    lines = enumerate(map(str.strip, text.splitlines()), start=1)
    return sum(1 for number, line in lines if line and not line.startswith("#") and number not in words)


@each_rule
def test_a_rule_writes_no_label_but_the_hubs_own(rule: Rule) -> None:
    assert rule.label is None or rule.label in HUB_LABELS


def test_all_rules_begins_with_the_built_in_ones() -> None:
    assert all_rules()[: len(ALL_RULES)] == ALL_RULES


def test_an_offered_rule_stands_after_the_built_in_ones() -> None:
    offered = replace(ALL_RULES[0], name="team-without-cake")
    assert merge_rules(ALL_RULES, (offered,))[-1] is offered


def test_a_name_that_stands_twice_is_refused() -> None:
    with pytest.raises(ValueError, match="two rules have the name shares-off-total"):
        merge_rules(ALL_RULES, (next(rule for rule in ALL_RULES if rule.name == "shares-off-total"),))


def test_an_offer_that_is_no_rule_is_refused() -> None:
    with pytest.raises(ValueError, match="offers str in place of a rule"):
        merge_rules(ALL_RULES, ("not a rule",))
