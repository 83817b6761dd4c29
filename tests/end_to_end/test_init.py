"""`hub init` as a newcomer meets it: from an empty folder to the first dry run, on a terminal and in scripts."""

import json
import re
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from html import unescape
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
from starlette.types import ASGIApp, Receive, Scope, Send

from hub.cli.demo import example_folder
from hub.config.settings import load
from hub.sandbox.github.app import GitHubSandbox, github_app
from hub.sandbox.github.seed import seed as seed_github
from hub.sandbox.github.site import TOKEN, GitHubSite
from hub.sandbox.jira.app import JiraSandbox, jira_app
from hub.sandbox.jira.seed import seed as seed_jira
from hub.sandbox.jira.site import JiraSite
from hub.sandbox.server import serve
from tests.end_to_end.terminal import Session, Terminal, talk
from tests.end_to_end.workspace import Ran, apart, hub_in

TRACKER, EMAIL, SECRET, READ, OKRS = "Tracker (", "E-mail", "Token (", "Enter accepts", "Or type the path"
JIRA_PAT, CLOUD_TOKEN = "sandbox-bearer-token", "sandbox-token"
PAT = {"HUB_CONNECTORS__JIRA__TOKEN": JIRA_PAT}


@dataclass(frozen=True, slots=True)
class Trackers:
    """Both trackers of the Acme example; the Jira is a Data Center, whose address may be any."""

    jira: JiraSandbox
    github: GitHubSandbox
    jira_url: str
    github_url: str

    @property
    def words(self) -> dict[str, str]:
        """What people type for each."""
        return {"jira": f"jira={self.jira_url}", "github": f"github={self.github_url}/acme"}


@pytest.fixture
def trackers() -> Iterator[Trackers]:
    source = example_folder()
    jira, github = JiraSite(deployment="DataCenter"), GitHubSite()
    seed_jira(jira, json.loads((source / "jira.json").read_text(encoding="utf-8")))
    seed_github(github, json.loads((source / "github.json").read_text(encoding="utf-8")))
    github.add_token()
    apps = jira_app(jira), github_app(github, base="/api/v3")
    with ExitStack() as stack:
        urls = [stack.enter_context(serve(app.app)).url for app in apps]
        yield Trackers(*apps, *urls)


def assert_ends_in_a_dry_run(session: Session, folder: Path, *trackers: str) -> None:
    assert session.code == 0, session.text
    assert "hub sync --dry-run" in session.text
    assert set(load(folder / "config.toml", {}).connectors) == set(trackers)
    for tracker in trackers:
        assert f"{tracker}: " in session.text.partition("hub sync --dry-run")[2]


def test_a_newcomer_with_jira_comes_to_a_dry_run_in_four_answers(trackers: Trackers, tmp_path: Path) -> None:
    answers = [(TRACKER, trackers.words["jira"]), (SECRET, JIRA_PAT), (READ, ""), (OKRS, "")]
    session = talk(tmp_path, ["init"], answers)
    assert_ends_in_a_dry_run(session, tmp_path, "jira")
    assert trackers.jira.traffic.writes == 0


def test_a_newcomer_with_github_comes_to_a_dry_run_in_four_answers(trackers: Trackers, tmp_path: Path) -> None:
    answers = [(TRACKER, trackers.words["github"]), (SECRET, TOKEN), (READ, ""), (OKRS, "")]
    session = talk(tmp_path, ["init"], answers)
    assert_ends_in_a_dry_run(session, tmp_path, "github")
    assert trackers.github.traffic.writes == 0


def test_a_newcomer_with_both_comes_to_a_dry_run_in_five_answers(trackers: Trackers, tmp_path: Path) -> None:
    both = f"{trackers.words['jira']} {trackers.words['github']}"
    answers = [(TRACKER, both), (SECRET, JIRA_PAT), (SECRET, TOKEN), (READ, ""), (OKRS, "")]
    session = talk(tmp_path, ["init"], answers)
    assert_ends_in_a_dry_run(session, tmp_path, "jira", "github")
    assert session.answers <= 6
    checked = hub_in(tmp_path, "check")
    assert checked.code == 0, checked.said
    synced = hub_in(tmp_path, "sync", "--dry-run")
    assert synced.code == 0, synced.said


