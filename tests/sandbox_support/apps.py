"""The demo's trackers with what tests and benchmarks need besides: faults, limits and speed."""

from collections.abc import Callable
from dataclasses import dataclass

from starlette.types import ASGIApp

from hub.sandbox.github import app as github
from hub.sandbox.github.limits import Limits as GitHubLimits
from hub.sandbox.github.site import GitHubSite
from hub.sandbox.jira import app as jira
from hub.sandbox.jira.site import JiraSite
from hub.sandbox.traffic import Traffic
from tests.sandbox_support.fast_execute import FastExecutor
from tests.sandbox_support.faults import Faults
from tests.sandbox_support.jira_limits import Limits


@dataclass(frozen=True, slots=True)
class JiraSandbox:
    """A sandbox Jira ready to be served: its state, the app, and what can be done to its traffic."""

    site: JiraSite
    app: ASGIApp
    faults: Faults
    traffic: Traffic
    limits: Limits


@dataclass(frozen=True, slots=True)
class GitHubSandbox:
    """A sandbox GitHub ready to be served: its state, the app, and what can be done to its traffic."""

    site: GitHubSite
    app: ASGIApp
    faults: Faults
    traffic: Traffic
    limits: GitHubLimits


def jira_app(site: JiraSite, *, middleware: Callable[[ASGIApp], ASGIApp] = lambda app: app) -> JiraSandbox:
    """The app of a site; `middleware` wraps the plain app, inside of the faults, to look at every pair."""
    faults, limits = Faults(), Limits(center=not site.deployment.cloud)

    def wrap(app: ASGIApp) -> ASGIApp:
        return faults.wrap(middleware(limits.wrap(app, site.clock)))

    sandbox = jira.jira_app(site, middleware=wrap)
    return JiraSandbox(site, sandbox.app, faults, sandbox.traffic, limits)


def github_app(
    site: GitHubSite, *, base: str = "", middleware: Callable[[ASGIApp], ASGIApp] = lambda app: app
) -> GitHubSandbox:
    """The same of GitHub; it answers queries for many rows as fast as a benchmark needs."""
    faults = Faults()
    sandbox = github.github_app(
        site, base=base, middleware=lambda app: faults.wrap(middleware(app)), executor=FastExecutor
    )
    return GitHubSandbox(site, sandbox.app, faults, sandbox.traffic, site.limits)
