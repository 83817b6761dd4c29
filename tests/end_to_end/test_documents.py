"""What the documents show can be done: every command is one of ours, takes these words, and runs where it can."""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
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
LINK = re.compile(r"\]\((?!https?://|#)([^)#\s]+)")
# Stands for something that the reader has to name.
PLACEHOLDER = re.compile(r"\b[A-Z]{2,}\b")
# Asked of a workspace that a sync has filled; the others need a terminal, a tracker of their own, or end never.
RUN = {"audit", "check", "checkin", "digest", "doctor", "rules", "status", "sync"}


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
    if not rest and needed:
        return
    command.make_context(name, ["1" if word == "VALUE" else word for word in rest])


@pytest.mark.parametrize(
    "words", sorted({words for _, words in EVERY if words.split()[0] in RUN and not PLACEHOLDER.search(words)})
)
def test_what_only_asks_is_answered_in_a_workspace(told: Desk, words: str, tmp_path: Path) -> None:
    said = [str(tmp_path / word) if word.startswith("audit.") else word for word in shlex.split(words)]
    day = AS_OF if said[0] in ("audit", "check", "sync", "checkin", "digest") else ()
    ran = told.hub(*said, *day)
    assert ran.code in (0, 1), ran.said
    assert "Traceback" not in ran.said


@pytest.mark.parametrize("document", DOCUMENTS, ids=str)
def test_what_a_document_links_to_is_there(document: Path) -> None:
    text = (ROOT / document).read_text(encoding="utf-8")
    missing = [link for link in LINK.findall(text) if not (ROOT / document.parent / link).exists()]
    assert missing == []


def test_the_first_steps_of_the_readme_lead_to_a_workspace_that_checks_itself(tmp_path: Path) -> None:
    assert hub_in(tmp_path, "init", "my-okrs").code == 0
    checked = hub_in(tmp_path / "my-okrs", "check")
    assert checked.code in (0, 1), checked.said
