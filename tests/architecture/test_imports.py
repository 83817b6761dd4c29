"""Who may import whom: the contracts hold, and imports of many kinds that they forbid are all caught."""

import ast
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from tests.architecture.tree import PACKAGES, ROOT, imports, sources

# The modules of connectors that touch the world; every other one is pure, whatever it is called.
IMPURE = ("connectors/http/", "connectors/shared/csv_file.py", "connectors/csv/csv_file.py")
IMPURE_NAMES = {"connector.py", "admin_client.py"}
WORLD = {"httpx", "requests", "urllib.request", "urllib.error", "http", "sqlite3", "sqlite_utils", "psycopg", "socket"}
WORLD |= {"subprocess", "os", "pathlib", "shutil", "tempfile", "logging", "structlog", "random", "time", "threading"}
WORLD |= {"asyncio", "concurrent", "multiprocessing", "secrets"}
PURE_HUB = ("hub/model/", "hub/core/", "rules/")
HTTPX_USERS = {"connectors/http/client.py", "connectors/http/transport.py"}
DATABASES = {"sqlite3", "sqlite_utils", "psycopg"}

# A file that is added, and the import that stands in it; each is forbidden for a reason of its own.
PLANTED: Mapping[str, str] = {
    # inward only
    "hub/model/breach_core.py": "import hub.core.checking.check",
    "hub/model/breach_rules.py": "import rules.base",
    "hub/core/breach_store.py": "import hub.store.base",
    "hub/core/breach_pipeline.py": "import hub.pipeline.sync",
    "hub/core/breach_connectors.py": "import connectors.base",
    "hub/pipeline/breach_web.py": "import hub.web.app",
    "hub/pipeline/breach_wiring.py": "import hub.wiring",
    "hub/store/breach_usecases.py": "import hub.usecases.assess",
    "hub/report/breach_pipeline.py": "import hub.pipeline.pull",
    "hub/toml/breach_config.py": "import hub.config.settings",
    "hub/usecases/breach_cli.py": "import hub.cli.output",
    "hub/web/breach_service.py": "import hub.service.scheduler",
    "hub/breach_of_no_layer.py": "",
    "hub/breach_package/__init__.py": "import hub.pipeline.sync",
    # connectors and rules
    "connectors/breach_core.py": "import hub.core.checking.check",
    "connectors/breach_clock.py": "import hub.clock",
    "connectors/breach_config.py": "import hub.config.settings",
    "connectors/jira/breach_github.py": "import connectors.github.markdown",
    "connectors/shared/breach_rules.py": "import rules.base",
    "rules/breach_store.py": "import hub.store.base",
    "rules/breach_connectors.py": "import connectors.base",
    "rules/work/breach_core.py": "import hub.core.mapping.suggest",
    # only the wiring names concrete parts
    "hub/web/breach_sqlite.py": "import hub.store.sqlite.store",
    "hub/web/breach_jira.py": "import connectors.jira.connector",
    "hub/usecases/breach_github.py": "import connectors.github.connector",
    "hub/usecases/breach_rules.py": "import rules.registry",
    "hub/usecases/breach_postgres.py": "import hub.store.postgres.store",
    "hub/pipeline/breach_sqlite.py": "import hub.store.sqlite.connection",
    "hub/cli/breach_registry.py": "import connectors.registry",
    "hub/service/breach_csv.py": "import connectors.csv.connector",
    # the pure zone
    "hub/core/breach_urllib.py": "import urllib.request",
    "hub/core/breach_pydantic.py": "import pydantic",
    "hub/core/breach_time.py": "from time import monotonic",
    "hub/model/breach_os.py": "import os",
    "hub/core/breach_in_function.py": "def read() -> None:\n    import pathlib\n\n    pathlib.Path()",
    "rules/breach_structlog.py": "import structlog",
    "rules/shared/breach_random.py": "import random",
    "connectors/jira/breach_time.py": "import time",
    "connectors/shared/breach_threading.py": "from threading import Lock",
    "connectors/github/breach_os.py": "import os",
    "connectors/csv/breach_httpx.py": "import httpx",
    # the sandbox, the network and the database have one door each
    "hub/pipeline/breach_sandbox.py": "import hub.sandbox.server",
    "hub/web/breach_sandbox.py": "import hub.sandbox.server",
    "hub/service/breach_httpx.py": "import httpx",
    "hub/usecases/breach_sqlite3.py": "import sqlite3",
    # the contract suites
    "hub/pipeline/breach_testing.py": "import hub.testing.tracker",
    "connectors/breach_testing.py": "import hub.testing.tracker",
    "hub/testing/breach_pipeline.py": "import hub.pipeline.sync",
    "hub/testing/breach_jira.py": "import connectors.jira.connector",
    "hub/testing/breach_pytest.py": "import pytest",
    # siblings without cycles
    "hub/toml/breach_cycle.py": "import hub.okr_files.schema",
}
WORDS_OF_THE_LINTER = "from importlinter.cli import lint_imports_command; lint_imports_command()"


