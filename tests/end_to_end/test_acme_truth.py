"""The Acme example against its known truth: over HTTP, through the real connectors, every finding and no other."""

import json
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, time
from pathlib import Path
from typing import Any

import pytest

from connectors.github.markdown import body
from connectors.jira.adf import document
from hub.config.settings import load
from hub.core.checking.check import check
from hub.core.mapping.build_portfolio import build_portfolio
from hub.core.planning.plan import plan
from hub.model.finding import Finding, Judgement
from hub.model.initiative import Snapshot
from hub.model.okr import Okrs
from hub.model.portfolio import DependencyHistory, Portfolio
from hub.okr_files.loader import read_okrs
from hub.report.run_json import finding_row
from hub.sandbox.github.site import GitHubSite
from hub.wiring import make_connectors
from rules.registry import ALL_RULES
from tests.sandbox_support.apps import start_environment

ACME = Path(__file__).parents[2] / "examples" / "acme"
TRUTH: dict[str, Any] = tomllib.loads((ACME / "truth.toml").read_text(encoding="utf-8"))
MORNING = datetime.combine(TRUTH["today"], time(9), UTC)

Known = tuple[str, str]

NOT_SHOWN = {
    "no-organization-key-results": "the organization has key results, and every other finding about links needs them",
    "outdated-cycle": "the cycle is running; once it has ended, no rule about work speaks",
}
"""Built-in rules that a sound workspace in the middle of its cycle cannot show, with the reason."""


@dataclass(frozen=True, slots=True)
class Acme:
    """What a run over the example saw and said."""

    okrs: Okrs
    portfolio: Portfolio
    judgement: Judgement

    @property
    def found(self) -> dict[Known, Finding]:
        """By rule and root: there is one finding for a fault."""
        return {(f.rule, f.subject.id): f for f in self.judgement.findings}


def look_at(directory: Path, change: Callable[[GitHubSite], None] = lambda site: None) -> Acme:
    """The example as a run sees it, after a change of its GitHub."""
    with start_environment(directory) as trackers:
        change(trackers.github.site)
        config = load(trackers.config, {})
        okrs = read_okrs(config.okr_paths(), config.cycle)
        connectors = make_connectors(config, okrs)
        pulled = tuple(connector.pull() for connector in connectors)
        for connector in connectors:
            connector.close()
    portfolio = build_portfolio(Snapshot(pulled, MORNING), okrs, TRUTH["today"], DependencyHistory())
    return Acme(okrs, portfolio, check(portfolio, ALL_RULES))


@pytest.fixture(scope="module")
def acme(tmp_path_factory: pytest.TempPathFactory) -> Acme:
    return look_at(tmp_path_factory.mktemp("acme"))


def expected() -> dict[Known, dict[str, Any]]:
    return {(item["rule"], item["subject"]): item for item in TRUTH["finding"]}


def test_every_fault_is_found_and_nothing_else_is(acme: Acme) -> None:
    wanted, found = set(expected()), set(acme.found)
    assert sorted(wanted - found) == [], "missed"
    assert sorted(found - wanted) == [], "found where nothing is wrong"
    assert len(acme.judgement.findings) == len(found), "found twice"
    assert len(TRUTH["finding"]) == len(wanted), "expected twice"


def test_every_finding_is_as_severe_as_the_truth_says(acme: Acme) -> None:
    wanted = {key: row["severity"] for key, row in expected().items()}
    assert {key: str(finding.severity) for key, finding in acme.found.items()} == wanted


@pytest.mark.parametrize("place", ["act_on", "label_on"])
def test_every_finding_stands_where_the_truth_says(acme: Acme, place: str) -> None:
    wanted = {key: sorted(row.get(place, [])) for key, row in expected().items()}
    assert {key: sorted(map(str, getattr(finding, place))) for key, finding in acme.found.items()} == wanted


