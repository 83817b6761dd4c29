"""Whatever address is asked, nobody outside its audience reads of a private key result, and its audience does."""

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, timedelta
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

from fastapi import FastAPI
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

from hub.config.settings import load
from hub.core.insight.run_summary import RunResult, summary
from hub.core.planning.plan import plan
from hub.model.action import LedgerEntry, PostedFinding, Receipt, Status, Target
from hub.model.errors import ConfigError, Problem
from hub.model.finding import Waiver
from hub.model.initiative import Gap, Initiative, PullResult, Snapshot
from hub.model.okr import CheckIn, Contribution, KeyResult, Objective, Okrs, Visibility, WorkQuery
from hub.model.portfolio import DependencyHistory
from hub.model.service_state import Run, SchedulerState
from hub.report.text import public_error
from hub.service.main import ServiceOptions, _build_parts
from hub.usecases.assess import StoredState
from hub.web.app import make_app
from hub.web.monitoring import Metrics, metrics_route, readiness_route
from hub.web.pages.map_counts import LISTS
from hub.web.server import open_listener
from tests.builders import TODAY
from tests.hub.pipeline.portfolios import KEY_RESULTS, okrs, tickets
from tests.hub.test_private_key_results import SECRETS, commands, speaking, title_of, with_private
from tests.hub.web.served_snapshot import NOW, FakeSnapshotSource, a_site, anew, read_of
from tests.sandbox_support.apps import start_environment

INSIDE, OUTSIDE = "product", "sales"
# What tells of a private key result: the beginning of its id, its title, what was said at its check-ins.
TELLTALE = (
    *(f"heron-{id_}" for id_ in KEY_RESULTS),
    "letter of intent with",
    "osprey",
    "86421357",
    "70031415",
    "0.8713",
    "2026-10-07",
)
NAMES = frozenset({"rule", "run", "team", "key_result", "connector", "key", "path", "count"})
QUERIES = ("", "?limit=3&offset=1", "?team=product", "?severity=error", "?q=acme", "?state=done", "?page=2", "?text=a")
UNSEEN = st.frozensets(st.sampled_from(KEY_RESULTS), min_size=1)


def addresses(app: FastAPI) -> set[str]:
    """Every path that answers GET, as it was declared."""
    return {path for path in _paths(app.routes) if not path.startswith("/static")}


def _paths(routes: Iterable[Any]) -> Iterator[str]:
    for route in routes:
        inner = getattr(route, "original_router", None)
        if inner is not None:
            yield from _paths(inner.routes)
        elif "GET" in (getattr(route, "methods", None) or ()):
            yield route.path


def asked(path: str, okrs_: Okrs, some: tuple[Initiative, ...]) -> Iterator[str]:
    """The address with everything that could stand for its names."""
    names = frozenset(re.findall(r"{(\w+)", path))
    assert names <= NAMES, f"{path}: say here what may stand for {sorted(names - NAMES)}"
    values: dict[str, tuple[str, ...]] = {
        "rule": ("split-goal", "exposed-private-key-result", "nonsense"),
        "run": ("1", "99"),
        "team": (*okrs_.teams, "nobody"),
        "key_result": (*okrs_.key_results, "nothing"),
        "path": ("nonsense", "findings/nonsense"),
        "count": tuple(LISTS),
    }
    if "key" in names:
        for ticket in some:
            yield path.replace("{connector}", ticket.ref.connector).replace("{key:path}", quote(ticket.ref.key))
        return
    for name in names:
        for value in values[name]:
            yield path.replace(f"{{{name}}}", value).replace(f"{{{name}:path}}", value)
    if not names:
        yield path


def told(key_result: KeyResult, secrets: tuple[str, ...], titles: tuple[str, ...]) -> KeyResult:
    """Check-ins of every goal speak of private ones; a private goal's own stay with its audience."""
    said = f"we wait for {secrets[0]} and {titles[-1].lower()}"
    own = "osprey" if key_result.private else "fine"
    day = TODAY - timedelta(days=3)
    check_ins = (CheckIn(day, 5.0, 0.4, ("product",), f"{own}: {secrets[0]}", f"{own} {said}"),)
    spoken = replace(key_result, check_ins=check_ins, blocker=f"{own}: {secrets[-1]}")
    return canaries(spoken) if key_result.private else spoken


