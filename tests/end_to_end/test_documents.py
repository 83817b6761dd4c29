"""What the documents show can be done: every command is one of ours, takes these words, and runs where it can."""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from shutil import copyfile
from textwrap import dedent

import click
import pytest

from hub.cli.main import COMMANDS, root
from tests.end_to_end.workspace import AS_OF, ROOT, Desk, hub_in

DOCUMENTS = sorted(
    path.relative_to(ROOT)
    for path in (ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").rglob("*.md"))
    if path.name != "CHANGELOG.md"
)
IN_WORDS = re.compile(r"`(?:\.venv/bin/)?hub ((?:[a-z]|--)[^`]*)`")
IN_BLOCKS = re.compile(r"^(?:\$ |- )?(?:.*&& )?(?:\.venv/bin/)?hub ([a-z].*?)(?:\s+#.*)?$", re.MULTILINE)
BLOCK = re.compile(r"^( *)```[^\n`]*\n(.*?)^\1```", re.MULTILINE | re.DOTALL)
USAGE = "commands.md"
LINK = re.compile(r"(?:\]\(|src=\")(?!https?://|#)([^)#\s\"]+)")
# What the reader has to name, and what stands for it here.
NAMES = {
    "TICKET": "ACME-7",
    "KEY": "ACME-7",
    "NAME": "unresolvable-link",
    "KR": "data-freshness",
    "VALUE": "14",
    "FILE": "okrs.csv",
}
NUMBERS = {"VALUE": "1", "N": "1"}
# These write the OKR file or the tickets, so each has trackers of its own.
CHANGING = {"checkin KR VALUE", "retract --yes", "sync --yes"}
# It shows what would be removed, and waits for --yes.
REFUSED = {"retract", "retract --search"}
# They end never, begin in an empty folder, need a second state, or belong to the tutorial: each has a test of its own.
ELSEWHERE = {"demo", "init", "serve", "state", "worker"}
TUTORIAL = "tutorial.md"
DATED = ("audit", "check", "sync", "checkin", "digest", "why")


def shown(document: Path) -> Iterator[str]:
    text = (ROOT / document).read_text(encoding="utf-8")
    text = text if document.name != USAGE else re.sub(r"^hub .*\[OPTIONS\].*$", "", text, flags=re.MULTILINE)
    blocks = "\n".join(dedent(block) for _, block in BLOCK.findall(text))
    words = (*IN_WORDS.findall(BLOCK.sub("", text)), *IN_BLOCKS.findall(blocks))
    yield from dict.fromkeys(" ".join(part.split()) for part in words)


EVERY = [(document, words) for document in DOCUMENTS for words in shown(document)]


def test_the_reference_lists_every_command_and_no_other() -> None:
    page = (ROOT / "docs" / "reference" / "commands.md").read_text(encoding="utf-8")
    assert re.findall(r"^\| \[`hub ([a-z]+)", page, re.MULTILINE) == list(COMMANDS)


def test_commands_are_found_in_the_documents_at_all() -> None:
    assert len({words.split()[0] for _, words in EVERY} & set(COMMANDS)) > len(COMMANDS) // 2


@pytest.mark.parametrize(("document", "words"), EVERY, ids=str)
def test_every_command_that_is_shown_takes_these_words(document: Path, words: str) -> None:
    name, *rest = shlex.split(words)
    command = root.get_command(click.Context(root), name)
    assert command is not None, f"{document}: there is no hub {name}"
    needed = [param for param in command.params if isinstance(param, click.Argument) and param.required]
    if not rest and (needed or isinstance(command, click.Group)):
        return
    command.make_context(name, [NUMBERS.get(word, word) for word in rest])


def needs_more(words: str) -> bool:
    """Whether a command is only named, without what it needs."""
    name, *rest = words.split()
    command = root.get_command(click.Context(root), name)
    assert command is not None
    return not rest and any(isinstance(part, click.Argument) and part.required for part in command.params)


RUN = {words for document, words in EVERY if document.name != TUTORIAL and words.split()[0] not in ELSEWHERE}
RUN = {words for words in RUN if not needs_more(words) and not words.startswith("import ")}


def answers(desk: Desk, words: str, folder: Path) -> None:
    """Run what is shown, with names in the place of words that stand for them."""
    folders = {"audit.": folder, "okrs/": desk.folder}
    said = [NAMES.get(word, word) for word in shlex.split(words)]
    said = [next((str(at / word) for start, at in folders.items() if word.startswith(start)), word) for word in said]
    ran = desk.hub(*said, *(AS_OF if said[0] in DATED else ()))
    assert ran.code in ((4,) if words in REFUSED else (0, 1)), ran.said
    assert "Traceback" not in ran.said


@pytest.mark.parametrize("words", sorted(RUN - CHANGING))
def test_what_only_asks_is_answered_in_a_workspace(told: Desk, words: str, tmp_path: Path) -> None:
    answers(told, words, tmp_path)


@pytest.mark.parametrize("words", sorted(RUN & CHANGING))
def test_what_writes_is_done_in_a_workspace(synced: Desk, words: str, tmp_path: Path) -> None:
    answers(synced, words, tmp_path)


def test_every_command_that_writes_is_still_shown() -> None:
    assert CHANGING <= RUN


@pytest.mark.parametrize("words", sorted({words for _, words in EVERY if words.startswith("import ")}))
def test_a_spreadsheet_is_imported_as_shown(words: str, tmp_path: Path) -> None:
    copyfile(ROOT / "examples" / "import" / "okrs-english.csv", tmp_path / "okrs.csv")
    ran = hub_in(tmp_path, *(NAMES.get(word, word) for word in shlex.split(words)))
    assert ran.code == 0, ran.said
    assert (tmp_path / "okrs").exists() != ("--dry-run" in words)


@pytest.mark.parametrize("document", DOCUMENTS, ids=str)
def test_what_a_document_links_to_is_there(document: Path) -> None:
    text = (ROOT / document).read_text(encoding="utf-8")
    missing = [link for link in LINK.findall(text) if not (ROOT / document.parent / link).exists()]
    assert missing == []


def test_the_first_steps_lead_to_a_workspace_that_checks_itself(tmp_path: Path) -> None:
    assert hub_in(tmp_path, "init", "my-okrs", "--offline").code == 0
    checked = hub_in(tmp_path / "my-okrs", "check")
    assert checked.code in (0, 1), checked.said