@pytest.fixture
def cloud(trackers: Trackers) -> Iterator[tuple[JiraSandbox, dict[str, str]]]:
    """A Cloud site at an address of Atlassian's, reached through a proxy that leads to the sandbox."""
    source = example_folder()
    jira = JiraSite(cloud_id="c10ud")
    seed_jira(jira, json.loads((source / "jira.json").read_text(encoding="utf-8")))
    sandbox = jira_app(jira)
    with serve(as_proxy(sandbox.app)) as server:
        environ = {"http_proxy": server.url, "no_proxy": "127.0.0.1"}
        yield sandbox, environ | {"HUB_CONNECTORS__JIRA__GATEWAY": "http://api.atlassian.com"}


def as_proxy(app: ASGIApp) -> ASGIApp:
    """The app as a proxy's clients see it, who write whole addresses where others write paths."""

    async def forwarded(scope: Scope, receive: Receive, send: Send) -> None:
        path = urlsplit(scope["path"]).path
        await app({**scope, "path": path, "raw_path": path.encode()}, receive, send)

    return forwarded


CLOUD_SITE = "jira=http://acme.atlassian.net"


def test_a_newcomer_with_a_cloud_site_and_github_needs_six_answers(
    trackers: Trackers, cloud: tuple[JiraSandbox, dict[str, str]], tmp_path: Path
) -> None:
    both = f"{CLOUD_SITE} {trackers.words['github']}"
    answers = [
        (TRACKER, both),
        (EMAIL, "hub@acme.test"),
        (SECRET, CLOUD_TOKEN),
        (SECRET, TOKEN),
        (READ, ""),
        (OKRS, ""),
    ]
    session = talk(tmp_path, ["init"], answers, cloud[1])
    assert_ends_in_a_dry_run(session, tmp_path, "jira", "github")
    assert session.answers == 6
    assert load(tmp_path / "config.toml", {}).connectors["jira"]["email"] == "hub@acme.test"
    assert "https://id.atlassian.com/manage-profile/security/api-tokens" in session.text
    assert "read:jira-work, write:jira-work, read:jira-user" in session.text


def test_a_token_with_scopes_is_read_through_the_gateway(
    cloud: tuple[JiraSandbox, dict[str, str]], tmp_path: Path
) -> None:
    answers = [
        (TRACKER, CLOUD_SITE),
        (EMAIL, "hub@acme.test"),
        (SECRET, "sandbox-scoped-token"),
        (READ, ""),
        (OKRS, ""),
    ]
    session = talk(tmp_path, ["init"], answers, cloud[1])
    assert_ends_in_a_dry_run(session, tmp_path, "jira")
    assert load(tmp_path / "config.toml", {}).connectors["jira"]["cloud_id"] == "c10ud"


def test_a_token_is_in_a_file_of_its_owner_and_nowhere_else(trackers: Trackers, tmp_path: Path) -> None:
    answers = [(TRACKER, trackers.words["jira"]), (SECRET, JIRA_PAT), (READ, ""), (OKRS, "")]
    session = talk(tmp_path, ["init", "new"], answers)
    assert session.code == 0, session.text
    assert JIRA_PAT not in session.text
    holding = [path for path in tmp_path.rglob("*") if path.is_file() and JIRA_PAT.encode() in path.read_bytes()]
    secret = tmp_path / "new" / "secrets" / "jira-token"
    assert holding == [secret]
    assert stat.S_IMODE(secret.stat().st_mode) == 0o600
    assert stat.S_IMODE(secret.parent.stat().st_mode) == 0o700
    assert (secret.parent / ".gitignore").read_text(encoding="utf-8") == "*\n"


def test_the_files_hold_no_invented_goal_and_a_team_for_each_project(trackers: Trackers, tmp_path: Path) -> None:
    answers = [(TRACKER, trackers.words["jira"]), (SECRET, JIRA_PAT), (READ, "BIZ acme"), (OKRS, "")]
    session = talk(tmp_path, ["init"], answers)
    assert session.code == 0, session.text
    [okrs] = (tmp_path / "okrs").glob("*.toml")
    text = okrs.read_text(encoding="utf-8")
    assert not [line for line in text.splitlines() if line.startswith(("[[objective", "title"))]
    assert 'owns = ["jira:BIZ"]' in text
    assert 'owns = ["jira:ACME"]' in text
    assert "jira:GTM" not in text
    query = load(tmp_path / "config.toml", {}).connectors["jira"]["query"]
    assert query == 'project in ("BIZ", "ACME") AND issuetype in ("Initiative", "Epic")'


