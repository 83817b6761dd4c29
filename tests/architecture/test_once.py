"""What several parts of the hub need is defined in one place, so that a change reaches them all."""

import ast
import re

from hub.model.action import MEANINGS
from hub.model.message import TITLE
from tests.architecture.tree import sources

# Name → the only module that defines it.
DEFINED = {
    "LedgerEntries": "hub/model/action.py",
    "closest": "hub/model/text.py",
    "did_you_mean": "hub/model/text.py",
    "SIMILARITY_CUTOFF": "hub/model/text.py",
    "HEADLINE": "hub/model/message.py",
    "ConfigPath": "connectors/shared/settings.py",
}


def product() -> dict[str, ast.Module]:
    return {path: tree for path, tree in sources().items() if not path.startswith("hub/sandbox/")}


def docstrings(tree: ast.Module) -> set[int]:
    """The nodes of texts that are no values: docstrings and the texts below constants."""
    return {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}


def texts(tree: ast.Module) -> set[str]:
    skipped = docstrings(tree)
    return {
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in skipped
    }


def defined_names(tree: ast.Module) -> set[str]:
    """What a module defines at its top level."""
    names: set[str] = set()
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            names.add(node.name)
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            names |= {target.id for target in targets if isinstance(target, ast.Name)}
    return names


def test_each_label_is_written_in_one_module() -> None:
    writers = {path for path, tree in product().items() if texts(tree) & MEANINGS.keys()}
    assert writers == {"hub/model/action.py"}


def test_the_headline_of_comments_is_written_in_one_module() -> None:
    begins = re.compile(rf"^{re.escape(TITLE)}(?=\W|$)")
    writers = {path for path, tree in product().items() if any(map(begins.match, texts(tree)))}
    assert writers == {"hub/model/message.py"}


def test_shared_names_are_defined_in_one_module() -> None:
    found = {name: sorted(path for path, tree in product().items() if name in defined_names(tree)) for name in DEFINED}
    assert found == {name: [path] for name, path in DEFINED.items()}


def test_the_ledgers_type_is_spelled_out_once() -> None:
    spelled = re.compile(r"Mapping\[tuple\[str, str\], LedgerEntry\]")
    writers = {path for path, tree in product().items() if spelled.search(ast.unparse(tree))}
    assert writers == {"hub/model/action.py"}


def test_only_one_module_compares_names_for_likeness() -> None:
    users = {
        path
        for path, tree in product().items()
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
        and (node.module == "difflib" or (node.module == "rapidfuzz" and "fuzz" in {name.name for name in node.names}))
    }
    assert users == {"hub/model/text.py"}
