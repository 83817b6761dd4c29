"""Findings as workflow commands of GitHub Actions, which show them beside the lines of a pull request.

Form and escapes: docs.github.com, "Workflow commands for GitHub Actions".
"""

from collections.abc import Iterable, Iterator

from hub.model.errors import Problem
from hub.model.finding import Finding, Severity
from hub.model.message import plain
from hub.model.printable import printable
from hub.report.text import COMMAND, StyledLine

COMMANDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "notice"}


def finding_annotations(findings: Iterable[Finding]) -> Iterator[StyledLine]:
    """One command for each finding, at the line of the OKR file where there is one."""
    for finding in findings:
        position = {"file": finding.location.file, "line": str(finding.location.line)} if finding.location else {}
        remedy = " ".join(plain(line) for line in finding.advice.do)
        text = f"{plain(finding.advice.what)} {remedy}"
        yield _command(COMMANDS[finding.severity], {**position, "title": finding.rule}, text)


def problem_annotations(problems: Iterable[Problem]) -> Iterator[StyledLine]:
    """What is wrong with the files themselves."""
    for problem in problems:
        file, colon, line = problem.location.rpartition(":")
        position = {"file": file, "line": line} if colon and line.isdigit() else {"file": problem.location}
        text = ". ".join(
            part for part in (f"{problem.key}: {problem.message}".removeprefix(": "), problem.remedy) if part
        )
        yield _command("error", {**position, "title": "OKR file"}, text)


def _command(name: str, properties: dict[str, str], text: str) -> StyledLine:
    listed = ",".join(f"{key}={_property(value)}" for key, value in properties.items())
    return StyledLine(f"::{name} {listed}::{_data(text)}", COMMAND)


def _data(text: str) -> str:
    return printable(text).replace("%", "%25").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
