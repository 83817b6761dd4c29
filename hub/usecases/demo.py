"""The Acme example on this machine: two sandbox trackers, a workspace beside them, and the real connectors between."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from shutil import copyfile

from hub.model.errors import ConfigError, Problem
from hub.sandbox.github.app import GitHubSandbox, github_app
from hub.sandbox.github.seed import seed as seed_github
from hub.sandbox.github.site import TOKEN, GitHubSite
from hub.sandbox.jira.app import JiraSandbox, jira_app
from hub.sandbox.jira.seed import seed as seed_jira
from hub.sandbox.jira.site import JiraSite
from hub.sandbox.server import serve

TODAY = date(2026, 11, 16)
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
def start_environment(directory: Path, jira: JiraSite | None = None) -> Iterator[DemoEnvironment]:
    """Start both trackers with the example's tickets, and write a workspace for them into `directory`.

    An empty `jira` of another kind may be given; the workspace's configuration then contains its URL.
    """
    source = example_folder()
    jira, github = jira or JiraSite(), GitHubSite()
    seed_jira(jira, json.loads((source / "jira.json").read_text(encoding="utf-8")))
    seed_github(github, json.loads((source / "github.json").read_text(encoding="utf-8")))
    github.add_token()
    jira_sandbox, github_sandbox = jira_app(jira), github_app(github)
    with _serve(jira_sandbox.app, PORTS[0]) as jira_url, _serve(github_sandbox.app, PORTS[1]) as github_url:
        secrets = {"jira-token": jira.bot.token, "github-token": TOKEN}
        config = _write_workspace(directory, source, (jira_url, github_url), secrets)
        yield DemoEnvironment(jira_sandbox, github_sandbox, jira_url, github_url, config)


def _write_workspace(directory: Path, source: Path, urls: tuple[str, str], secrets: Mapping[str, str]) -> Path:
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
    config = directory / "config.toml"
    config.write_text(text, encoding="utf-8")
    return config


@contextmanager
def _serve(app: object, port: int) -> Iterator[str]:
    """Serve on the port that the README names, else on a free one."""
    try:
        server = serve(app, port)  # type: ignore[arg-type]
    except OSError:
        server = serve(app)  # type: ignore[arg-type]
    with server:
        yield server.url
