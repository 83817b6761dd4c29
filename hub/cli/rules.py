"""`hub rules`: what is checked; one rule's page."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from hub.cli.output import OutputOptions, common_options

if TYPE_CHECKING:
    from rules.base import Rule


@click.command("rules")
@click.argument("rule", required=False)
@click.option("--replay", metavar="RULE", help="Evaluate the tickets of earlier runs with RULE and today's settings.")
@click.option("--snapshots", default=10, show_default=True, help="How many earlier runs to replay.")
@common_options()
def command(output_options: OutputOptions, *, rule: str | None, replay: str | None, snapshots: int) -> int:
    """List the rules, or show the page of RULE: what it finds, why it matters, examples, how to fix."""
    from hub.report.lines import StyledLine
    from hub.wiring import known_rules

    rules = known_rules()
    if replay is not None:
        return _replay(output_options, _find_rule(replay, rules), snapshots)
    if rule is None:
        if output_options.format == "json":
            output_options.write_document(
                [{"rule": r.name, "severity": str(r.severity), "summary": r.summary} for r in rules]
            )
        else:
            output_options.write_lines(StyledLine(f"{r.name:36} {r.severity!s:8} {r.summary}") for r in rules)
        return 0
    selected = _find_rule(rule, rules)
    if output_options.format == "json":
        options = dict(selected.options)
        output_options.write_document(
            {"rule": selected.name, "severity": str(selected.severity), "page": selected.page, "options": options}
        )
    else:
        output_options.write_lines(
            [StyledLine(selected.name, "heading"), *(StyledLine(line) for line in selected.page.strip().splitlines())]
        )
    return 0


def _find_rule(name: str, rules: "Sequence[Rule]") -> "Rule":
    from hub.model.errors import ConfigError, Problem
    from hub.model.text import closest

    matching_rule = next((rule for rule in rules if rule.name == name), None)
    if matching_rule is None:
        suggestions = closest(name, [rule.name for rule in rules], limit=3, cutoff=40)
        remedy = f"Did you mean {' or '.join(suggestions)}?" if suggestions else "List them with hub rules"
        raise ConfigError([Problem("command line", "RULE", f"no rule is called {name!r}", remedy)])
    return matching_rule


def _replay(output: OutputOptions, rule: "Rule", snapshots: int) -> int:
    from hub.config.settings import load
    from hub.report.explain import replay_document, replay_lines
    from hub.usecases.check import replay_rule

    results = replay_rule(load(output.config), rule, snapshots)
    if output.format == "json":
        output.write_document(replay_document(rule.name, results))
    else:
        output.write_lines(replay_lines(rule.name, results))
    return 0
