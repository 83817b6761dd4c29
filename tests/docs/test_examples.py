"""What the documents show is right: TOML and YAML that others accept, rights that the doctor demands, plain words."""

import inspect
import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest

from connectors.github.diagnose import diagnose
from connectors.jira.diagnose_query import REQUIRED_PERMISSIONS
from tests.architecture.test_voice import BANNED
from tests.contract.openapi import specs
from tests.docs.test_schemas import CONFIGURATION, OKRS, complaints, plain
from tests.end_to_end.workspace import ROOT, Desk

DOCS = ROOT / "docs"
HOW_TO = DOCS / "how-to"
PAGES = sorted(path.relative_to(DOCS) for path in DOCS.rglob("*.md"))
# Pages of rules, whose examples have a test of their own; a list of names; decisions, which are history.
NOT_SHOWN = ("reference/rules/", "renamed.md", "decisions/")
GUIDES = [page for page in PAGES if not page.as_posix().startswith(NOT_SHOWN)]
BLOCK = re.compile(r"^( *)```(\w+)[^\n]*\n(.*?)^\1```", re.MULTILINE | re.DOTALL)
CODE = re.compile(r"^( *)```.*?^\1```|`[^`]*`|<!--.*?-->", re.MULTILINE | re.DOTALL)
# Names what is measured by the words of those who measure.
MEASURED = "benchmarks.md"
SCHEMAS = {
    "jobs": "vendor.github-workflows",
    "okrs": "vendor.gitlab-ci",
    "repos": "",
}
EDITOR = "[[rule]]"


def shown(language: str, leave_out: str = "\0") -> list[Any]:
    """Every block of the language, each with its page and its number there as a name."""
    return [
        pytest.param(page, block, id=f"{page}-{number}")
        for page in GUIDES
        for number, block in enumerate(blocks(page, language))
        if leave_out not in block
    ]


def blocks(page: Path, language: str) -> list[str]:
    text = (DOCS / page).read_text(encoding="utf-8")
    return [dedent(block) for _, found, block in BLOCK.findall(text) if found == language]


@pytest.mark.parametrize(("page", "block"), shown("toml", leave_out=EDITOR))
def test_toml_that_is_shown_belongs_into_one_of_the_files(page: Path, block: str) -> None:
    document = plain(tomllib.loads(block))
    if set(document) == {"aligns_to"}:
        document = {"objective": [{"id": "a", "title": "A", "key_result": [{"id": "b", "title": "B", **document}]}]}
    said = {"configuration": complaints(CONFIGURATION, document), "OKR file": complaints(OKRS, document)}
    assert [] in said.values(), said


@pytest.mark.parametrize(("page", "block"), shown("yaml"))
def test_yaml_that_is_shown_fits_its_schema(page: Path, block: str, tmp_path: Path) -> None:
    (schema,) = (schema for key, schema in SCHEMAS.items() if re.search(f"^{key}:", block, re.MULTILINE))
    if not schema:
        assert "id: hub-check" in block
        assert "id: hub-check" in (ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8")
        return
    path = tmp_path / "ci.yaml"
    path.write_text(block, encoding="utf-8")
    line = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", schema, str(path)]
    checked = subprocess.run(line, capture_output=True, text=True, check=False, timeout=60)
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_the_action_takes_the_inputs_that_are_shown() -> None:
    action = (ROOT / ".github" / "actions" / "check" / "action.yml").read_text(encoding="utf-8")
    (block,) = (block for block in blocks(Path("how-to/ci.md"), "yaml") if "actions/check@" in block)
    given = re.findall(r"^ {10}([a-z-]+):", block.partition("actions/check@")[2], re.MULTILINE)
    assert given
    assert all(f"\n  {name}:\n" in action for name in given)


@pytest.mark.parametrize("page", ["jira-cloud.md", "jira-data-center.md"])
def test_every_permission_that_the_doctor_demands_of_jira_is_documented(page: str) -> None:
    text = (HOW_TO / page).read_text(encoding="utf-8")
    named = set(re.findall(r"\(`([A-Z_]+)`\)", text))
    assert named == set(REQUIRED_PERMISSIONS)


def test_every_right_that_the_doctor_demands_of_github_is_documented(told: Desk) -> None:
    answer = told.hub("doctor", "--format", "json")
    (needs,) = re.findall(r"It needs ([^\"]+?)\"", answer.out)
    rights = re.findall(r"(?:^|[ ,])([A-Z][a-z]+(?: [a-z]+)?: (?:read(?: and write)?))", needs)
    assert len(rights) == 4
    text = " ".join((HOW_TO / "github-app.md").read_text(encoding="utf-8").split())
    for right in rights:
        name, _, access = right.partition(": ")
        assert re.search(rf"\| {name} \([a-z]+\) \| {access} \|", text), right
        assert right in text


def test_every_scope_that_the_doctor_demands_of_a_classic_token_is_documented() -> None:
    scopes = set(re.findall(r'"(repo|public_repo|read:project)"', inspect.getsource(inspect.getmodule(diagnose))))  # type: ignore[arg-type]
    assert len(scopes) == 3
    text = (HOW_TO / "github-app.md").read_text(encoding="utf-8")
    assert all(f"`{scope}`" in text for scope in scopes)


def test_the_documented_scopes_of_jira_open_every_address_that_is_asked() -> None:
    document = json.loads((specs() / "jira-openapi-subset.json").read_text(encoding="utf-8"))
    operations = [
        operation
        for path, methods in document["paths"].items()
        if not path.endswith(("/webhook", "/webhook/refresh", "/webhook/failed"))
        for operation in methods.values()
        if isinstance(operation, dict)
    ]
    needed = {
        scope
        for operation in operations
        for way in operation.get("security", ())
        for row in way.values()
        for scope in row
    }
    text = (HOW_TO / "jira-cloud.md").read_text(encoding="utf-8")
    assert needed == set(re.findall(r"`((?:read|write):jira-[a-z]+)`", text))


@pytest.mark.parametrize("page", [page for page in GUIDES if page.name != MEASURED], ids=str)
def test_guides_are_written_in_plain_words(page: Path) -> None:
    text = CODE.sub("", (DOCS / page).read_text(encoding="utf-8"))
    assert [hit.group() for hit in BANNED.finditer(text)] == []


def test_the_readme_fits_one_screen() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 70
    assert max(map(len, (line for line in text.splitlines() if not line.startswith(("|", "python3"))))) <= 140
