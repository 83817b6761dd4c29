"""`hub demo`: the whole job on this machine, with nothing to configure."""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from shutil import copyfile
from typing import TYPE_CHECKING

import click

from hub import clock
from hub.cli.output import OutputOptions, common_options
from hub.cli.progress import interruptible, progress_bars
from hub.cli.sync import write_sync
from hub.model.errors import ConfigError, Problem
from hub.report.screen import number
from hub.sandbox.github.app import GitHubSandbox, github_app
from hub.sandbox.github.seed import seed as seed_github
from hub.sandbox.github.site import TOKEN, GitHubSite
from hub.sandbox.jira.app import JiraSandbox, jira_app
from hub.sandbox.jira.seed import seed as seed_jira
from hub.sandbox.jira.site import JiraSite
from hub.sandbox.server import serve

if TYPE_CHECKING:
    from hub.usecases.sync import SyncAnswer


DIRECTORY = "alignment-hub-demo"


@click.command("demo")
@click.option("--serve", is_flag=True, help="Keep the trackers and the pages running, to try it in a browser.")
@click.option(
    "--dir",
    "directory",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path(DIRECTORY),
    show_default=True,
    help="Where the demo's workspace is written.",
)
@common_options()
def command(output_options: OutputOptions, *, serve: bool, directory: Path) -> int:
    """Sync the Acme example against a Jira and a GitHub that start on this machine; needs no credentials."""
    from hub.report.sync_screen import SyncView

    with start_environment(directory) as environment:
        first = _sync(environment, output_options)
        if output_options.format != "json":
            _show_comment(environment, output_options)
        write_sync(output_options, SyncView(first.document, with_next=False), first.outcome)
        writes_before = environment.writes
        _sync(environment, output_options)
        _write(output_options, f"\nA second sync made {number(environment.writes - writes_before, 'write')}.", "good")
        if serve:
            return _serve(environment, output_options)
        _show_next_steps(environment, output_options)
    return 0


def _sync(environment: "DemoEnvironment", output: OutputOptions) -> "SyncAnswer":
    from hub.config.settings import load
    from hub.pipeline.run_context import Mode
    from hub.usecases.sync import run_sync
    from hub.wiring import open_run_context

    config = load(environment.config, {})
    with (
        interruptible(),
        progress_bars(output) as progress,
        open_run_context(
            config,
            mode=Mode.PUBLISH,
            confirmed=True,
            today=TODAY,
            progress=progress.advance,
            announce=progress.announce,
        ) as job,
    ):
        return run_sync(job, config, if_changed=False)


def _show_comment(environment: "DemoEnvironment", output: OutputOptions) -> None:
    """The comment of one ticket, as an engineer would read it."""
    site = environment.jira.site
    for key in sorted(site.ids):
        texts = site.texts(key, site.bot.id)
        if texts:
            _write(output, f"The comment on {key}:", "heading")
            _write(output, "\n".join(f"  | {line}" for line in texts[0].splitlines() if line.strip()))
            _write(output, "")
            return


def _show_next_steps(environment: "DemoEnvironment", output: OutputOptions) -> None:
    config = environment.config
    _write(output, "\nNext steps", "heading")
    for command, description in (
        ("hub demo --serve", "the tickets in a browser: fix a label and see the comment change"),
        (
            f"hub why ACME-7 --config {config}",
            "one ticket: its key results and the result of every rule",
        ),
        ("hub rules initiative-without-key-result", "what a rule finds, and why"),
        ("hub init my-okrs", "your own configuration and OKR file"),
    ):
        _write(output, f"  {command}\n      {description}")


def _serve(environment: "DemoEnvironment", output: OutputOptions) -> int:
    """The service with both trackers, until Ctrl-C."""
    from hub.config.settings import load
    from hub.service.main import ServiceOptions, open_port, run_service

    config = load(environment.config, {})
    try:
        sock = open_port(config)
    except ConfigError:
        sock = open_port(config, port=0)

    def show_urls(url: str) -> None:
        _write(output, "\nOpen in a browser", "heading")
        _write(output, f"  {url}/      the alignment map, the teams, the findings")
        _write(output, f"  {environment.jira_url}/      Jira\n  {environment.github_url}/      GitHub")
        _write(output, "Change a label there: the hub syncs within 10 seconds. Or sync from another terminal:")
        _write(output, f"  hub sync --config {environment.config}\nPress Ctrl-C to stop.")

    with sock:
        return run_service(config, sock, show_urls, ServiceOptions(TODAY, confirmed=True, verbose=output.verbose))


