"""A person at a terminal: a real process on a real pseudo-terminal, who reads a question and types an answer."""

import os
import pty
import re
import select
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import monotonic

from tests.end_to_end.workspace import ROOT

PATIENCE = 120.0
ESCAPES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


@dataclass(frozen=True, slots=True)
class Session:
    """How a session on a terminal ended: `screen` is all that was shown, `answers` how many lines were typed."""

    code: int
    screen: str
    answers: int

    @property
    def text(self) -> str:
        """The screen without colours."""
        return ESCAPES.sub("", self.screen).replace("\r\n", "\n")


class Terminal:
    """A started command."""

    def __init__(self, folder: Path, words: Sequence[str], environ: Mapping[str, str]) -> None:
        env = {name: value for name, value in os.environ.items() if not name.startswith("HUB_")}
        env |= {"PYTHONPATH": str(ROOT), "TERM": "xterm", "COLUMNS": "200", **environ}
        line = [sys.executable, "-m", "hub", *words]
        self._pid, self._fd = pty.fork()
        if self._pid == 0:
            os.chdir(folder)
            os.execve(line[0], line, env)
        self.screen = ""
        self._seen = 0

    def read_until(self, text: str) -> None:
        """Wait until the text is shown, behind what was read before; AssertionError where the command ends first."""
        end = monotonic() + PATIENCE
        while (at := self.screen.find(text, self._seen)) < 0:
            assert monotonic() < end, f"{text!r} was never shown:\n{self.screen}"
            assert self._read(), f"the command ended before {text!r}:\n{self.screen}"
        self._seen = at + len(text)

    def type(self, line: str) -> None:
        """Type a line and press Enter."""
        os.write(self._fd, f"{line}\n".encode())

    def press(self, key: bytes) -> None:
        """Press a key, such as Ctrl-C."""
        os.write(self._fd, key)

    def interrupt(self) -> int:
        """Press Ctrl-C, and again while nothing happens; the exit code.

        Python may miss a signal that comes in the moment before it waits for a line.
        """
        end = again = monotonic()
        end += PATIENCE
        while monotonic() < end:
            if monotonic() >= again:
                self.press(b"\x03")
                again = monotonic() + 5
            if not self._read():
                return self.end()
        raise AssertionError(f"the command never ended:\n{self.screen}")

    def end(self) -> int:
        """Read to the end; the exit code."""
        end = monotonic() + PATIENCE
        while self._read():
            assert monotonic() < end, f"the command never ended:\n{self.screen}"
        os.close(self._fd)
        return os.waitstatus_to_exitcode(os.waitpid(self._pid, 0)[1])

    def _read(self) -> bool:
        """Whether more came, or may still come."""
        if not select.select([self._fd], [], [], 0.5)[0]:
            return True
        try:
            data = os.read(self._fd, 65_536)
        except OSError:
            return False
        self.screen += data.decode("utf-8", "replace")
        return bool(data)


def talk(
    folder: Path, words: Sequence[str], answers: Sequence[tuple[str, str]], environ: Mapping[str, str] | None = None
) -> Session:
    """Answer each question when it is shown, then wait for the end."""
    terminal = Terminal(folder, words, environ or {})
    for question, answer in answers:
        terminal.read_until(question)
        terminal.type(answer)
    code = terminal.end()
    return Session(code, terminal.screen, len(answers))
