"""The audit of the Acme example, as a coach gets it: the numbers, the page in a browser, the page on paper."""

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.end_to_end.workspace import AS_OF, ROOT, Desk, Ran, hub_in

BROWSER = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
QUIET = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--enable-logging=stderr",
    "--no-pdf-header-footer",
)
CONFIG = 'cycle = "2026-Q4"\nokrs = ["{}"]\n'


def section(text: str, start: str) -> str:
    return text.split(f"\n{start}", 1)[1].split("\n\n", 1)[0]


@pytest.fixture(scope="module")
def text(told: Desk) -> Ran:
    return told.hub("audit", *AS_OF)


def test_the_first_check_of_acme_reads_as_its_files_say(text: Ran) -> None:
    assert text.code == 1
    revenue = section(text.out, "  revenue: Yearly revenue")
    assert "Sales | Share: 60 % | Kind: direct | Its key results linked to this one: pipeline-value" in revenue
    assert "Product | Share: not summed | Kind: indirect" in revenue
    assert "Total | Share: ✓ 100 %" in revenue
    assert "all together | Targets add up to: 9,400,000 | Needed: 10,000,000 | Short by: ✕ 6 %" in revenue
    assert "Total | Share: ✕ 90 %" in section(text.out, "  support-load:")
    assert "Owners: ✕ no owner" in section(text.out, "  uptime:")


def test_the_second_check_of_acme_shows_both_sides(text: Ran) -> None:
    data = section(text.out, "  Data")
    assert "Contributes to: ✕ no organization key result" in data
    success = section(text.out, "  Customer Success")
    needed = "renewals-early needs import-success; by 1 Dec 2026"
    assert f"{needed} | Priorities (1 to 4): waiting 1, providing 3 ✕ don't match" in success
    assert "indirect: uptime ! proposed since 19 Oct 2026" in success


def test_the_three_questions_of_acme_rest_on_the_worst_facts(text: Ran) -> None:
    asked = section(text.out, "3 questions for this session")
    assert "1. Which Platform key result delivers its 60 % of “Major incidents over within 60 minutes”?" in asked
    assert "2. Can Product deliver what Business Development needs this quarter, and who confirms it?" in asked
    assert "3. Who starts work on “5 % conversion from free to paid”, or is it dropped this quarter?" in asked


@pytest.mark.parametrize("ending", ["txt", "md", "json", "html"])
def test_the_ending_tells_the_format_and_no_form_names_what_is_private(ending: str, told: Desk, tmp_path: Path) -> None:
    out = tmp_path / f"audit.{ending}"
    ran = told.hub("audit", *AS_OF, "--out", str(out), "--fail-on", "never")
    assert ran.code == 0, ran.err
    assert ran.out == ""
    said = out.read_text(encoding="utf-8")
    starts = {"txt": "Connect and Align", "md": "# Connect", "json": "{", "html": "<!DOCTYPE html>"}
    assert said.startswith(starts[ending])
    assert "heron" not in said.casefold()
    assert "a private key result" in said


def test_the_same_audit_twice_is_the_same_text(told: Desk, text: Ran) -> None:
    assert told.hub("audit", *AS_OF).out == text.out


def test_an_audit_without_any_sync_says_so_and_leaves_no_state(tmp_path: Path) -> None:
    okrs = ROOT / "examples" / "acme" / "okrs" / "*.toml"
    (tmp_path / "config.toml").write_text(CONFIG.format(okrs), encoding="utf-8")
    ran = hub_in(tmp_path, "audit", *AS_OF, "--format", "json")
    assert ran.code == 1, ran.err
    found = json.loads(ran.out)
    assert found["synced"] is False
    assert "initiative-without-key-result" in found["limitations"]["skipped"]
    assert "There is no data about tickets yet." in hub_in(tmp_path, "audit", *AS_OF).out
    assert [path.name for path in tmp_path.iterdir()] == ["config.toml"]


def test_a_file_that_cannot_be_written_is_a_wrong_option(told: Desk, tmp_path: Path) -> None:
    ran = told.hub("audit", *AS_OF, "--out", str(tmp_path / "nowhere" / "audit.html"))
    assert ran.code == 2
    assert "--out" in ran.err


@pytest.mark.skipif(BROWSER is None, reason="no Chromium on this machine")
def test_a_browser_opens_the_page_without_complaint_and_prints_it(told: Desk, tmp_path: Path) -> None:
    page, printed = tmp_path / "audit.html", tmp_path / "audit.pdf"
    told.hub("audit", *AS_OF, "--out", str(page))
    words = [
        str(BROWSER),
        *QUIET,
        f"--user-data-dir={tmp_path / 'profile'}",
        f"--print-to-pdf={printed}",
        page.as_uri(),
    ]
    ran = subprocess.run(words, capture_output=True, text=True, timeout=120, check=False)
    assert printed.is_file(), ran.stderr
    assert len(re.findall(rb"/Type\s*/Page\b", printed.read_bytes())) > 3
    assert "CONSOLE" not in ran.stderr