def named_apart(objective: Objective, known: Okrs) -> Objective:
    """What an objective is called tells what its key results are about, where all of them are private."""
    secret = objective.key_results and all(known.key_results[id_].private for id_ in objective.key_results)
    return replace(objective, title="Take over Osprey Radio", standalone="osprey asked") if secret else objective


def canaries(key_result: KeyResult) -> KeyResult:
    """A telling value in every field that a file may state."""
    return replace(
        key_result,
        audience=(INSIDE,),
        start=70031415.0,
        target=86421357.0,
        current=70031415.5,
        unit="osprey-unit",
        metric="osprey-metric",
        owners=(INSIDE, "osprey-owner"),
        contributions=(Contribution("osprey-team", share=0.8713),),
        confidence=0.8713,
        aligns_to=tuple(replace(link, since=date(2026, 10, 7)) for link in key_result.aligns_to),
        depends_on=tuple(
            replace(need, needed_by=date(2026, 10, 7), since=date(2026, 10, 7)) for need in key_result.depends_on
        ),
        work=(WorkQuery("jira", "labels = osprey"),),
        stated=frozenset({"start", "target"}),
    )


def spoken(ticket: Initiative, at: int, secrets: tuple[str, ...], titles: tuple[str, ...]) -> Initiative:
    """People put names into titles and labels, too."""
    words = (f"Prepare {secrets[0]}", f"[kr-{secrets[-1]}] go", f"{titles[0].upper()} first", ticket.title)
    labels = ticket.labels | ({f"kr-{secrets[at % len(secrets)]}", f"theme/{secrets[0].upper()}"} if at % 2 else set())
    return replace(ticket, title=words[at % len(words)], labels=frozenset(labels))


def a_past(known: Okrs, some: tuple[Initiative, ...], secrets: tuple[str, ...]) -> tuple[Run, ...]:
    """A run from before anything was private, whose words name all of it."""
    from hub.core.checking.check import check
    from hub.core.mapping.build_portfolio import build_portfolio
    from rules.registry import all_rules

    open_then = {
        id_: replace(key_result, visibility=Visibility.PUBLIC) for id_, key_result in known.key_results.items()
    }
    pulled = tuple(
        PullResult(
            name, tuple(ticket for ticket in some if ticket.ref.connector == name), (Gap(name, f"no {secrets[0]}"),)
        )
        for name in ("github", "jira")
    )
    snapshot = Snapshot(pulled, NOW, pulled)
    portfolio = build_portfolio(snapshot, replace(known, key_results=open_then), TODAY, DependencyHistory())
    judgement = check(portfolio, all_rules())
    wanted = plan(portfolio, judgement, {}, frozenset({"github", "jira"}))
    receipts = tuple(Receipt(action, Status.FAILED, f"{action.reason} {secrets[0]}") for action in wanted.actions)
    outcome = RunResult(1, snapshot, portfolio, judgement, wanted, receipts, unsafe=f"too much of {secrets[0]}")
    return (Run(1, NOW, NOW, "partial", {}, summary(outcome)),)


def remembered(known: Okrs, some: tuple[Initiative, ...], private: frozenset[str], seed: int) -> StoredState:
    secrets = tuple(SECRETS[id_] for id_ in sorted(private))
    gaps = (Gap("jira", f"the field of {secrets[0].upper()} cannot be read", "ACME-1"),)
    runs = a_past(known, some, secrets)
    heard = commands(some, private, seed)
    ledger = {
        (ticket.ref.connector, ticket.id): LedgerEntry(
            Target(ticket.ref, ticket.id),
            "c1",
            "bot",
            "d",
            (PostedFinding("split-goal", "error", "f"),),
            edit_conflicts=9,
        )
        for ticket in some[::2]
    }
    memory = DependencyHistory(commands={"jira": heard, "github": heard})
    return StoredState(read_of(*some, gaps=gaps), memory, runs, runs, ledger)


class Site:
    """One application for all examples: made once, as that takes longer than an example."""

    def __init__(self) -> None:
        self.looks, self.metrics = FakeSnapshotSource(), Metrics()
        self.state = SchedulerState(NOW)
        self.site = a_site(self.looks, scheduler_state=lambda: self.state)
        probes = readiness_route(lambda: self.state, dict, lambda: NOW)
        self.app = make_app(self.site, [probes, metrics_route(self.site, self.metrics, lambda: ())])
        self.paths = sorted(addresses(self.app))

    def show(self, known: Okrs, past: StoredState, waivers: tuple[Waiver, ...], error: str) -> None:
        self.looks.okrs, self.looks.remembered, self.looks.waivers = known, past, waivers
        self.looks.number += 1
        self.state = SchedulerState(NOW, error=error, failing_since=NOW)
        self.site.snapshots._snapshots.clear()
        anew(self.site)


