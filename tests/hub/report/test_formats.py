"""`hub check` for machines: annotations at the right lines, SARIF that holds its published schema."""

import json
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

import jsonschema
import pytest

CARRIER = "@microsoft/jest-sarif@1.0.0-beta.0"
OKRS = """\
[cycle]
id = "2026-Q4"
start = 2026-10-01
end = 2026-12-31

[[team]]
id = "product"

[[objective]]
id = "growth"
title = "Grow"

[[objective.key_result]]
id = "revenue"
title = "10M, a year: 100 %"
start = 0
target = 10
owners = ["product"]
contributions = [{ team = "product", share = 90 }]

[[objective]]
id = "use"
title = "Use"
teams = ["product"]

[[objective.key_result]]
id = "dau"
title = "Daily use"
start = 0
target = 5
aligns_to = [{ key_result = "revenue" }]
"""
WAIVER = """\
cycle = "2026-Q4"
okrs = ["okrs.toml"]

[[waivers]]
rule = "shares-off-total"
subject = "revenue"
reason = "the rest is windfall"
owner = "cfo"
until = 2026-12-15
"""


def check(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "hub", "check", "--today", "2026-11-16", *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    (tmp_path / "okrs.toml").write_text(OKRS, encoding="utf-8")
    return tmp_path


@pytest.fixture(scope="module")
def sarif_schema(tmp_path_factory: pytest.TempPathFactory) -> object:
    """The published schema, out of the npm package that carries it."""
    folder = tmp_path_factory.mktemp("schema")
    npm = shutil.which("npm")
    if npm is None:
        pytest.skip("npm is not here, and the schema comes from a package of its registry")
    answer = subprocess.run([npm, "pack", "--silent", CARRIER], cwd=folder, capture_output=True, text=True, check=False)
    if answer.returncode != 0:
        pytest.skip(f"npm could not fetch {CARRIER}")
    with tarfile.open(next(folder.glob("*.tgz"))) as package:
        member = package.extractfile("package/lib/schemas/sarif-2.1.0-rtm.5.json")
        assert member is not None
        return json.load(member)


def test_annotations_point_at_the_line_of_the_key_result(repository: Path) -> None:
    answer = check(repository, "okrs.toml", "--format", "github")
    line = next(line for line in answer.stdout.splitlines() if "shares-off-total" in line)
    number = OKRS.splitlines().index("[[objective.key_result]]") + 1
    assert line.startswith(f"::error file=okrs.toml,line={number},title=shares-off-total::")
    assert "90 %25" in line
    assert answer.returncode == 1


def test_a_file_that_cannot_be_read_is_an_annotation_at_its_line(repository: Path) -> None:
    broken = OKRS.replace("target = 5", "targte = 5")
    (repository / "okrs.toml").write_text(broken, encoding="utf-8")
    answer = check(repository, "okrs.toml", "--format", "github")
    number = next(n for n, line in enumerate(broken.splitlines(), 1) if "targte" in line)
    assert answer.stdout.startswith(f"::error file=okrs.toml,line={number},title=OKR file::")
    assert "target" in answer.stdout
    assert answer.returncode == 2
    assert "Traceback" not in answer.stderr


def test_sarif_holds_its_schema_and_names_the_line(repository: Path, sarif_schema: object) -> None:
    answer = check(repository, "okrs.toml", "--format", "sarif")
    report = json.loads(answer.stdout)
    jsonschema.Draft7Validator(sarif_schema).validate(report)
    result = next(r for r in report["runs"][0]["results"] if r["ruleId"] == "shares-off-total")
    place = result["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == "okrs.toml"
    assert OKRS.splitlines()[place["region"]["startLine"] - 1] == "[[objective.key_result]]"
    assert len(result["partialFingerprints"]["alignmentHub/v1"]) == 16
    assert report["runs"][0]["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == "shares-off-total"


def test_a_waived_finding_is_suppressed_and_does_not_fail(repository: Path, sarif_schema: object) -> None:
    (repository / "config.toml").write_text(WAIVER, encoding="utf-8")
    answer = check(repository, "--format", "sarif")
    report = json.loads(answer.stdout)
    jsonschema.Draft7Validator(sarif_schema).validate(report)
    result = next(r for r in report["runs"][0]["results"] if r["ruleId"] == "shares-off-total")
    assert result["suppressions"][0]["kind"] == "external"
    assert "cfo" in result["suppressions"][0]["justification"]
    assert answer.returncode == 0


def test_renaming_a_key_result_keeps_the_fingerprint(repository: Path) -> None:
    before = json.loads(check(repository, "okrs.toml", "--format", "sarif").stdout)
    (repository / "okrs.toml").write_text(OKRS.replace("10M, a year: 100 %", "Another title"), encoding="utf-8")
    after = json.loads(check(repository, "okrs.toml", "--format", "sarif").stdout)
    prints = [[r["partialFingerprints"] for r in report["runs"][0]["results"]] for report in (before, after)]
    assert prints[0] == prints[1]


def test_the_ready_made_action_and_hook_hold_their_schemas() -> None:
    root = Path(__file__).parents[3]
    action = root / ".github" / "actions" / "check" / "action.yml"
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.github-actions", str(action)]
    answer = subprocess.run(command, capture_output=True, text=True, check=False)
    assert answer.returncode == 0, answer.stdout + answer.stderr
    hook = (root / ".pre-commit-hooks.yaml").read_text(encoding="utf-8")
    assert "entry: hub check" in hook
