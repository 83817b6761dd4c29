"""`hub rules`: what is checked; one rule's page."""

import click

from hub.cli.options import Voice, speaks


@click.command("rules")
@click.argument("rule", required=False)
@speaks()
def command(voice: Voice, *, rule: str | None) -> int:
    """List the rules, or show the page of RULE: what it finds, why it matters, examples, how to fix."""
    from hub.model.errors import ConfigError, Problem
    from hub.report.text import Styled
    from hub.wiring import known_rules

    rules = known_rules()
    if rule is None:
        if voice.form == "json":
            voice.document([{"rule": r.name, "severity": str(r.severity), "summary": r.summary} for r in rules])
        else:
            voice.lines(Styled(f"{r.name:36} {r.severity!s:8} {r.summary}") for r in rules)
        return 0
    found = next((one for one in rules if one.name == rule), None)
    if found is None:
        from difflib import get_close_matches

        near = get_close_matches(rule, [one.name for one in rules], n=3, cutoff=0.3)
        remedy = f"Did you mean {' or '.join(near)}?" if near else "List them with hub rules"
        raise ConfigError([Problem("command line", "RULE", f"no rule is called {rule!r}", remedy)])
    if voice.form == "json":
        options = dict(found.options)
        voice.document({"rule": found.name, "severity": str(found.severity), "page": found.page, "options": options})
    else:
        voice.lines([Styled(found.name, "heading"), *(Styled(line) for line in found.page.strip().splitlines())])
    return 0
