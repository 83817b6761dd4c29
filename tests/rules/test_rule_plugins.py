"""Rules of other packages: installed, found, run like the built-in ones, and harmless when they break."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
NAME = "initiative-without-due-date"


def hub(plugins: Path, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": f"{plugins}{os.pathsep}{ROOT}"}
    command = [sys.executable, "-m", "hub", *arguments]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The worked example, installed by pip into a folder of its own."""
    folder = tmp_path_factory.mktemp("plugins")
    options = ["--quiet", "--no-deps", "--no-build-isolation", "--no-index", "--target", str(folder)]
    command = [sys.executable, "-m", "pip", "install", *options, str(ROOT / "examples" / "rule-plugin")]
    subprocess.run(command, check=True, capture_output=True)
    return folder


def offer(folder: Path, module: str, source: str) -> Path:
    """A package as pip would leave it, with one module and one entry point."""
    (folder / f"{module}.py").write_text(source, encoding="utf-8")
    facts = folder / f"{module}-1.0.dist-info"
    facts.mkdir()
    (facts / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {module}\nVersion: 1.0\n", encoding="utf-8")
    entry = f"[alignment_hub.rules]\n{module.replace('_', '-')} = {module}:{module}\n"
    (facts / "entry_points.txt").write_text(entry, encoding="utf-8")
    return folder


def test_the_worked_example_is_listed_with_its_page(installed: Path, tmp_path: Path) -> None:
    answer = hub(installed, tmp_path, "rules", NAME)
    assert answer.returncode == 0
    assert "has no due date" in answer.stdout


def test_the_worked_example_judges_the_tickets_of_a_sync(installed: Path, tmp_path: Path) -> None:
    answer = hub(installed, tmp_path, "demo", "--format", "json", "--dir", str(tmp_path / "demo"))
    found = [load for load in json.loads(answer.stdout)["findings"] if load["rule"] == NAME]
    assert found
    assert all(item["facts"]["count"] >= 1 for item in found)


def test_a_rule_that_crashes_is_a_finding_and_stops_no_other(tmp_path: Path) -> None:
    source = (
        "from hub.model.finding import Severity\nfrom rules.base import Evidence, rule\n\n"
        "def advise(facts):\n    raise AssertionError\n\n"
        "@rule(Severity.ERROR, evidence=Evidence.PRESENCE, advise=advise)\n"
        "def falls_over(portfolio, options):\n    yield 1 / 0\n"
    )
    plugins = offer(tmp_path, "falls_over", '"""Falls over."""\n' + source)
    answer = hub(plugins, tmp_path, "demo", "--format", "json", "--dir", str(tmp_path / "demo"))
    findings = json.loads(answer.stdout)["findings"]
    assert [finding["subject"]["kind"] for finding in findings if finding["rule"] == "falls-over"] == ["rule"]
    assert "initiative-without-key-result" in {finding["rule"] for finding in findings}


def test_words_of_the_wrong_shape_are_a_finding_about_their_rule(tmp_path: Path) -> None:
    source = (
        "from hub.model.finding import Severity, Subject, SubjectKind, Verdict\n"
        "from hub.model.message import Advice, Text\nfrom rules.base import Evidence, rule\n\n"
        "def advise(facts):\n    return Advice(what=Text('no tuple'), why=(), do=())\n\n"
        "@rule(Severity.ERROR, evidence=Evidence.PRESENCE, advise=advise)\n"
        "def misspeaks(portfolio, options):\n    yield Verdict(Subject(SubjectKind.TEAM, 'product'), {})\n"
    )
    plugins = offer(tmp_path, "misspeaks", '"""Misspeaks."""\n' + source)
    answer = hub(plugins, tmp_path, "demo", "--format", "json", "--dir", str(tmp_path / "demo"))
    findings = json.loads(answer.stdout)["findings"]
    assert [finding["subject"]["kind"] for finding in findings if finding["rule"] == "misspeaks"] == ["rule"]


def test_a_rule_that_cannot_be_loaded_is_a_finding_and_stops_no_other(tmp_path: Path) -> None:
    plugins = offer(tmp_path, "never_loads", "import a_module_that_nobody_has\n")
    listed = hub(plugins, tmp_path, "rules")
    assert "never-loads" in listed.stdout
    answer = hub(plugins, tmp_path, "demo", "--format", "json", "--dir", str(tmp_path / "demo"))
    found = [load for load in json.loads(answer.stdout)["findings"] if load["rule"] == "never-loads"]
    assert len(found) == 1
    assert "a_module_that_nobody_has" in found[0]["facts"]["detail"]
