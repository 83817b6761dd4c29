"""What the action and the image take from others is named exactly: actions by commit, the rest by its version."""

import os
import re
import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[3]
ACTION = ROOT / ".github" / "actions" / "check" / "action.yml"
COMMIT = re.compile(r"[0-9a-f]{40}")
WHOLE_VERSION = re.compile(r"[^\s:@]+:[0-9]+\.[0-9]+\.[0-9]+[^\s:@]*(@sha256:[0-9a-f]{64})?")


def workflows() -> Iterator[Path]:
    for folder in (".github", "examples", "docs"):
        for kind in ("*.yml", "*.yaml"):
            yield from sorted((ROOT / folder).rglob(kind))


def used(content: Any) -> Iterator[str]:
    """Every action that is used, however deep."""
    if isinstance(content, dict):
        yield from (content[name] for name in content if name == "uses")
        content = list(content.values())
    for inner in content if isinstance(content, list) else ():
        yield from used(inner)


@pytest.mark.parametrize("path", list(workflows()), ids=lambda path: path.name)
def test_actions_of_others_are_named_by_their_commit(path: Path) -> None:
    of_others = [name for name in used(yaml.safe_load(path.read_text(encoding="utf-8"))) if not name.startswith("./")]
    assert [name for name in of_others if not COMMIT.fullmatch(name.partition("@")[2])] == []


@pytest.mark.parametrize("path", sorted(ROOT.glob("examples/**/Dockerfile*")), ids=lambda path: path.name)
def test_images_begin_with_one_of_a_whole_version(path: Path) -> None:
    lines = [line.split() for line in path.read_text(encoding="utf-8").splitlines()]
    stages = {words[3] for words in lines if words[:1] == ["FROM"] and words[2:3] == ["AS"]}
    bases = [words[1] for words in lines if words[:1] == ["FROM"] and words[1] not in stages]
    assert bases
    assert [base for base in bases if not WHOLE_VERSION.fullmatch(base)] == []


@pytest.mark.parametrize("path", [ACTION, ROOT / "examples" / "service" / "Dockerfile"], ids=lambda path: path.name)
def test_packages_are_installed_in_the_versions_of_the_tests(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    before, found, _ = text.partition("pip install")
    assert found
    for variable in ("PIP_CONSTRAINT", "PIP_BUILD_CONSTRAINT"):
        assert re.search(rf'{variable}="?[^\s]*/constraints\.txt', before)


def test_everything_that_the_hub_needs_to_run_and_to_be_built_has_its_version() -> None:
    pinned = {
        canonicalize_name(line.partition("==")[0])
        for line in (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
        if not line.startswith("#")
    }
    about = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    extras = [
        item for name, those in about["project"]["optional-dependencies"].items() for item in those if name != "dev"
    ]
    needed = [
        Requirement(item) for item in (*about["project"]["dependencies"], *extras, *about["build-system"]["requires"])
    ]
    names = {canonicalize_name(requirement.name) for requirement in needed} - {"alignment-hub"}
    assert {*names, "pysocks", "socksio"} - pinned == set()


@pytest.mark.parametrize(
    "version", [">=0.1", "==0.*", "0.1.0", "==0.1.0,<1", "==0.1.0 other", "== 0.1.0", "==0.1.0\nother"]
)
def test_the_action_takes_an_exact_version_and_no_other(version: str, tmp_path: Path) -> None:
    steps = yaml.safe_load(ACTION.read_text(encoding="utf-8"))["runs"]["steps"]
    script = next(step["run"] for step in steps if step.get("name") == "Install")
    asked = {"VERSION": version, "SOURCE": str(ROOT), "FOLDER": str(tmp_path / "hub"), "PATH": os.environ["PATH"]}
    done = subprocess.run(["bash", "-e", "-c", script], env=asked, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (2, "::error::version: expected an exact one, such as ==0.1.0\n")
    assert not (tmp_path / "hub").exists()