def test_what_feels_a_fault_is_listed_with_it(acme: Acme) -> None:
    wanted = {key: sorted(row["affects"]) for key, row in expected().items() if "affects" in row}
    assert {key: sorted(map(str, acme.found[key].affects)) for key in wanted} == wanted


def test_everything_was_read_and_judged(acme: Acme) -> None:
    assert acme.portfolio.gaps == ()
    assert acme.judgement.not_judged == ()
    assert acme.judgement.failed == frozenset()


def test_no_finding_stands_on_a_silent_ticket(acme: Acme) -> None:
    spoken = {str(ref) for finding in acme.judgement.findings for ref in finding.tickets}
    spoken |= {finding.subject.id for finding in acme.judgement.findings}
    assert spoken & (set(TRUTH["silent"]) | set(TRUTH["not_read"])) == set()


def test_nothing_is_written_on_a_silent_ticket(acme: Acme) -> None:
    actions = plan(acme.portfolio, acme.judgement, {}, frozenset({"jira", "github"})).actions
    written = {str(action.target.ref) for action in actions}
    posted = [item for item in TRUTH["finding"] if item["severity"] != "info"]
    assert written == {ticket for item in posted for ticket in item.get("act_on", [])} | {
        ticket for item in TRUTH["finding"] for ticket in item.get("label_on", [])
    }


def test_the_truth_accounts_for_every_ticket_once(acme: Acme) -> None:
    faulty = {id_ for item in TRUTH["finding"] for id_ in spoken_of(item) if id_.startswith(("jira:", "github:"))}
    faulty -= {"github:acme/website"}
    silent, unread = set(TRUTH["silent"]), set(TRUTH["not_read"])
    assert {str(ref) for ref in acme.portfolio.initiatives} == faulty | silent
    assert faulty & silent == set()
    assert seeded_tickets() == faulty | silent | unread


def spoken_of(row: dict[str, Any]) -> set[str]:
    """All ids that a finding names: tickets, a repository, key results."""
    return {row["subject"], *(id_ for place in ("act_on", "label_on", "affects") for id_ in row.get(place, ()))}


def seeded_tickets() -> set[str]:
    jira = json.loads((ACME / "jira.json").read_text(encoding="utf-8"))
    github = json.loads((ACME / "github.json").read_text(encoding="utf-8"))["issues"]
    return {f"jira:{item['key']}" for item in jira} | {f"github:{item['repo']}#{item['number']}" for item in github}


def test_every_built_in_rule_is_shown(acme: Acme) -> None:
    shown = {finding.rule for finding in acme.judgement.findings}
    assert shown == {rule.name for rule in ALL_RULES} - NOT_SHOWN.keys()


def test_the_private_key_result_counts_as_served(acme: Acme) -> None:
    (private,) = [k.id for k in acme.okrs.key_results.values() if k.private]
    served = {str(key_result_link.initiative) for key_result_link in acme.portfolio.served_by[private]}
    assert served == {"jira:BIZ-6", "jira:BIZ-8"}
    assert acme.portfolio.aligned(private)


def test_the_private_key_result_is_named_nowhere(acme: Acme) -> None:
    (private,) = [k for k in acme.okrs.key_results.values() if k.private]
    said = everything_said(acme)
    assert "a private key result" in said
    assert private.id not in said
    assert private.title.casefold() not in said.casefold()


def everything_said(acme: Acme) -> str:
    """Findings as values and as JSON, and every planned write as a value and in both trackers' formats."""
    rows = [finding_row(finding) for finding in acme.judgement.findings]
    actions = plan(acme.portfolio, acme.judgement, {}, frozenset({"jira", "github"})).actions
    posts = [(action.message, action.target.ref.key) for action in actions if action.message is not None]
    assert posts
    comments = [json.dumps(document(message)) for message, _ in posts]
    comments += [body(message, "acme", ticket) for message, ticket in posts]
    return "\n".join([json.dumps(rows), repr(acme.judgement), repr(actions), *comments])
