"""The audit of the Acme example, as a coach gets it: the numbers, the page in a browser, the page on paper."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from hub.cli.audit import run_audit
from hub.cli.demo import TODAY
from hub.config.settings import load
from tests.end_to_end.workspace import AS_OF, ROOT, Desk, Ran, hub_in
from tests.hub.report.audit.test_document import assert_each_dependency_stands_once
from tests.hub.report.audit.test_render import docx_text

BROWSER = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
WORD_PROCESSOR = shutil.which("soffice")
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
    revenue = section(text.out, "  Yearly revenue of 10M USD (revenue)")
    assert "Sales | Share: 60 % | Kind: direct | Its key results linked to this one: “New business of 5.4M" in revenue
    assert "Product | Share: not summed | Kind: indirect" in revenue
    assert "Total | Share: ✓ 100 %" in revenue
    assert "all together | Targets add up to: 9,400,000 | Needed: 10,000,000 | Short by: ✕ 6 %" in revenue
    assert "Total | Share: ✕ 90 %" in section(text.out, "  Under 4 support requests")
    assert "Owners: ✕ no owner" in section(text.out, "  99.95 % of playback requests")


def test_the_second_check_of_acme_shows_both_sides(text: Ran) -> None:
    teams = section(text.out, "Second check: each team")
    assert "Data | Contributes to: ✕ no organization key result | Active work linked: ✕ 1 of 3 (33 %)" in teams
    success = section(text.out, "  Customer Success")
    assert "indirect: “99.95 % of playback requests answered” ! proposed since 19 Oct 2026" in success


def test_the_dependencies_of_acme_stand_in_one_table_those_to_decide_on_first(text: Ran) -> None:
    rows = re.findall(r"^    (D\d) \| (.*)$", section(text.out, "Dependencies between teams"), re.MULTILINE)
    assert [number for number, _ in rows] == [f"D{number}" for number in range(1, 9)]
    assert ["Decision: none needed" in row for _, row in rows] == [False] * 6 + [True] * 2
    needed = next(row for _, row in rows if "renewals agreed" in row)
    assert "Customer Success; “80 % of renewals agreed 30 days ahead”" in needed
    assert "Product; “98 % of imports finish without help”" in needed
    assert "By when: 1 Dec 2026 | Agreed?: ✓ accepted; stated in the OKRs | Priorities: 1 / 3; ✕ differ" in needed
    late = next(row for _, row in rows if "late" in row)
    assert "ACME-10" in late
    assert "✕ late: acme/platform#6 is due 23 Dec 2026" in late


def test_each_dependency_of_acme_stands_once_outside_the_appendix(told: Desk) -> None:
    audit = run_audit(load(told.config, {}), TODAY).audit
    assert len(audit.dependencies) == 8
    assert_each_dependency_stands_once(audit)


def test_the_three_questions_of_acme_rest_on_the_worst_facts(text: Ran) -> None:
    asked = section(text.out, "3 questions for this session")
    assert "Which Platform key result delivers its 60 % of “Major incidents over within 60 minutes”?" in asked
    assert "Can Product deliver what Business Development needs this quarter, and who confirms it?" in asked
    assert "Who starts work on “5 % conversion from free to paid”, or is it dropped this quarter?" in asked
    assert "See D2." in asked


@pytest.mark.parametrize("ending", ["txt", "md", "json", "html", "docx"])
def test_the_ending_tells_the_format_and_no_form_names_what_is_private(ending: str, told: Desk, tmp_path: Path) -> None:
    out = tmp_path / f"audit.{ending}"
    ran = told.hub("audit", *AS_OF, "--out", str(out), "--fail-on", "never")
    assert ran.code == 0, ran.err
    assert ran.out == ""
    said = docx_text(out.read_bytes()) if ending == "docx" else out.read_text(encoding="utf-8")
    starts = {"docx": "<?xml", "txt": "Connect and Align", "md": "# Connect", "json": "{", "html": "<!DOCTYPE html>"}
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
def test_an_extension_of_no_format_is_a_wrong_option(told: Desk, tmp_path: Path) -> None:
    target = tmp_path / "audit.pdf"
    ran = told.hub("audit", "--out", str(target), *AS_OF)
    assert (ran.code, ran.out) == (2, "")
    assert "no format has the extension '.pdf'" in ran.err
    assert not target.exists()
    assert told.hub("audit", "--out", str(target), "--format", "text", *AS_OF).code == 1
    assert target.read_text(encoding="utf-8").startswith("Connect and Align audit")


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
    assert 3 < pages_of(printed) <= 8
    assert "CONSOLE" not in ran.stderr


def pages_of(pdf: Path) -> int:
    return len(re.findall(rb"/Type\s*/Page\b", pdf.read_bytes()))


@pytest.mark.skipif(WORD_PROCESSOR is None, reason="no LibreOffice on this machine")
def test_a_word_processor_opens_the_docx(told: Desk, tmp_path: Path) -> None:
    out = tmp_path / "audit.docx"
    assert told.hub("audit", *AS_OF, "--out", str(out), "--fail-on", "never").code == 0
    words = [str(WORD_PROCESSOR), "--headless", f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"]
    ran = subprocess.run(
        [*words, "--convert-to", "pdf", "--outdir", str(tmp_path), str(out)],
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert (tmp_path / "audit.pdf").is_file(), ran.stderr
    assert 3 < pages_of(tmp_path / "audit.pdf") <= 10


def test_a_docx_needs_the_name_of_a_file(told: Desk) -> None:
    ran = told.hub("audit", *AS_OF, "--format", "docx")
    assert ran.code == 2
    assert "--out audit.docx" in ran.err


def test_without_python_docx_the_command_says_what_to_install(told: Desk, tmp_path: Path) -> None:
    program = "import sys; sys.modules['docx'] = None; from hub.cli.main import main; main()"
    out = tmp_path / "audit.docx"
    words = ["audit", *AS_OF, "--config", str(told.config), "--out", str(out)]
    ran = subprocess.run(
        [sys.executable, "-c", program, *words], capture_output=True, text=True, timeout=240, check=False
    )
    assert ran.returncode != 0
    assert "pip install 'alignment-hub[documents]'" in ran.stderr
    assert "Traceback" not in ran.stderr
    assert not out.exists()