def test_an_app_is_registered_and_installed_in_the_browser(trackers: Trackers, tmp_path: Path) -> None:
    terminal = Terminal(tmp_path, ["init"], {})
    for question, answer in ((TRACKER, trackers.words["github"]), (SECRET, "")):
        terminal.read_until(question)
        terminal.type(answer)
    terminal.read_until("in a browser on this machine")
    last = register_in_a_browser(re.findall(r"http://127\.0\.0\.1:\d+/ ", terminal.screen)[-1].strip())
    assert "Go back to the terminal" in last.text
    for question in (READ, OKRS):
        terminal.read_until(question)
        terminal.type("")
    code = terminal.end()
    session = Session(code, terminal.screen, 4)
    assert_ends_in_a_dry_run(session, tmp_path, "github")
    key = tmp_path / "secrets" / "github-app.pem"
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert "PRIVATE KEY" not in session.text
    [app] = trackers.github.site.apps.values()
    assert app.permissions == {
        "issues": "write",
        "metadata": "read",
        "pull_requests": "read",
        "organization_projects": "read",
    }
    assert load(tmp_path / "config.toml", {}).connectors["github"]["app_id"] == app.id


def test_an_app_whose_key_was_not_kept_is_named(trackers: Trackers, tmp_path: Path) -> None:
    terminal = Terminal(tmp_path, ["init", "--github", f"{trackers.github_url}/acme", "--github-app"], {})
    terminal.read_until("in a browser on this machine")
    register_in_a_browser(re.findall(r"http://127\.0\.0\.1:\d+/ ", terminal.screen)[-1].strip())
    terminal.read_until(READ)
    assert terminal.interrupt() == 130
    assert "/apps/alignment-hub-acme is registered, but its key wasn't kept" in terminal.screen
    assert list(tmp_path.iterdir()) == []


def register_in_a_browser(page: str) -> httpx.Response:
    """What a person does there: press the button of the page, and follow wherever GitHub leads."""
    with httpx.Client(follow_redirects=True, timeout=60) as browser:
        form = browser.get(page).text
        [action] = re.findall(r"action='([^']+)'", form)
        [manifest] = re.findall(r"name=manifest value='([^']+)'", form)
        return browser.post(unescape(action), data={"manifest": unescape(manifest)})


def test_a_wrong_token_may_be_typed_again(trackers: Trackers, tmp_path: Path) -> None:
    answers = [(TRACKER, trackers.words["github"]), (SECRET, "ghp_wrong"), (SECRET, TOKEN), (READ, ""), (OKRS, "")]
    session = talk(tmp_path, ["init"], answers)
    assert_ends_in_a_dry_run(session, tmp_path, "github")
    assert "refused the credentials" in session.text
    assert "ghp_wrong" not in session.text


@pytest.mark.parametrize("tracker", ["jira", "github"])
def test_a_token_that_stays_wrong_ends_without_any_file(trackers: Trackers, tmp_path: Path, tracker: str) -> None:
    session = talk(tmp_path, ["init"], [(TRACKER, trackers.words[tracker]), *[(SECRET, "wrong")] * 3])
    assert session.code == 3, session.text
    assert "Check that the token is whole, not expired" in session.text
    assert "hub doctor" not in session.text  # which needs a configuration
    assert "Traceback" not in session.text
    assert list(tmp_path.iterdir()) == []


def test_an_account_that_sees_no_project_is_told_so(trackers: Trackers, tmp_path: Path) -> None:
    bot = trackers.jira.site.bot
    trackers.jira.site.accounts[bot.id] = replace(bot, projects=frozenset())
    session = talk(tmp_path, ["init"], [(TRACKER, trackers.words["jira"]), *[(SECRET, JIRA_PAT)] * 3])
    assert session.code == 2, session.text
    assert "Alignment Hub can sign in, but sees no project there" in session.text
    assert list(tmp_path.iterdir()) == []


def test_an_organization_with_nothing_to_read_is_told_so(trackers: Trackers, tmp_path: Path) -> None:
    trackers.github.site.account("bare", "Organization")
    session = talk(tmp_path, ["init"], [(TRACKER, f"github={trackers.github_url}/bare"), *[(SECRET, TOKEN)] * 3])
    assert session.code == 2, session.text
    assert "sees no repository or Project there" in session.text
    assert list(tmp_path.iterdir()) == []


