"""`hub init`: a configuration and an OKR file to start from."""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from pathlib import Path

import click

from hub.cli.output import OutputOptions, common_options
from hub.wiring import local_day


@click.command("init")
@click.argument("directory", type=click.Path(path_type=Path, file_okay=False), default=Path())
@common_options()
def command(output_options: OutputOptions, *, directory: Path) -> int:
    """Write config.toml and an OKR file into DIRECTORY; existing files are not changed."""
    from hub.report.lines import StyledLine

    rows = [(path, is_new) for path, is_new in write_templates(directory)]
    if output_options.format == "json":
        output_options.write_document([{"file": str(path), "written": is_new} for path, is_new in rows])
    else:
        output_options.write_lines(
            StyledLine(f"{'wrote ' if is_new else 'exists'} {path}", "good" if is_new else "dim")
            for path, is_new in rows
        )
    prefix = "" if directory == Path() else f"cd {directory}, "
    output_options.write_note(
        f"Next: {prefix}name your trackers in config.toml, then hub check, then hub sync --dry-run"
    )
    return 0


_CONFIG = """\
# The hub's configuration. Every key can also be set in the environment: HUB_PUBLISH__ENABLED=true.
# Secrets are set only there: HUB_CONNECTORS__JIRA__TOKEN, or HUB_CONNECTORS__JIRA__TOKEN_FILE=path.
cycle = "{cycle}"
okrs = ["okrs/*.toml"]
state = "sqlite:///hub.db"

# Take the marks away from the tracker you use, and set its credentials in the environment.
# [connectors.jira]                   # HUB_CONNECTORS__JIRA__EMAIL and HUB_CONNECTORS__JIRA__TOKEN
# kind = "jira"
# url = "https://your-site.atlassian.net"
# query = "project in (ABC) AND issuetype in (Epic, Initiative)"

# [connectors.github]                 # HUB_CONNECTORS__GITHUB__TOKEN
# kind = "github"
# projects = ["your-org/1"]           # Projects v2: owner/number
# repositories = ["your-org/app"]     # issues outside a project

[publish]
enabled = false                       # true lets the hub write comments and labels
"""

_OKRS = """\
[cycle]
id = "{cycle}"
start = {start}
end = {end}
phase = "draft"                       # draft | align | locked | running | closed

[[team]]
id = "product"
name = "Product"
owns = ["jira:ABC"]                   # connector:project, connector:owner/repo or connector:owner/number

# Without teams an objective belongs to the organization.
[[objective]]
id = "growth"
title = "Become the first choice of our customers"

[[objective.key_result]]
id = "revenue"
title = "Yearly revenue of 10M"
start = 6_200_000
target = 10_000_000
owners = ["product"]
check_ins = [{{ date = {checked}, value = 6_200_000, confidence = 0.5 }}]
contributions = [{{ team = "product", share = 100, kind = "direct" }}]

# With one team it is that team's, with two or more it is shared.
[[objective]]
id = "launch"
title = "Launch the product"
teams = ["product"]

[[objective.key_result]]
id = "launch-dau"                     # a ticket serves it with the label kr-launch-dau
title = "500,000 daily active users"
start = 0
target = 500_000
check_ins = [{{ date = {checked}, value = 0, confidence = 0.5 }}]      # hub checkin adds the next
aligns_to = [{{ key_result = "revenue", kind = "indirect" }}]
"""


def init_files(today: date) -> Mapping[str, str]:
    """Texts by path, for the quarter of that day; they load without changes."""
    quarter = (today.month - 1) // 3
    start = date(today.year, quarter * 3 + 1, 1)
    end = date(today.year + quarter // 3, (quarter * 3 + 3) % 12 + 1, 1) - timedelta(days=1)
    # The day before, so that the first check-in of one's own finds no other of its day.
    checked = max(start, today - timedelta(days=1))
    cycle = f"{today.year}-Q{quarter + 1}"
    return {
        "config.toml": _CONFIG.format(cycle=cycle),
        f"okrs/{cycle}.toml": _OKRS.format(cycle=cycle, start=start, end=end, checked=checked),
    }


def write_templates(directory: Path) -> Iterator[tuple[Path, bool]]:
    """Write the starter files; yields each with whether it was written. Existing files are not changed."""
    for name, text in init_files(local_day()).items():
        path = directory / name
        fresh = not path.exists()
        if fresh:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        yield path, fresh
