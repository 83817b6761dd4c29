"""The demo's trackers with what tests and benchmarks need besides: faults, limits and speed."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

from starlette.types import ASGIApp

from hub.cli import demo
from hub.sandbox.github import app as github
from hub.sandbox.github.limits import Limits as GitHubLimits
from hub.sandbox.github.site import GitHubSite
from hub.sandbox.jira import app as jira
from hub.sandbox.jira.site import JiraSite
from tests.sandbox_support.fast_execute import FastExecutor
from tests.sandbox_support.faults import Faults
from tests.sandbox_support.jira_limits import Limits


@dataclass(frozen=True, slots=True)
class JiraSandbox(jira.JiraSandbox):
    """The same with what can be done to its traffic."""

    faults: Faults
    limits: Limits


@dataclass(frozen=True, slots=True)
class GitHubSandbox(github.GitHubSandbox):
    """The same of GitHub."""

    faults: Faults
    limits: GitHubLimits


def jira_app(site: JiraSite, *, middleware: Callable[[ASGIApp], ASGIApp] = lambda app: app) -> JiraSandbox:
    """The app of a site; `middleware` wraps the plain app, inside of the faults, to look at every pair."""
    faults, limits = Faults(), Limits(center=not site.deployment.cloud)

    def wrap(app: ASGIApp) -> ASGIApp:
        return faults.wrap(middleware(limits.wrap(app, site.clock)))

    sandbox = jira.jira_app(site, middleware=wrap)
    return JiraSandbox(site, sandbox.app, sandbox.traffic, faults, limits)


def github_app(
    site: GitHubSite, *, base: str = "", middleware: Callable[[ASGIApp], ASGIApp] = lambda app: app
) -> GitHubSandbox:
    """The same of GitHub; it answers queries for many rows as fast as a benchmark needs."""
    faults = Faults()
    sandbox = github.github_app(
        site, base=base, middleware=lambda app: faults.wrap(middleware(app)), executor=FastExecutor
    )
    return GitHubSandbox(site, sandbox.app, sandbox.traffic, faults, site.limits)


def start_environment(directory: Path, jira: JiraSite | None = None) -> AbstractContextManager[demo.DemoEnvironment]:
    """The demo's trackers and its workspace, with what can be done to their traffic."""
    return demo.start_environment(directory, jira, make_jira=jira_app, make_github=github_app)
