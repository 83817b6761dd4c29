"""A GitHub App signs in by its key, works with an installation's token, renews it and writes as its bot."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from connectors.github.connector import GitHubConnector
from hub.model.errors import CredentialsRefused
from hub.model.message import Message, Point, Text
from hub.sandbox.github.access import App
from hub.sandbox.github.apps import expire
from tests.connectors.github.served import Served, a_site, served
from tests.sandbox_support.faults import Fault

INSTALLATION = "/app/installations/42/access_tokens"
MESSAGE = Message("OKR check", (Point("a topic", (Text("words"),)),))


@pytest.fixture(scope="module")
def key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def private(key: rsa.RSAPrivateKey) -> str:
    kept = serialization.NoEncryption()
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, kept).decode()


def public(key: rsa.RSAPrivateKey) -> str:
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    return key.public_key().public_bytes(serialization.Encoding.PEM, form).decode()


@pytest.fixture
def there(key: rsa.RSAPrivateKey) -> Iterator[Served]:
    site = a_site()
    site.now = lambda: datetime.now(UTC)
    site.add_app("7", "acme-hub", public(key), 42)
    with served(site) as running:
        yield running


def app_of(there: Served) -> App:
    return there.site.apps["7"]


def connect(there: Served, key: rsa.RSAPrivateKey, **changes: object) -> GitHubConnector:
    settings = {"token": None, "app_id": 7, "installation_id": 42, "private_key": private(key)} | changes
    return there.connector(**settings)


def test_an_app_reads_with_one_token_and_writes_as_its_bot(there: Served, key: rsa.RSAPrivateKey) -> None:
    there.site.add_issue("acme/app", "Work")
    connector = connect(there, key)
    pulled = connector.pull()
    assert pulled.requests == there.sandbox.traffic.requests
    assert [ticket.title for ticket in pulled.initiatives] == ["Work"]
    assert connector.whoami().name == "acme-hub[bot]"
    assert connector.whoami().id == str(there.site.account("acme-hub[bot]").id)
    assert len(app_of(there).issued) == 1


def test_a_token_that_ends_is_renewed(there: Served, key: rsa.RSAPrivateKey) -> None:
    app_of(there).lifetime = timedelta(seconds=1)
    connector = connect(there, key)
    connector.pull()
    first = len(app_of(there).issued)
    connector.pull()
    assert len(app_of(there).issued) > first >= 1


def test_a_token_refused_before_its_time_is_renewed_and_nothing_is_lost(there: Served, key: rsa.RSAPrivateKey) -> None:
    for number in range(60):
        there.site.add_issue("acme/app", f"Work {number}")
    connector = connect(there, key, page_size=10)
    connector.pull()
    expire(there.site, app_of(there))
    pulled = connector.pull()
    assert (len(pulled.initiatives), pulled.gaps) == (60, ())
    assert len(app_of(there).issued) == 2


def test_writes_with_a_token_that_ended_are_done_once(there: Served, key: rsa.RSAPrivateKey) -> None:
    there.site.add_issue("acme/app", "Work")
    connector, target = connect(there, key), there.target("acme/app#1")
    connector.whoami()
    expire(there.site, app_of(there))
    connector.create_comment(target, MESSAGE)
    expire(there.site, app_of(there))
    connector.update_labels(target, frozenset({"okr-stale"}), frozenset())
    issue = there.site.issue("acme/app#1")
    assert len(issue.comments) == 1
    assert [label.name for label in issue.labels.values()] == ["okr-stale"]


def test_a_new_token_that_is_refused_too_is_not_renewed_for_ever(there: Served, key: rsa.RSAPrivateKey) -> None:
    there.sandbox.faults.add(Fault("status", path="/graphql", times=None, status=401))
    with pytest.raises(CredentialsRefused):
        connect(there, key, max_concurrent_requests=1).pull()
    assert len(app_of(there).issued) <= 2


def test_a_key_that_cannot_be_read_is_refused_without_showing_it(there: Served) -> None:
    broken = "-----BEGIN RSA PRIVATE KEY-----\nc2VjcmV0\n-----END RSA PRIVATE KEY-----"
    connector = there.connector(token=None, app_id=7, installation_id=42, private_key=broken)
    with pytest.raises(CredentialsRefused, match="private key cannot be read") as caught:
        connector.whoami()
    assert "c2VjcmV0" not in f"{caught.value!r} {caught.value.__cause__!r}"
    with pytest.raises(CredentialsRefused, match="private key cannot be read"):
        connector.pull()


def test_an_installation_that_does_not_exist_is_refused(there: Served, key: rsa.RSAPrivateKey) -> None:
    connector = connect(there, key, installation_id=1)
    with pytest.raises(CredentialsRefused, match="/app/installations/1/access_tokens: HTTP 404"):
        connector.whoami()
    with pytest.raises(CredentialsRefused):
        connector.pull()


def test_a_key_of_another_app_is_refused(there: Served) -> None:
    stranger = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    with pytest.raises(CredentialsRefused, match=f"{INSTALLATION}: HTTP 401"):
        connect(there, stranger).pull()
    assert app_of(there).issued == []
