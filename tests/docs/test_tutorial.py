"""The tutorial, done step by step in an empty folder: the files that it shows are written, and the output agrees."""

import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from signal import SIGINT
from time import monotonic, sleep

import httpx
import pytest

from tests.end_to_end.serving import PATIENCE
from tests.end_to_end.workspace import ROOT, apart

TUTORIAL = ROOT / "docs" / "tutorial.md"
STEP = re.compile(
    r'^```console\n(?P<console>.*?)^```|^```toml title="(?P<file>[^"]+)"\n(?P<text>.*?)^```'
    r"|^<!-- in the browser: jira (?P<ticket>\S+) remove (?P<remove>\S+) add (?P<add>\S+) -->",
    re.MULTILINE | re.DOTALL,
)
COMMAND = re.compile(r"^\$ (.+)\n((?:(?!\$ ).*\n)*)", re.MULTILINE)
CLOCK = re.compile(r"^clock_offset_seconds = .*$", re.MULTILINE)
JIRA, LAST_LINE, REST = "http://127.0.0.1:7465", " (last line)", "…"


@dataclass(slots=True)
class Reader:
    """Somebody who follows the tutorial in a folder."""

    folder: Path
    jira: str = ""
    demo: "subprocess.Popen[str] | None" = None
    done: list[str] = field(default_factory=list)

    def follow(self, step: re.Match[str]) -> None:
        if step["console"] is not None:
            for words, shown in COMMAND.findall(step["console"]):
                self.run(words, shown.splitlines())
        elif step["file"] is not None:
            self.write(step["file"], step["text"])
        else:
            for action in ("remove", "add"):
                url = f"{self.jira}/browse/{step['ticket']}/labels"
                assert httpx.post(url, data={action: step[action]}, timeout=PATIENCE).status_code in (200, 303)

    def write(self, name: str, text: str) -> None:
        path = self.folder / name.removesuffix(LAST_LINE)
        before = path.read_text(encoding="utf-8") if name.endswith(LAST_LINE) else ""
        text = CLOCK.sub(self.clock, text.replace(JIRA, self.jira))
        path.write_text(before + text, encoding="utf-8")

    @property
    def clock(self) -> str:
        """The line of the demo's own configuration, beside whose folder this one is."""
        (found,) = self.folder.parent.glob("alignment-hub-demo/config.toml")
        (line,) = CLOCK.findall(found.read_text(encoding="utf-8"))
        return str(line)

    def run(self, words: str, shown: list[str]) -> None:
        command, *rest = shlex.split(words)
        self.done.append(words)
        if command == "cd":
            self.folder = (self.folder / rest[0]).resolve()
        elif command == "mkdir":
            (self.folder / rest[-1]).mkdir(parents=True)
        elif rest == ["demo", "--serve"]:
            self.serve(shown)
        else:
            self.run_hub(rest, shown)

    def run_hub(self, words: list[str], shown: list[str]) -> None:
        """Run the command until its output agrees, for the service may still be reading what was changed."""
        ends_at = monotonic() + PATIENCE
        while True:
            line = [sys.executable, "-m", "hub", *words]
            ran = subprocess.run(line, **apart(self.folder), capture_output=True, timeout=120, check=False)
            output = ran.stdout + ran.stderr
            refusable = (4,) if "--dry-run" in words else ()
            assert ran.returncode in (0, 1, *refusable), output
            assert "Traceback" not in output
            missing = missing_line(shown, output.splitlines())
            if missing is None:
                return
            assert monotonic() < ends_at, f"hub {shlex.join(words)} doesn't say {missing!r}:\n{output}"
            sleep(1)

    def serve(self, shown: list[str]) -> None:
        line = [sys.executable, "-u", "-m", "hub", "demo", "--serve"]
        pipe = subprocess.PIPE
        self.demo = subprocess.Popen(line, **apart(self.folder), stdout=pipe, stderr=subprocess.DEVNULL)
        assert self.demo.stdout is not None
        lines: list[str] = []
        for text in self.demo.stdout:
            lines.append(text.rstrip("\n"))
            if missing_line(shown, lines) is None:
                break
        assert missing_line(shown, lines) is None, "\n".join(lines)
        urls = [found[1] for text in lines if (found := re.match(r" *(http://127\.0\.0\.1:\d+)/ ", text))]
        self.jira = urls[1]

    def stop(self) -> int:
        assert self.demo is not None
        self.demo.send_signal(SIGINT)
        self.demo.communicate(timeout=PATIENCE)
        return self.demo.returncode


def missing_line(shown: list[str], output: list[str]) -> str | None:
    """The first line that is shown and isn't in the output, in this order; without a line of rest, the very next."""
    at, may_skip = 0, False
    for line in shown:
        if line.strip() == REST:
            may_skip = True
            continue
        places = range(at, len(output)) if may_skip or at == 0 else range(at, min(at + 1, len(output)))
        found = next((place for place in places if line.strip() in output[place]), None)
        if found is None:
            return line
        at, may_skip = found + 1, False
    return None


@pytest.fixture
def reader(tmp_path: Path) -> Iterator[Reader]:
    reader = Reader(tmp_path)
    yield reader
    if reader.demo is not None and reader.demo.poll() is None:
        reader.demo.kill()
        reader.demo.communicate()


def test_who_follows_the_tutorial_sees_what_it_shows(reader: Reader) -> None:
    for step in STEP.finditer(TUTORIAL.read_text(encoding="utf-8")):
        reader.follow(step)
    assert reader.stop() == 130
    programs = [words.split()[1] for words in reader.done if words.startswith("hub ")]
    assert {"demo", "why", "rules", "audit", "check", "checkin", "doctor", "sync"} <= set(programs)


def test_a_line_that_the_output_lacks_is_noticed() -> None:
    output = ["first", "  second line", "third", "fourth"]
    assert missing_line(["first", REST, "third"], output) is None
    assert missing_line(["first", "third"], output) == "third"
    assert missing_line([REST, "third", REST, "second"], output) == "second"