@contextmanager
def _opened(site: Site) -> Iterator[TestClient]:
    with TestClient(site.app, raise_server_exceptions=False) as client:
        yield client


SITES: list[Site] = []


def the_site() -> Site:
    if not SITES:
        SITES.append(Site())
    return SITES[0]


def plain(answer: Any) -> str:
    """All that came, without the ways in which letters can be written differently."""
    words = answer.text + " ".join(f"{name}: {value}" for name, value in answer.headers.items())
    return re.sub(r"(?<=\d),(?=\d)", "", unquote(unescape(words)).replace("\\", "").casefold())


@given(okrs(), tickets(), UNSEEN, st.integers(0, 20))
@settings(
    max_examples=10, deadline=None, phases=(Phase.explicit, Phase.generate), suppress_health_check=list(HealthCheck)
)
def test_no_address_tells_outsiders_of_a_private_key_result(
    base: Okrs, drawn: tuple[Initiative, ...], private: frozenset[str], seed: int
) -> None:
    site, secrets = the_site(), tuple(SECRETS[id_] for id_ in sorted(private))
    known = with_private(base, private)
    titles = tuple(title_of(id_) for id_ in sorted(private))
    known = replace(
        known, key_results={id_: told(key_result, secrets, titles) for id_, key_result in known.key_results.items()}
    )
    known = replace(
        known, objectives={id_: named_apart(objective, known) for id_, objective in known.objectives.items()}
    )
    some = tuple(spoken(speaking(ticket, private), at, secrets, titles) for at, ticket in enumerate(drawn))
    waivers = tuple(
        Waiver(rule, subject, f"until {secrets[0]} is signed", f"owner of {secrets[-1]}", date(2027, 1, 1))
        for rule, subject in (("initiative-without-key-result", "ACME-1"), ("crowded-key-result", secrets[0]))
    )
    fault = ConfigError([Problem("okrs.toml:3", f"key_result {secrets[0]}", f"{titles[0]} leads nowhere")])
    site.show(known, remembered(known, some, private, seed), waivers, public_error(fault))
    with _opened(site) as client:
        role = ("viewer", "admin")[seed % 2]
        outside = {"x-role": role, "x-teams": OUTSIDE}
        for path in site.paths:
            for address in asked(path, known, some):
                for query in QUERIES if "{" not in path else QUERIES[:1]:
                    answer = client.get(address + query, headers=outside)
                    assert answer.status_code != 500, f"{address}{query}: {answer.text}"
                    said = plain(answer)
                    for word in TELLTALE:
                        at = said.find(word)
                        assert at < 0, f"{role} {address}{query}: …{said[max(0, at - 200) : at + 60]}"
        inside = {"x-role": "viewer", "x-teams": INSIDE}
        for id_ in sorted(private):
            for path in ("/key-results/", "/api/key-results/"):
                answer = client.get(path + SECRETS[id_], headers=inside)
                assert (answer.status_code, title_of(id_).casefold() in plain(answer)) == (200, True)


def test_addresses_of_all_pages_and_of_the_api_are_asked() -> None:
    from hub.web.app import LIVE, PAGES

    paths = addresses(the_site().app)
    assert {path for path, _ in (*PAGES, *LIVE)} < paths
    assert {"/metrics", "/readyz", "/api/audit", "/api/tickets/{connector}/{key:path}"} < paths
    assert len(paths) > 25


def test_the_service_answers_at_no_address_that_is_not_asked_here(tmp_path: Path) -> None:
    with start_environment(tmp_path / "workspace") as here, open_listener("127.0.0.1", 0) as sock:
        parts = _build_parts(load(here.config, {}), ServiceOptions(TODAY), sock, None)
        parts.receiver.close()
    # Signing in is for those who are not let in yet: these routes see no snapshot.
    assert addresses(parts.app) <= addresses(the_site().app) | {"/sign-in", "/auth/callback"}
