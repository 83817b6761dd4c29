"""Whatever people get wrong in files or words: exit code 2, the place and the key on stderr, and nothing happens."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from hub.config.settings import load
from hub.state import has_state
from tests.end_to_end.workspace import AS_OF, Desk, Ran, hub_in

CONFIG, OKRS = "config.toml", "2026-Q4.toml"
Mistake = tuple[Callable[[Desk], None], str, str]


def in_config(old: str, new: str) -> Callable[[Desk], None]:
    return lambda desk: desk.configure(old, new)


def in_okrs(old: str, new: str) -> Callable[[Desk], None]:
    return lambda desk: desk.okrs(old, new)


MISTAKES: dict[str, Mistake] = {
    "OKR syntax": (in_okrs('title = "Letter', "title = Letter"), OKRS, ""),
    "OKR unknown key": (in_okrs("confidence = 0.4", "confidense = 0.4"), OKRS, "confidense"),
    "duplicate id": (in_okrs('id = "launch-nps"', 'id = "launch-dau"'), OKRS, "launch-dau"),
    "key result that points nowhere": (
        in_okrs('key_result = "scale-p99", priority = 1', 'key_result = "scale-p9", priority = 1'),
        OKRS,
        "depends_on",
    ),
    "team that is not there": (in_okrs('teams = ["data"]', 'teams = ["dta"]'), OKRS, "teams"),
    "configuration syntax": (in_config('cycle = "2026-Q4"', "cycle = 2026-Q4"), CONFIG, ""),
    "configuration unknown key": (in_config("max_share", "max_shares"), CONFIG, "publish.max_shares"),
    "cycle that no file holds": (in_config('cycle = "2026-Q4"', 'cycle = "2026-Q1"'), "", "cycle"),
    "OKR files that are not there": (in_config("okrs/*.toml", "okr/*.toml"), CONFIG, "okrs"),
    "missing Jira token": (in_config('token_file = "secrets/jira-token"', ""), CONFIG, "connectors.jira.token"),
    "token file that is not there": (in_config("secrets/jira-token", "secrets/jira"), CONFIG, "token_file"),
    "missing GitHub token": (in_config('token_file = "secrets/github-token"', ""), CONFIG, "connectors.github"),
    "unknown kind": (in_config('kind = "jira"', 'kind = "jirra"'), CONFIG, "connectors.jira.kind"),
    "unknown key of a connector": (in_config("email =", "e_mail ="), CONFIG, "connectors.jira.e_mail"),
    "unknown rule": (
        in_config("[publish]", '[rules.crowded-key-results]\nseverity = "off"\n[publish]'),
        CONFIG,
        "rules",
    ),
    "state of an unknown kind": (lambda desk: desk.keep_state_in("mysql://hub"), CONFIG, "state"),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_named_with_its_place_and_changes_nothing(desk: Desk, mistake: str) -> None:
    make, file, key = MISTAKES[mistake]
    before = load(desk.config, {})
    make(desk)
    ran = desk.sync()
    assert_refused(ran)
    assert key in ran.err
    if file:
        assert re.search(rf"{re.escape(file)}:\d+: ", ran.err), ran.err
    assert desk.here.jira.traffic.requests + desk.here.github.traffic.requests == 0
    assert not has_state(before)


@pytest.mark.parametrize(
    ("mistake", "meant"),
    [
        ("OKR unknown key", "confidence"),
        ("key result that points nowhere", "scale-p99"),
        ("team that is not there", "data"),
        ("configuration unknown key", "max_share"),
        ("unknown kind", "jira"),
        ("unknown rule", "crowded-key-result"),
        ("missing Jira token", "HUB_CONNECTORS__JIRA__TOKEN"),
        ("missing GitHub token", "HUB_CONNECTORS__GITHUB__TOKEN"),
    ],
)
def test_the_message_says_what_was_probably_meant(desk: Desk, mistake: str, meant: str) -> None:
    MISTAKES[mistake][0](desk)
    assert meant in desk.sync().err


def test_several_mistakes_are_told_at_once(desk: Desk) -> None:
    desk.configure("max_share", "max_shares")
    desk.configure("workspace =", "workspce =")
    ran = desk.sync()
    assert_refused(ran)
    assert "max_shares" in ran.err
    assert "workspce" in ran.err


def test_a_mistake_in_a_process_of_its_own_leaves_no_traceback(desk: Desk) -> None:
    desk.okrs("confidence = 0.4", "confidense = 0.4")
    assert_refused(desk.process("sync", *AS_OF))


def test_a_mistake_after_a_good_run_leaves_the_state_as_it_was(synced: Desk) -> None:
    before, marks, written = synced.remembered(), synced.marks(), synced.writes
    synced.okrs('teams = ["data"]', 'teams = ["dta"]')
    assert_refused(synced.sync())
    assert_refused(synced.hub("retract", "--yes", "--only", "gitlab"))
    assert_refused(synced.sync("--only", "gitlab"))
    assert (synced.remembered(), synced.marks(), synced.writes) == (before, marks, written)


def test_an_unknown_name_after_only_is_told_with_the_known_ones(desk: Desk) -> None:
    ran = desk.sync("--only", "gitlab")
    assert_refused(ran)
    assert "gitlab" in ran.err
    assert "jira, github" in ran.err


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("project in (ACME) AND issuetypo = Epic", "issuetypo"),
        ("project in (ACME", "400"),
    ],
)
def test_a_query_that_jira_refuses_is_a_mistake_and_no_gap(desk: Desk, query: str, words: str) -> None:
    desk.configure("project in (ACME, BIZ, GTM, CS) AND issuetype in (Initiative, Epic, Story, Bug)", query)
    ran = desk.sync()
    assert_refused(ran)
    assert words in ran.err
    assert "connectors.jira" in ran.err or "jira: " in ran.err
    assert desk.marks() == {}
    assert desk.writes == 0


def test_no_configuration_at_all_says_how_to_begin(tmp_path: Path) -> None:
    ran = hub_in(tmp_path, "sync")
    assert_refused(ran)
    assert "config.toml" in ran.err
    assert "hub init" in ran.err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["synk"], "sync"),
        (["sync", "--dry"], "--dry"),
        (["sync", "--today", "tomorrow"], "2026-11-16"),
        (["sync", "--fail-on", "fatal"], "error"),
        (["rules", "crowded"], "crowded-key-result"),
        (["why", "ACME-99999"], "ACME-99999"),
        (["why"], "TICKET"),
    ],
)
def test_a_word_that_no_command_knows_is_told_with_what_is_known(desk: Desk, words: list[str], said: str) -> None:
    ran = desk.hub(*words)
    assert_refused(ran)
    assert said in ran.err


def assert_refused(ran: Ran) -> None:
    assert ran.code == 2, ran.said
    assert ran.out == ""
    assert ran.err.strip()
    assert "Traceback" not in ran.err
    assert "an error of its own" not in ran.err
