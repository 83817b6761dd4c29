"""Tokens of a shape that is easy to find: in no output, error, log or state, as they are or in base64."""

import base64
import dataclasses

import pytest

from tests.end_to_end.workspace import AS_OF, Desk
from tests.sandbox_support.faults import Fault

JIRA, GITHUB = "ATATT3xCanaryJiraToken0123456789", "ghp_CanaryGitHubToken0123456789abcd"
PAIR = base64.b64encode(f"hub@acme.test:{JIRA}".encode()).decode()
ECHOES = {
    "jira": {"errorMessages": [f"no {JIRA}"], "errors": {"authorization": f"Basic {PAIR}"}},
    "github": {"message": f"Bad credentials: Bearer {GITHUB}"},
}
FAULTS = {
    "nothing": None,
    "401 that repeats the token": Fault("status", times=None, status=401),
    "403 that repeats the token": Fault("status", times=None, status=403),
    "400 that repeats the token": Fault("status", path="search|graphql", times=None, status=400),
    "refused writes that repeat the token": Fault("status", path="comment", times=None, status=403),
}


@pytest.fixture
def sworn(desk: Desk) -> Desk:
    """Both trackers know the canaries, and nothing else."""
    bot = desk.jira.bot = desk.jira.add_account(dataclasses.replace(desk.jira.bot, token=JIRA))
    assert bot.token == JIRA
    desk.github.tokens.clear()
    desk.github.add_token(GITHUB)
    (desk.folder / "secrets" / "jira-token").write_text(JIRA, encoding="utf-8")
    (desk.folder / "secrets" / "github-token").write_text(GITHUB, encoding="utf-8")
    return desk


@pytest.mark.parametrize("fault", FAULTS)
def test_no_token_is_shown_or_kept(sworn: Desk, fault: str) -> None:
    breaks = FAULTS[fault]
    if breaks is not None:
        break_both(sworn, breaks)
    ran = sworn.sync("-v", "-v")
    assert (ran.code == 0) is (breaks is None)
    assert_clean(ran.said)
    for words in (["status"], ["why", "ACME-5", *AS_OF, "-v"], ["retract", "--yes"]):
        assert_clean(sworn.hub(*words).said)
    assert_nothing_is_kept(sworn)
    assert_clean(repr(sworn.marks()))


@pytest.mark.parametrize("effect", ["status", "drop", "html"])
def test_no_token_is_in_what_an_outage_leaves_behind(sworn: Desk, effect: str) -> None:
    break_both(sworn, Fault(effect, times=None, status=503))
    code, outcome = sworn.impatient_sync()
    assert code == 3
    assert_clean(repr(outcome))
    assert_clean(sworn.hub("status", "--format", "json").said)
    assert_nothing_is_kept(sworn)


def test_no_token_is_in_a_traceback_that_somebody_asked_for(sworn: Desk) -> None:
    break_both(sworn, Fault("status", path="search|graphql", times=None, status=400))
    process = sworn.start("sync", *AS_OF, "-v", debug=True)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 2
    assert "Traceback" in err
    assert_clean(out + err)


def test_a_token_written_into_the_configuration_is_refused_and_not_repeated(sworn: Desk) -> None:
    sworn.configure('token_file = "secrets/jira-token"', f'token = "{JIRA}"')
    ran = sworn.sync()
    assert ran.code == 2
    assert "HUB_CONNECTORS__JIRA__TOKEN" in ran.err
    assert_clean(ran.said)


def break_both(desk: Desk, fault: Fault) -> None:
    """Each tracker answers with what it was sent."""
    for name, sandbox in desk.sandbox.items():
        sandbox.faults.add(dataclasses.replace(fault, body=ECHOES[name]))


def assert_nothing_is_kept(desk: Desk) -> None:
    stored = desk.stored()
    assert any(stored.values())
    for text in stored.values():
        assert_clean(text)


def assert_clean(said: str) -> None:
    for token in (JIRA, GITHUB):
        assert token not in said
        assert token[5:25] not in said
        for before in ("", "hub@acme.test:", "x:"):
            assert base64.b64encode(f"{before}{token}".encode()).decode().rstrip("=")[:-1] not in said
