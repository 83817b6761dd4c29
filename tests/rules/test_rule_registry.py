"""A rule has one name everywhere, and none is forgotten in the list of all rules."""

import inspect
import re
from dataclasses import replace
from pathlib import Path

import pytest

from hub.core.labels import OURS
from rules.base import Rule
from rules.registry import ALL_RULES, all_rules, together

ROOT = Path(__file__).parents[2]
FILES = sorted(p for p in (ROOT / "rules").glob("*/*.py") if p.stem != "__init__")
HEADINGS = ("Why it matters", "Fails", "Passes", "How to fix")

each_rule = pytest.mark.parametrize("rule", ALL_RULES, ids=lambda rule: rule.name)


def test_every_rule_file_is_in_the_list_of_all_rules() -> None:
    assert sorted(path.stem.replace("_", "-") for path in FILES) == sorted(rule.name for rule in ALL_RULES)


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
    lines = Path(inspect.getsourcefile(rule.check) or "").read_text(encoding="utf-8").count("\n")
    assert lines <= 120


@each_rule
def test_a_rule_writes_no_label_but_the_hubs_own(rule: Rule) -> None:
    assert rule.label is None or rule.label in OURS


def test_all_rules_begins_with_the_built_in_ones() -> None:
    assert all_rules()[: len(ALL_RULES)] == ALL_RULES


def test_an_offered_rule_stands_after_the_built_in_ones() -> None:
    offered = replace(ALL_RULES[0], name="team-without-cake")
    assert together(ALL_RULES, (offered,))[-1] is offered


def test_a_name_that_stands_twice_is_refused() -> None:
    with pytest.raises(ValueError, match="two rules have the name shares-off-total"):
        together(ALL_RULES, (next(rule for rule in ALL_RULES if rule.name == "shares-off-total"),))


def test_an_offer_that_is_no_rule_is_refused() -> None:
    with pytest.raises(ValueError, match="offers str in place of a rule"):
        together(ALL_RULES, ("not a rule",))
