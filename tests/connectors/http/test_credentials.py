"""What the library and the gate send to be let in is the same, whatever letters a password has."""

import base64
import json

import pytest
from pydantic import SecretStr

from connectors.http.messages import Request
from connectors.jira.connector import JiraConnector
from tests.connectors.http.test_client import Handler, served
from tests.connectors.http.test_network import WHO
from tests.connectors.jira.rows import some_settings
from tests.fakes.connector_context import a_world


@pytest.mark.parametrize("password", ["plain", "pässwörd", "пароль → 密码", "with blank: and colon"])
@pytest.mark.parametrize("name", ["hub", "jörg"])
def test_a_password_may_hold_any_letter(password: str, name: str) -> None:
    sent: list[tuple[str, str]] = []

    def answer(handler: Handler) -> None:
        sent.append((handler.headers["Authorization"], handler.headers["X-Force-Accept-Language"]))
        handler.reply(200, json.dumps(WHO).encode())

    with served(answer) as (url, _):
        connector = JiraConnector("jira", some_settings(url=url, email=name, token=SecretStr(password)), a_world())
        connector.whoami()
        connector._client.send(Request("GET", "/anything"))
        connector.close()
    pair = base64.b64encode(f"{name}:{password}".encode()).decode()
    assert len(sent) >= 2
    assert set(sent) == {(f"Basic {pair}", "true")}
