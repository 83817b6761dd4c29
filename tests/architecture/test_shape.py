"""How files look inside: small, documented, frozen, and named after what they hold."""

import ast
import re

import pytest

from tests.architecture.tree import ROOT, allowed, body_lines, files_of_tests, functions, sources

MOST_LINES = 300
MOST_BODY_LINES = 30
VAGUE = {"utils", "util", "helpers", "helper", "common", "manager", "misc", "base_utils"}
SQL = re.compile(
    r"^\s*(select\s.+\sfrom\s|insert\s+(or\s+\w+\s+)?into\s|update\s+\w+\s+set\s|delete\s+from\s|create\s+table|pragma\s)",
    re.IGNORECASE | re.DOTALL,
)
MODEL = {path: tree for path, tree in sources().items() if path.startswith("hub/model/")}
MODEL_CLASSES = [
    (path, node) for path, tree in MODEL.items() for node in ast.walk(tree) if isinstance(node, ast.ClassDef)
]


@pytest.mark.parametrize(("path", "node"), MODEL_CLASSES, ids=lambda item: getattr(item, "name", item))
def test_every_class_of_the_model_is_a_value_an_enum_or_an_error(path: str, node: ast.ClassDef) -> None:
    decorators = {ast.unparse(expr) for expr in node.decorator_list}
    bases = {ast.unparse(base) for base in node.bases}
    frozen = any(re.search(r"frozen=True.*slots=True", decorator) for decorator in decorators)
    frozen |= bool(bases & {"Value", "Struct"}) and "frozen=True" in map(ast.unparse, node.keywords)
    descriptor = any(isinstance(part, ast.FunctionDef) and part.name == "__get__" for part in node.body)
    named = bool(bases & {"StrEnum", "IntEnum", "Enum"}) or path == "hub/model/errors.py"
    slotted = any(isinstance(part, ast.Assign) and ast.unparse(part).startswith("__slots__ = (") for part in node.body)
    assert frozen or named or slotted or descriptor


def test_no_file_is_longer_than_a_few_screens() -> None:
    lengths = {path: len((ROOT / path).read_text().splitlines()) for path in sources()}
    assert {path for path, lines in lengths.items() if lines > MOST_LINES} == set(allowed()["long_files"])


def test_functions_are_short_but_for_listed_ones() -> None:
    long = {
        f"{path}:{function.name}"
        for path, tree in sources().items()
        for function in functions(tree)
        if body_lines(function) > MOST_BODY_LINES
    }
    assert long == set(allowed()["long_functions"])


def test_every_module_says_in_a_sentence_what_it_is() -> None:
    first = {path: (ast.get_docstring(tree) or "").split("\n\n")[0] for path, tree in sources().items()}
    assert [path for path, text in first.items() if not text.rstrip().endswith((".", "?"))] == []


def test_packages_hold_a_docstring_and_nothing_else() -> None:
    inits = {path: tree for path, tree in sources().items() if path.endswith("__init__.py")}
    more = {path for path, tree in inits.items() if len(tree.body) > 1}
    assert more == {"hub/__init__.py"}
    version = inits["hub/__init__.py"].body[1]
    assert isinstance(version, ast.Assign)
    assert ast.unparse(version.targets[0]) == "__version__"


def test_no_file_is_named_after_nothing() -> None:
    assert [path for path in sources() if VAGUE & set(path.removesuffix(".py").split("/"))] == []


def test_wide_excepts_stand_only_where_they_are_listed() -> None:
    wide = {
        path
        for path, tree in sources().items()
        for node in ast.walk(tree)
        if isinstance(node, ast.ExceptHandler)
        and (node.type is None or {"Exception", "BaseException"} & set(re.findall(r"\w+", ast.unparse(node.type))))
    }
    assert wide == set(allowed()["wide_excepts"])


def test_the_environment_is_read_in_the_configuration_and_listed_places() -> None:
    readers = {
        path
        for path, tree in sources().items()
        for node in ast.walk(tree)
        if (isinstance(node, ast.Attribute) and node.attr in {"environ", "getenv"})
        or (isinstance(node, ast.ImportFrom) and node.module == "os")
    }
    assert {path for path in readers if not path.startswith("hub/config")} == set(allowed()["environment"])


def test_sql_is_written_in_the_store_alone() -> None:
    speakers = {
        path
        for path, tree in sources().items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and SQL.match(node.value)
    }
    assert {path for path in speakers if not path.startswith("hub/store/")} == set()
    assert speakers


def test_every_exception_tells_its_reason() -> None:
    reasons = [reason for table in allowed().values() for reason in table.values() if isinstance(reason, str)]
    assert reasons
    assert [reason for reason in reasons if len(reason.split()) < 3] == []


def test_names_of_tests_read_as_sentences() -> None:
    names = {
        f"{path}:{function.name}": len(function.name.removeprefix("test_").split("_"))
        for path, tree in files_of_tests().items()
        for function in functions(tree)
        if function.name.startswith("test_")
    }
    assert [name for name, words in names.items() if words < 4] == []
