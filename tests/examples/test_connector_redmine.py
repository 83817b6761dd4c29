"""The Redmine connector passes its own tests, the contract suite among them, on a real Redmine."""

import os
import subprocess
import sys

import pytest

from tests.end_to_end.workspace import ROOT

PACKAGE = ROOT / "examples" / "connector-redmine"
REQUIRED = os.environ.get("HUB_REDMINE_TESTS") == "required"


@pytest.mark.timeout(1800)
@pytest.mark.skipif(
    not REQUIRED, reason="HUB_REDMINE_TESTS=required runs it, with Debian's redmine, redmine-sqlite, puma"
)
def test_its_own_tests_pass_on_a_real_redmine() -> None:
    line = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(line, cwd=PACKAGE, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
