"""A rule has one name everywhere: id, file, function, test, page, and nothing else bears it."""

import ast
import re

import pytest

from rules.base import Rule
from rules.registry import ALL_RULES
from tests.architecture.tree import ROOT, sources

FAMILIES = ("work", "contribution", "vertical", "horizontal", "rhythm", "quality")


def file_of(rule: Rule) -> str:
    found = [path for path in sources() if path.endswith(f"/{rule.name.replace('-', '_')}.py")]
    assert len(found) == 1, f"{rule.name}: {found}"
    return found[0]


@pytest.mark.parametrize("rule", ALL_RULES, ids=lambda rule: rule.name)
def test_file_function_and_test_bear_the_rules_name(rule: Rule) -> None:
    path = file_of(rule)
    _, family, _ = path.split("/")
    assert family in FAMILIES
    name = rule.name.replace("-", "_")
    assert rule.check.__name__ == name
    assert rule.check.__module__ == f"rules.{family}.{name}"
    assert (ROOT / "tests" / "rules" / family / f"test_{name}.py").is_file()


@pytest.mark.parametrize("rule", ALL_RULES, ids=lambda rule: rule.name)
def test_the_page_of_a_rule_is_its_modules_docstring(rule: Rule) -> None:
    assert rule.page == ast.get_docstring(sources()[file_of(rule)], clean=False)
    for heading in ("## Why it matters", "## Fails", "## Passes", "## How to fix"):
        assert heading in rule.page


def test_every_file_of_a_family_holds_a_rule_of_the_registry() -> None:
    files = {path for path in sources() if path.split("/")[1] in FAMILIES and path.startswith("rules/")}
    held = {path for path in files if not path.endswith("__init__.py")}
    assert held == {file_of(rule) for rule in ALL_RULES}


def test_names_of_rules_are_different() -> None:
    assert len({rule.name for rule in ALL_RULES}) == len(ALL_RULES)


def test_the_index_of_rules_names_them_all_in_their_order() -> None:
    index = (ROOT / "docs" / "reference" / "rules.md").read_text(encoding="utf-8")
    assert re.findall(r"^\| \[`([a-z-]+)`\]", index, re.MULTILINE) == [rule.name for rule in ALL_RULES]


def test_rules_write_only_the_labels_of_the_hub() -> None:
    assert {rule.label for rule in ALL_RULES} <= {None, "okr-unaligned", "okr-dependency", "okr-stale"}
