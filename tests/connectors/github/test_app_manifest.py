"""An App from a manifest: which rights it asks for, whom it believes, and what its errors hold."""

import re
import threading
from collections.abc import Iterator
from html import unescape
from urllib.parse import urlsplit

import httpx
import pytest

from connectors.github.app_manifest import manifest, register
from connectors.github.settings import PERMISSIONS, permissions_text
from hub.model.errors import HubError
from hub.model.survey import AppCredentials
from tests.connectors.github.served import Served, served
from tests.fakes.connector_context import a_world

LEVELS = {"read": "read", "write": "read and write"}


class Registration:
    """A registration that runs beside the test, as it does beside a browser."""

    def __init__(self, github: Served, owner: str = "acme") -> None:
        self.notes: list[str] = []
        self.app: AppCredentials | None = None
        self.error: HubError | None = None
        self._started = threading.Event()
        self._thread = threading.Thread(target=self._run, args=(github, owner), daemon=True)
        self._thread.start()
        assert self._started.wait(30)
        self.page = re.findall(r"http://[^ ]+/", self.notes[0])[0]

    def form(self) -> tuple[str, str]:
        """Where the page's form leads, and the manifest in it."""
        text = httpx.get(self.page).text
        return unescape(re.findall(r"action='([^']+)'", text)[0]), unescape(re.findall(r"value='([^']+)'", text)[0])

    def over(self) -> None:
        self._thread.join(30)
        assert not self._thread.is_alive()

    def _run(self, github: Served, owner: str) -> None:
        try:
            self.app = register(github.url, owner, self._note, a_world(github.time))
        except HubError as error:
            self.error = error

    def _note(self, text: str) -> None:
        self.notes.append(text)
        self._started.set()


@pytest.fixture
def github() -> Iterator[Served]:
    with served(base="/api/v3") as each_served:
        yield each_served


def test_the_manifest_asks_for_exactly_the_rights_that_doctor_names() -> None:
    asked = manifest("acme", "https://github.com", "http://127.0.0.1:1")["default_permissions"]
    titles = {f"{PERMISSIONS[name][0]}: {LEVELS[access]}" for name, access in asked.items()}
    assert titles == set(permissions_text().split(", "))
    assert asked["issues"] == "write"
    assert {access for name, access in asked.items() if name != "issues"} == {"read"}


def test_a_browser_that_follows_the_pages_ends_with_the_apps_key(github: Served) -> None:
    registration = Registration(github)
    action, text = registration.form()
    last = httpx.post(action, data={"manifest": text}, follow_redirects=True)
    registration.over()
    assert last.status_code == 200
    assert registration.app is not None
    [app] = github.site.apps.values()
    assert (registration.app.app_id, registration.app.installation_id) == (app.id, app.installations[0])
    assert "PRIVATE KEY" in registration.app.private_key
    assert "PRIVATE KEY" not in repr(registration.app)


def test_an_answer_to_another_question_is_not_taken(github: Served) -> None:
    registration = Registration(github)
    forged = httpx.get(f"{registration.page}registered?code=stolen&state=guessed")
    assert forged.status_code == 400
    assert registration.app is None
    assert github.site.apps == {}
    action, text = registration.form()
    httpx.post(action, data={"manifest": text}, follow_redirects=True)
    registration.over()
    assert registration.app is not None


def test_a_page_of_another_name_for_this_machine_is_not_answered(github: Served) -> None:
    registration = Registration(github)
    port = urlsplit(registration.page).port
    answer = httpx.get(registration.page, headers={"Host": f"evil.test:{port}"})
    assert answer.status_code == 404
    assert "manifest" not in answer.text


def test_a_code_that_github_does_not_know_ends_it_without_showing_the_code(github: Served) -> None:
    registration = Registration(github)
    state = registration.form()[0].rpartition("state=")[2]
    answer = httpx.get(f"{registration.page}registered?code=c0de-of-nobody&state={state}")
    registration.over()
    assert answer.status_code == 400
    assert registration.error is not None
    assert "HTTP 404" in str(registration.error)
    assert "c0de-of-nobody" not in str(registration.error)


def test_an_installation_without_a_right_names_it(github: Served) -> None:
    registration = Registration(github)
    action, text = registration.form()
    with_browser = httpx.post(action, data={"manifest": text.replace('"issues": "write"', '"issues": "read"')})
    httpx.get(with_browser.headers["location"], follow_redirects=True)
    registration.over()
    assert registration.error is not None
    assert "without Issues: read and write" in str(registration.error)


def test_an_app_that_is_not_installed_yet_goes_on_waiting(github: Served) -> None:
    registration = Registration(github)
    early = httpx.get(f"{registration.page}installed?installation_id=1")
    assert early.status_code == 409
    assert registration.app is None
    assert registration.error is None
