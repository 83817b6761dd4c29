"""`hub check`: offline; lints the configuration and OKR files and runs every rule that needs no tracker."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from pathlib import Path, PurePath
from typing import Any, NamedTuple

import click

from hub import __version__
from hub.cli.output import DONE, FINDINGS, OutputOptions, common_options, fail_on_option, fails, today_option
from hub.core.mapping.okr_tables import overlapping_key_results
from hub.model.errors import Problem
from hub.model.finding import Finding, Judgement, Severity
from hub.model.message import plain
from hub.model.okr import KeyResult, LinkState, Need, Okrs
from hub.model.private_names import PRIVATE_NAME
from hub.model.text import printable
from hub.report.lines import COMMAND, StyledLine
from rules.base import Rule


@click.command("check")
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@fail_on_option("error")
@today_option()
@common_options("github", "sarif")
def command(output_options: OutputOptions, *, paths: tuple[Path, ...], fail_on: str, today: date | None) -> int:
    """Check OKR files, given as PATHS or named by the configuration, without asking any tracker."""
    from hub.model.errors import ConfigError
    from hub.usecases.check import check_offline

    try:
        okrs, judgement = check_offline(paths, output_options.config, today)
    except ConfigError as error:
        if output_options.format == "github":
            output_options.write_lines(problem_annotations(error.problems))
        raise
    _write_result(output_options, okrs, judgement)
    return FINDINGS if fails(judgement.findings, fail_on) else DONE


def _write_result(output: OutputOptions, okrs: "Okrs", judgement: "Judgement") -> None:
    from hub.report.run_json import check_document
    from hub.report.text import findings_lines
    from hub.wiring import known_rules

    if output.format == "json":
        document = check_document(okrs, judgement.findings, judgement.waived)
        output.write_document(document | {"proposed_dependencies": proposed_need_rows(okrs)})
    elif output.format == "sarif":
        output.write_document(sarif_log(judgement, known_rules()))
    elif output.format == "github":
        output.write_lines(finding_annotations(judgement.findings))
    else:
        output.write_lines(findings_lines(judgement.findings))
        output.write_lines(proposed_need_lines(okrs))


SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
FINGERPRINT = "alignmentHub/v1"
LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}


def sarif_log(judgement: Judgement, rules: Sequence[Rule]) -> dict[str, Any]:
    """One run with every rule that spoke, and a result for each finding, waived ones included."""
    findings = (*judgement.findings, *judgement.waived)
    rule_names = {finding.rule for finding in findings}
    known = [rule for rule in rules if rule.name in rule_names]
    driver = {
        "name": "Alignment Hub",
        "semanticVersion": f"{__version__}",
        "rules": [_rule(rule) for rule in known],
    }
    index = {rule.name: number for number, rule in enumerate(known)}
    results = [_result(finding, index) for finding in findings]
    return {"$schema": SCHEMA, "version": "2.1.0", "runs": [{"tool": {"driver": driver}, "results": results}]}


def _rule(rule: Rule) -> dict[str, Any]:
    return {
        "id": rule.name,
        "shortDescription": {"text": rule.summary},
        "help": {"text": rule.page.strip(), "markdown": rule.page.strip()},
        "defaultConfiguration": {"level": LEVELS[rule.severity]},
    }


def _result(finding: Finding, index: dict[str, int]) -> dict[str, Any]:
    from hub.report.run_json import finding_row

    row = finding_row(finding)
    result: dict[str, Any] = {
        "ruleId": finding.rule,
        "level": LEVELS[finding.severity],
        "message": {"text": f"{row['message']} {row['remedy']}"},
        "partialFingerprints": {FINGERPRINT: finding.fingerprint},
        "properties": {"subject": finding.subject.id, "actOn": row["act_on"], "affects": row["affects"]},
    }
    if finding.rule in index:
        result["ruleIndex"] = index[finding.rule]
    if finding.location is not None:
        location = {
            "artifactLocation": {"uri": PurePath(finding.location.file).as_posix()},
            "region": {"startLine": finding.location.line},
        }
        result["locations"] = [{"physicalLocation": location}]
    if finding.waiver is not None:
        waiver = finding.waiver
        justification = f"{waiver.reason} ({waiver.owner}, until {waiver.until})"
        result["suppressions"] = [{"kind": "external", "status": "accepted", "justification": justification}]
    return result


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


PROPOSED_MESSAGE = "no state given, so it is only proposed until the other team confirms it"


class ProposedNeed(NamedTuple):
    """One `depends_on`; the key result that waits by the name that may be shown."""

    name: str
    team: str
    location: str


def proposed_need_lines(okrs: Okrs) -> Iterator[StyledLine]:
    """A line for each, under a heading; none where there are none."""
    needs = list(_proposed(okrs))
    if needs:
        yield StyledLine()
        yield StyledLine(f"Proposed dependencies: {len(needs)}", "heading")
    for entry in needs:
        location = f"{entry.location}: " if entry.location else ""
        yield StyledLine(f"  {location}{entry.name} depends on {entry.team}: {PROPOSED_MESSAGE}", "info")


def proposed_need_rows(okrs: Okrs) -> list[dict[str, Any]]:
    """The same for JSON."""
    return [
        {"key_result": entry.name, "team": entry.team, "location": entry.location or None, "message": PROPOSED_MESSAGE}
        for entry in _proposed(okrs)
    ]


def _proposed(okrs: Okrs) -> Iterator[ProposedNeed]:
    for key_result in (*okrs.key_results.values(), *overlapping_key_results(okrs).values()):
        for need in key_result.depends_on:
            if need.state is LinkState.PROPOSED and not need.state_stated:
                yield _named(okrs, key_result, need)


def _named(okrs: Okrs, key_result: KeyResult, need: Need) -> ProposedNeed:
    team = okrs.teams.get(need.team)
    location = str(key_result.location) if key_result.location else ""
    return ProposedNeed(
        PRIVATE_NAME if key_result.private else key_result.id, team.name if team else need.team, location
    )