def test_a_missing_right_is_named_before_anything_is_chosen(trackers: Trackers, tmp_path: Path) -> None:
    bot = trackers.jira.site.bot
    rights = bot.permissions - {"ADD_COMMENTS"}
    trackers.jira.site.accounts[bot.id] = replace(bot, permissions=rights)
    answers = [(TRACKER, trackers.words["jira"]), (SECRET, JIRA_PAT), (READ, ""), (OKRS, "")]
    session = talk(tmp_path, ["init"], answers)
    assert "in ACME the account can't comment" in session.text.partition(READ)[0]
    assert "Grant it ADD_COMMENTS in ACME" in session.text.partition(READ)[0]


def test_a_token_without_projects_names_the_missing_scope_and_reads_repositories(
    trackers: Trackers, tmp_path: Path
) -> None:
    site = trackers.github.site
    site.tokens[TOKEN] = replace(site.tokens[TOKEN], reads_projects=False)
    answers = [(TRACKER, trackers.words["github"]), (SECRET, TOKEN), (READ, ""), (OKRS, "")]
    session = talk(tmp_path, ["init"], answers)
    assert_ends_in_a_dry_run(session, tmp_path, "github")
    assert "these credentials can't read Projects" in session.text
    assert "Projects: read" in session.text
    assert "projects" not in load(tmp_path / "config.toml", {}).connectors["github"]


def test_an_organization_that_is_not_there_is_told_so(trackers: Trackers, tmp_path: Path) -> None:
    word = f"github={trackers.github_url}/nobody"
    session = talk(tmp_path, ["init"], [(TRACKER, word), *[(SECRET, TOKEN)] * 3])
    assert session.code == 2, session.text
    assert "GitHub has no organization or user 'nobody'" in session.text
    assert list(tmp_path.iterdir()) == []


def test_a_place_that_is_mistyped_may_be_typed_again(trackers: Trackers, tmp_path: Path) -> None:
    answers = [(TRACKER, trackers.words["jira"]), (SECRET, JIRA_PAT), (READ, "ACMEE"), (READ, "ACME"), (OKRS, "")]
    session = talk(tmp_path, ["init"], answers)
    assert session.code == 0, session.text
    assert "there is no 'ACMEE'" in session.text
    assert "Did you mean ACME" in session.text


def test_a_spreadsheet_of_okrs_becomes_the_okr_file_and_its_teams_own_places(
    trackers: Trackers, tmp_path: Path
) -> None:
    sheet = tmp_path / "goals.csv"
    sheet.write_text(
        "Cycle,Team,Objective,Key result,Start,Target\n2026-Q4,Acme,Grow,Revenue of 10M,6,10\n", encoding="utf-8"
    )
    answers = [(TRACKER, trackers.words["jira"]), (SECRET, JIRA_PAT), (READ, "ACME BIZ"), (OKRS, str(sheet))]
    session = talk(tmp_path, ["init", "hub"], answers)
    assert session.code == 0, session.text
    text = (tmp_path / "hub" / "okrs" / "2026-Q4.toml").read_text(encoding="utf-8")
    assert 'owns = ["jira:ACME"]' in text
    assert 'owns = ["jira:BIZ"]' in text
    assert text.count('id = "acme"') == 1
    checked = hub_in(tmp_path / "hub", "check", "--fail-on", "never")
    assert checked.code == 0, checked.said


def test_an_interrupted_conversation_leaves_nothing_behind(trackers: Trackers, tmp_path: Path) -> None:
    answers = [(TRACKER, trackers.words["jira"]), (SECRET, JIRA_PAT), (READ, ""), (OKRS, "\x03")]
    session = talk(tmp_path, ["init"], answers)
    assert session.code == 130
    assert list(tmp_path.iterdir()) == []


def test_an_empty_answer_writes_templates(tmp_path: Path) -> None:
    session = talk(tmp_path, ["init"], [(TRACKER, "")])
    assert session.code == 0
    assert hub_in(tmp_path, "check", "--fail-on", "warning").code == 0


def init_in_a_script(folder: Path, environ: dict[str, str], *words: str) -> Ran:
    how = apart(folder)
    how["env"] |= environ
    line = [sys.executable, "-m", "hub", "init", *words, "--yes"]
    ran = subprocess.run(line, **how, capture_output=True, timeout=120, check=False)
    return Ran(ran.returncode, ran.stdout, ran.stderr)


