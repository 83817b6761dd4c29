"""`hub rules`: what is checked; one rule's page."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from hub.cli.options import Voice, speaks

if TYPE_CHECKING:
    from rules.base import Rule


@click.command("rules")
@click.argument("rule", required=False)
@click.option("--replay", metavar="RULE", help="Evaluate the tickets of earlier runs with RULE and today's settings.")
@click.option(
    "--snapshots", "--pictures", "pictures", default=10, show_default=True, help="How many earlier runs to replay."
)
@speaks()
def command(voice: Voice, *, rule: str | None, replay: str | None, pictures: int) -> int:
    """List the rules, or show the page of RULE: what it finds, why it matters, examples, how to fix."""
    from hub.report.text import Styled
    from hub.wiring import known_rules

    rules = known_rules()
    if replay is not None:
        return _replay(voice, _named(replay, rules), pictures)
    if rule is None:
        if voice.form == "json":
            voice.document([{"rule": r.name, "severity": str(r.severity), "summary": r.summary} for r in rules])
        else:
            voice.lines(Styled(f"{r.name:36} {r.severity!s:8} {r.summary}") for r in rules)
        return 0
    found = _named(rule, rules)
    if voice.form == "json":
        options = dict(found.options)
        voice.document({"rule": found.name, "severity": str(found.severity), "page": found.page, "options": options})
    else:
        voice.lines([Styled(found.name, "heading"), *(Styled(line) for line in found.page.strip().splitlines())])
    return 0


def _named(name: str, rules: "Sequence[Rule]") -> "Rule":
    from hub.model.errors import ConfigError, Problem
    from hub.model.similarity import closest

    found = next((one for one in rules if one.name == name), None)
    if found is None:
        near = closest(name, [one.name for one in rules], limit=3, cutoff=30)
        remedy = f"Did you mean {' or '.join(near)}?" if near else "List them with hub rules"
        raise ConfigError([Problem("command line", "RULE", f"no rule is called {name!r}", remedy)])
    return found


def _replay(voice: Voice, rule: "Rule", pictures: int) -> int:
    from hub.config.load import load
    from hub.report.replay import replay_document, replay_lines
    from hub.usecases.replay import replayed

    told = replayed(load(voice.config), rule, pictures)
    if voice.form == "json":
        voice.document(replay_document(rule.name, told))
    else:
        voice.lines(replay_lines(rule.name, told))
    return 0