def linted(folder: Path) -> subprocess.CompletedProcess[str]:
    words = [sys.executable, "-c", WORDS_OF_THE_LINTER, "--no-cache", "--no-logo"]
    return subprocess.run(words, cwd=folder, capture_output=True, text=True, check=False, timeout=120)


def is_pure(path: str) -> bool:
    """Whether a file may touch nothing outside its arguments."""
    if path.startswith("connectors/"):
        return not path.startswith(IMPURE) and path.rpartition("/")[2] not in IMPURE_NAMES
    return path.startswith(PURE_HUB)


def is_one_of(name: str, modules: set[str]) -> bool:
    return any(name == module or name.startswith(f"{module}.") for module in modules)


def wrong_imports(trees: Mapping[str, ast.Module]) -> Iterator[str]:
    """Files that import what the linter cannot tell apart: single modules of other packages, also inside functions."""
    for path, tree in trees.items():
        names = set(imports(tree))
        if (
            (is_pure(path) and any(is_one_of(name, WORLD) for name in names))
            or (any(is_one_of(name, {"httpx"}) for name in names) and path not in HTTPX_USERS)
            or (any(is_one_of(name, DATABASES) for name in names) and not path.startswith("hub/store/"))
        ):
            yield path


def test_every_contract_is_kept_today() -> None:
    done = linted(ROOT)
    assert done.returncode == 0, done.stdout + done.stderr


def test_nothing_touches_the_world_but_the_places_that_are_named() -> None:
    assert sorted(wrong_imports(sources())) == []


def test_the_named_places_are_those_that_need_it() -> None:
    users = {path for path, tree in sources().items() if any(is_one_of(name, {"httpx"}) for name in imports(tree))}
    assert users == HTTPX_USERS


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the packages with every forbidden import in a file of its own."""
    folder = tmp_path_factory.mktemp("tree")
    for package in PACKAGES:
        shutil.copytree(ROOT / package, folder / package, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", folder)
    for name, text in PLANTED.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(f'"""Breaks a contract."""\n\n{text}\n')
    return folder


@pytest.fixture(scope="module")
def caught(planted: Path) -> str:
    """What the checks say of the copy; modules without a layer stop the linter, so they are tried first, and alone."""
    first = linted(planted)
    unlayered = [name for name in PLANTED if name.startswith("hub/breach_")]
    assert first.returncode == 1
    for name in unlayered:
        shutil.rmtree((planted / name).parent) if name.endswith("__init__.py") else (planted / name).unlink()
    trees = {name: ast.parse((planted / name).read_text()) for name in PLANTED if (planted / name).exists()}
    wrong = " ".join(module_of(path) for path in wrong_imports(trees))
    return f"{first.stdout}{first.stderr} {linted(planted).stdout} {wrong}"


def module_of(path: str) -> str:
    return path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


@pytest.mark.parametrize("path", PLANTED)
def test_a_forbidden_import_is_caught(path: str, caught: str) -> None:
    assert module_of(path) in caught
