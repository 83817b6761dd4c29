"""Terminals and files whose encoding has few signs: every command ends as it would elsewhere."""

import io
import json
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any

import pytest

from hub.cli.main import main

SHEET = "Objective,Key Result,Start,Target\nGrow \u4e16 \U0001f680,Users 45\u219270,45,70\n"


def ran(encoding: str, *words: str) -> tuple[Any, str, str]:
    """A command's exit code, and what it wrote to both streams."""
    out, err = (io.TextIOWrapper(io.BytesIO(), encoding=encoding) for _ in range(2))
    with redirect_stdout(out), redirect_stderr(err), pytest.raises(SystemExit) as ended:
        main(words)
    return ended.value.code, *(stream.buffer.getvalue().decode(encoding) for stream in flushed(out, err))


def flushed(*streams: io.TextIOWrapper) -> tuple[io.TextIOWrapper, ...]:
    for stream in streams:
        stream.flush()
    return streams


@pytest.mark.parametrize("encoding", ["cp1252", "cp437", "latin-1", "shift_jis", "utf-8"])
def test_a_sign_that_an_encoding_lacks_is_an_escape(tmp_path: Path, encoding: str) -> None:
    sheet = tmp_path / "okrs.csv"
    sheet.write_text(SHEET, encoding="utf-8")
    words = ("import", str(sheet), "--cycle", "2026-Q4", "--dry-run")
    code, said, _ = ran(encoding, *words)
    assert code == 0
    assert "Users 45" in said
    code, document, _ = ran(encoding, *words, "--format", "json")
    assert code == 0
    assert "Grow \u4e16 \U0001f680" in str(json.loads(document))


def test_an_error_with_such_a_sign_is_told_in_one_line(tmp_path: Path) -> None:
    code, _, said = ran("cp1252", "import", str(tmp_path / "\u219270.csv"), "--cycle", "2026-Q4")
    assert code == 2
    assert "70.csv: cannot be read" in said
    assert "internal error" not in said


def test_a_stream_of_another_kind_is_left_alone(tmp_path: Path) -> None:
    out = io.StringIO()
    with redirect_stdout(out), redirect_stderr(out), pytest.raises(SystemExit):
        main(("import", str(tmp_path / "none.csv"), "--cycle", "2026-Q4"))
    assert "none.csv: cannot be read" in out.getvalue()