def test_a_script_gives_flags_and_is_asked_nothing(trackers: Trackers, tmp_path: Path) -> None:
    tokens = {**PAT, "HUB_CONNECTORS__GITHUB__TOKEN": TOKEN}
    read = ("--read", "ACME", "--read", "acme/app")
    words = ("--jira", trackers.jira_url, "--github", f"{trackers.github_url}/acme", *read)
    ran = init_in_a_script(tmp_path, tokens, *words)
    assert ran.code == 0, ran.err
    assert not (tmp_path / "secrets").exists()
    connectors = load(tmp_path / "config.toml", {}).connectors
    assert connectors["github"]["repositories"] == ["acme/app"]
    assert JIRA_PAT not in "".join(path.read_text() for path in tmp_path.rglob("*.toml"))


def test_a_script_names_the_account_of_a_site_at_any_address(tmp_path: Path) -> None:
    site = JiraSite()
    seed_jira(site, json.loads((example_folder() / "jira.json").read_text(encoding="utf-8")))
    token = {"HUB_CONNECTORS__JIRA__TOKEN": CLOUD_TOKEN}
    with serve(jira_app(site).app) as server:
        ran = init_in_a_script(tmp_path, token, "--jira", server.url, "--email", "hub@acme.test", "--read", "ACME")
    assert ran.code == 0, ran.said
    assert load(tmp_path / "config.toml", token).connectors["jira"]["email"] == "hub@acme.test"


def test_offline_takes_nothing_that_it_would_leave_out(tmp_path: Path) -> None:
    ran = hub_in(tmp_path, "init", "--offline", "--import", "okrs.csv")
    assert ran.code == 2
    assert "--offline" in ran.err
    assert list(tmp_path.iterdir()) == []


def test_names_that_would_act_are_shown_and_written_as_words(trackers: Trackers, tmp_path: Path) -> None:
    site = trackers.jira.site
    site.add_project("EVIL", 'Quote " \x1b[31m\n[publish]\nenabled = true @everyone')
    site.add_issue("EVIL-1", "Work")
    ran = init_in_a_script(tmp_path, PAT, "--jira", trackers.jira_url, "--read", "EVIL")
    assert ran.code == 0, ran.err
    assert "\x1b" not in ran.said
    assert load(tmp_path / "config.toml", {}).publish.enabled is False
    assert hub_in(tmp_path, "check").code == 0


def test_an_address_where_no_jira_answers_is_named_with_what_to_check(trackers: Trackers, tmp_path: Path) -> None:
    ran = init_in_a_script(tmp_path, PAT, "--jira", trackers.github_url)
    assert ran.code == 3
    assert f"{trackers.github_url} could not be looked at" in ran.err
    assert "Check that this is the address of a Jira" in ran.err
    assert list(tmp_path.iterdir()) == []


def test_json_lists_the_files_and_nothing_else(trackers: Trackers, tmp_path: Path) -> None:
    ran = init_in_a_script(tmp_path, PAT, "--jira", trackers.jira_url, "--format", "json")
    assert ran.code == 0, ran.err
    assert [Path(row["file"]).name for row in json.loads(ran.out) if row["written"]][-1] == "config.toml"


@pytest.mark.parametrize(
    ("words", "missing"),
    [
        ((), "--jira URL or --github ORG"),
        (("--jira", "https://acme.atlassian.net"), "--yes"),
        (("--jira", "https://acme.atlassian.net", "--yes"), "HUB_CONNECTORS__JIRA__EMAIL (or --email)"),
        (("--jira", "https://jira.acme.test", "--yes"), "HUB_CONNECTORS__JIRA__TOKEN"),
        (("--github", "acme", "--yes"), "HUB_CONNECTORS__GITHUB__TOKEN"),
    ],
)
def test_a_script_without_what_is_needed_is_told_the_flag(tmp_path: Path, words: tuple[str, ...], missing: str) -> None:
    ran = hub_in(tmp_path, "init", *words)
    assert ran.code == 2
    assert missing in " ".join(ran.err.split())
    assert list(tmp_path.iterdir()) == []


def test_a_configuration_that_is_there_is_never_overwritten(trackers: Trackers, tmp_path: Path) -> None:
    config = tmp_path / "config.toml"
    config.write_text("# mine\n", encoding="utf-8")
    ran = hub_in(tmp_path, "init", "--jira", trackers.jira_url, "--yes")
    assert ran.code == 2
    assert "is there already, and is never overwritten" in ran.err
    assert config.read_text(encoding="utf-8") == "# mine\n"
    assert list(tmp_path.iterdir()) == [config]
