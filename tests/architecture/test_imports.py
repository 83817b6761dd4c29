"""Who may import whom; each contract is proved once by breaking it."""

import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.architecture.tree import PACKAGES, ROOT, imports, sources

# Contract → a file that must not be, and what stands in it.
BREACHES = {
    "Imports point inward": ("hub/model/breach.py", "import hub.core.checking.check"),
    "Connectors know only the model": ("connectors/breach.py", "import hub.core.checking.check"),
    "Rules know only the model": ("rules/breach.py", "import hub.store.base"),
    "Only the wiring names concrete parts": ("hub/pipeline/breach.py", "import hub.store.sqlite"),
    "The pure zone never touches the world": ("hub/core/breach.py", "import time"),
    "Trackers do not know each other": ("connectors/jira/breach.py", "import connectors.github.markdown"),
    "Only the demo plays on the sandbox": ("hub/pipeline/breach.py", "import hub.sandbox.server"),
}
WORDS_OF_THE_LINTER = "from importlinter.cli import lint_imports_command; lint_imports_command()"


def contracts() -> list[str]:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())
    return [contract["name"] for contract in settings["tool"]["importlinter"]["contracts"]]


def linted(folder: Path) -> subprocess.CompletedProcess[str]:
    words = [sys.executable, "-c", WORDS_OF_THE_LINTER, "--no-cache", "--no-logo"]
    return subprocess.run(words, cwd=folder, capture_output=True, text=True, check=False, timeout=120)


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tree")
    for package in PACKAGES:
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT / package, folder / package, ignore=ignored)
    shutil.copy(ROOT / "pyproject.toml", folder)
    return folder


def test_every_contract_is_kept_today() -> None:
    done = linted(ROOT)
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_contract_has_a_proof_that_it_bites() -> None:
    assert set(BREACHES) == set(contracts())


@pytest.mark.parametrize("contract", BREACHES)
def test_a_forbidden_import_breaks_its_contract(contract: str, copy: Path) -> None:
    name, text = BREACHES[contract]
    breach = copy / name
    breach.write_text(f'"""Breaks a contract."""\n\n{text}\n')
    try:
        done = linted(copy)
    finally:
        breach.unlink()
    assert done.returncode == 1, done.stdout + done.stderr
    assert f"{contract} BROKEN" in done.stdout


def test_only_the_gate_and_its_client_import_httpx() -> None:
    users = {path for path, tree in sources().items() if any(name.split(".")[0] == "httpx" for name in imports(tree))}
    assert users == {"connectors/http/client.py", "connectors/http/transport.py"}


def test_only_the_store_speaks_to_a_database() -> None:
    spoken = {"sqlite3", "sqlite_utils", "psycopg"}
    users = {path for path, tree in sources().items() if spoken & {name.split(".")[0] for name in imports(tree)}}
    assert {path for path in users if not path.startswith("hub/store/")} == set()


def test_the_sandbox_is_imported_by_the_demo_alone() -> None:
    users = {path for path, tree in sources().items() if any(name.startswith("hub.sandbox") for name in imports(tree))}
    outside = {path for path in users if not path.startswith(("hub/sandbox/", "hub/usecases/demo", "hub/cli/demo"))}
    assert outside == set()
