"""The rule of a package of its own passes the contract suite, and one that its page does not describe fails it."""

import shutil
from pathlib import Path

from tests.end_to_end.workspace import ROOT
from tests.examples.test_connector_template import suite

PLUGIN = ROOT / "examples" / "rule-plugin"


def test_the_rule_passes_the_contract_suite() -> None:
    done = suite(PLUGIN)
    assert done.returncode == 0, done.stdout


def test_a_rule_that_its_page_does_not_describe_fails(tmp_path: Path) -> None:
    copied = Path(shutil.copytree(PLUGIN, tmp_path / "copy", ignore=shutil.ignore_patterns("__pycache__")))
    path = copied / "src" / "acme_alignment_rules" / "initiative_without_due_date.py"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("initiative.due is None", "initiative.due is not None"), encoding="utf-8")
    done = suite(copied)
    failed = {line.partition(" - ")[0].rpartition("::")[2] for line in done.stdout.splitlines() if "FAILED" in line}
    assert failed == {"test_the_failing_example_of_the_page_fails", "test_the_passing_example_of_the_page_passes"}