def _write(output: OutputOptions, text: str, style: str = "plain") -> None:
    """Words around the answer: on stdout for people, on stderr beside JSON."""
    from hub.report.lines import StyledLine

    if output.format == "json":
        output.write_note(text)
    else:
        output.write_lines(StyledLine(line, style) for line in text.split("\n"))


TODAY = date(2026, 11, 16)
# The same day in every time zone from UTC-10 to UTC+13.
STARTS_AT = datetime(2026, 11, 16, 10, tzinfo=UTC)
MARKER_FILE = ".alignment-hub-demo"
PORTS = (7465, 7466)
PLACEHOLDER_URLS = ("http://jira.demo.invalid", "http://github.demo.invalid")


@dataclass(frozen=True, slots=True)
class DemoEnvironment:
    """Both trackers, listening, and the configuration of a workspace that reads them."""

    jira: JiraSandbox
    github: GitHubSandbox
    jira_url: str
    github_url: str
    config: Path

    @property
    def writes(self) -> int:
        """How many writes both trackers have seen."""
        return self.jira.traffic.writes + self.github.traffic.writes


def example_folder() -> Path:
    """The folder of the Acme example, in a checkout or in an installed package."""
    package_folder = Path(__file__).parents[1]
    packaged, checkout = package_folder / "acme", package_folder.parent / "examples" / "acme"
    return packaged if packaged.is_dir() else checkout


@contextmanager
def start_environment(
    directory: Path,
    jira: JiraSite | None = None,
    *,
    make_jira: Callable[[JiraSite], JiraSandbox] = jira_app,
    make_github: Callable[[GitHubSite], GitHubSandbox] = github_app,
) -> Iterator[DemoEnvironment]:
    """Start both trackers with the example's tickets, and write a workspace for them into `directory`.

    The clock of the trackers, and of everything that uses the workspace, starts at STARTS_AT and runs on from there.

    An empty `jira` of another kind may be given; the workspace's configuration then contains its URL. `make_jira` and
    `make_github` make the apps of the sites.
    """
    source = example_folder()
    offset = -int((clock.now() - STARTS_AT).total_seconds())
    now = clock.shifted(offset)
    jira, github = jira or JiraSite(), GitHubSite(now)
    jira.clock = now
    seed_jira(jira, json.loads((source / "jira.json").read_text(encoding="utf-8")))
    seed_github(github, json.loads((source / "github.json").read_text(encoding="utf-8")))
    github.add_token()
    jira_sandbox, github_sandbox = make_jira(jira), make_github(github)
    with (
        _serve_app(jira_sandbox.app, PORTS[0], now) as jira_url,
        _serve_app(github_sandbox.app, PORTS[1], now) as github_url,
    ):
        secrets = {"jira-token": jira.bot.token, "github-token": TOKEN}
        config = _write_workspace(directory, source, (jira_url, github_url), secrets, offset)
        yield DemoEnvironment(jira_sandbox, github_sandbox, jira_url, github_url, config)


def _write_workspace(
    directory: Path, source: Path, urls: tuple[str, str], secrets: Mapping[str, str], offset: int
) -> Path:
    """A fresh workspace; a folder with other files is refused."""
    marker = directory / MARKER_FILE
    if directory.exists() and any(directory.iterdir()) and not marker.exists():
        remedy = "Name an empty one with --dir"
        raise ConfigError([Problem(str(directory), "--dir", "the folder contains other files", remedy)])
    (directory / "okrs").mkdir(parents=True, exist_ok=True)
    (directory / "secrets").mkdir(mode=0o700, exist_ok=True)
    marker.write_text("Written by hub demo, and by every hub demo again.\n", encoding="utf-8")
    for old in directory.glob("hub.db*"):
        old.unlink()
    for file in (source / "okrs").glob("*.toml"):
        copyfile(file, directory / "okrs" / file.name)
    for name, secret in secrets.items():
        (directory / "secrets" / name).write_text(secret, encoding="utf-8")
    text = (source / "config.toml").read_text(encoding="utf-8")
    for placeholder, url in zip(PLACEHOLDER_URLS, urls, strict=True):
        text = text.replace(placeholder, url)
    text = text.replace("\ncycle = ", f"\nclock_offset_seconds = {offset}\ncycle = ", 1)
    config = directory / "config.toml"
    config.write_text(text, encoding="utf-8")
    return config


@contextmanager
def _serve_app(app: object, port: int, now: Callable[[], datetime]) -> Iterator[str]:
    """Serve on the port that the README names, else on a free one."""
    try:
        server = serve(app, port, now)  # type: ignore[arg-type]
    except OSError:
        server = serve(app, now=now)  # type: ignore[arg-type]
    with server:
        yield server.url
