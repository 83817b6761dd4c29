"""The house stays small: few modules, few that one other alone uses, and a listing that is read in a minute."""

import ast
from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import cache

from tests.architecture.tree import ROOT, sources

MOST_MODULES = 413
MOST_WITH_ONE_IMPORTER = 101
MOST_SMALL_WITH_ONE_IMPORTER = 20
SMALL = 60
MOST_FILES_BESIDE_FOLDERS = 8


@cache
def modules() -> Mapping[str, str]:
    """The path of every module by its name, without packages' own files and the demo's trackers."""
    paths = (path for path in sources() if not path.endswith("/__init__.py"))
    names = {path.removesuffix(".py").replace("/", "."): path for path in paths}
    return {name: path for name, path in names.items() if not name.startswith("hub.sandbox")}


def imported(path: str) -> Iterator[str]:
    """The modules of ours that a file imports anywhere."""
    for node in ast.walk(sources()[path]):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                full = f"{node.module}.{alias.name}"
                yield full if full in modules() else node.module


@cache
def importers() -> Mapping[str, frozenset[str]]:
    users: dict[str, set[str]] = defaultdict(set)
    for name, path in modules().items():
        for used in imported(path):
            if used != name:
                users[used].add(name)
    return {used: frozenset(names) for used, names in users.items()}


def with_one_importer() -> set[str]:
    """Modules that one other alone uses; a rule is a file of its own by rule, and the registry loads them all."""
    rules = {name for name, users in importers().items() if users == {"rules.registry"}}
    return {name for name, users in importers().items() if name in modules() and len(users) == 1} - rules


def lines(name: str) -> int:
    return len((ROOT / modules()[name]).read_text(encoding="utf-8").splitlines())


def test_there_are_few_modules() -> None:
    assert len(modules()) <= MOST_MODULES


def test_few_modules_have_a_single_importer() -> None:
    assert len(with_one_importer()) <= MOST_WITH_ONE_IMPORTER


def test_hardly_any_small_module_has_a_single_importer() -> None:
    assert len({name for name in with_one_importer() if lines(name) < SMALL}) <= MOST_SMALL_WITH_ONE_IMPORTER


def test_the_hub_folder_shows_the_flow_and_little_else() -> None:
    assert len([path for path in (ROOT / "hub").iterdir() if path.is_file()]) <= MOST_FILES_BESIDE_FOLDERS
