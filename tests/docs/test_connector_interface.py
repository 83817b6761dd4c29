"""The published interface: every name is there with types of its own, and the examples use no others."""

import ast
import inspect
import re
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from importlib import import_module
from pathlib import Path
from typing import Any, get_args, get_type_hints

import pytest

from connectors.base import Capabilities
from docs.generate.interface import PUBLIC
from hub.model.finding import Fact
from tests.end_to_end.workspace import ROOT

EXAMPLES = ("connector-template", "connector-redmine", "rule-plugin")
OURS = ("hub", "connectors", "rules")
PAGE = ROOT / "docs" / "your-tracker.md"
TEMPLATE = ROOT / "examples" / "connector-template"
# Raw answers, for whoever reads them without a model: `read_as` gives types. What a rule keeps for itself, and
# attributes of `Initiative` by name.
UNTYPED = {"Response.json", "Portfolio.cache", "an_initiative.changes"}
RECURSIVE = {"Fact": Fact}
NAMES = [pytest.param(module, name, id=f"{module}.{name}") for module, names in PUBLIC.items() for name in names]


def contains_any(hint: object) -> bool:
    return hint is Any or any(contains_any(part) for part in get_args(hint))


def hints(value: object) -> Iterator[tuple[str, object]]:
    """Every type that the name's own signature, attributes and methods say."""
    if inspect.isfunction(value):
        yield from get_type_hints(value, localns=RECURSIVE).items()
    if isinstance(value, type) and value.__module__.startswith(OURS):
        yield from get_type_hints(value, localns=RECURSIVE).items()
        for name, member in vars(value).items():
            function = member.fget if isinstance(member, property) else getattr(member, "__func__", member)
            if inspect.isfunction(function) and not name.startswith("_"):
                yield from ((name, hint) for hint in get_type_hints(function, localns=RECURSIVE).values())


@pytest.mark.parametrize(("module", "name"), NAMES)
def test_no_published_name_has_a_type_of_any(module: str, name: str) -> None:
    value = getattr(import_module(module), name)
    loose = {place for place, hint in hints(value) if contains_any(hint) and not place.startswith("_")}
    assert {f"{name}.{place}" for place in loose} - UNTYPED == set()


@pytest.mark.parametrize("package", OURS)
def test_the_packages_say_that_they_have_types(package: str) -> None:
    assert (ROOT / package / "py.typed").is_file()


def imported(path: Path) -> Iterator[tuple[str, str]]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and (node.module or "").partition(".")[0] in OURS:
            yield from ((str(node.module), alias.name) for alias in node.names)
        if isinstance(node, ast.Import):
            yield from ((alias.name, "") for alias in node.names if alias.name.partition(".")[0] in OURS)


@pytest.mark.parametrize("example", EXAMPLES)
def test_the_examples_use_published_names_only(example: str) -> None:
    files = sorted((ROOT / "examples" / example).rglob("*.py"))
    used = {found for path in files for found in imported(path)}
    assert used
    assert {(module, name) for module, name in used if name not in PUBLIC.get(module, ())} == set()


def test_every_capability_is_published() -> None:
    assert is_dataclass(Capabilities)
    named = {part.strip('"').partition(" ")[0] for part in (str(item.type) for item in fields(Capabilities))}
    kinds = {re.sub(r"^.*\.", "", part) for part in named}
    assert kinds <= {*PUBLIC["connectors.capabilities"], *PUBLIC["connectors.base"]}


def test_the_code_of_the_tutorial_is_the_templates() -> None:
    text = PAGE.read_text(encoding="utf-8")
    shown = re.findall(r"^```python\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    files = {path: path.read_text(encoding="utf-8") for path in TEMPLATE.rglob("*.py")}
    assert len(shown) == 6
    assert [block for block in shown if block not in files.values()] == []
    entry = re.search(
        r"^\[project.entry-points.*?\n\n", (TEMPLATE / "pyproject.toml").read_text(), re.MULTILINE | re.DOTALL
    )
    assert entry is not None
    assert entry[0].strip() in text
