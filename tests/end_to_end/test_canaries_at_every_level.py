"""An App's private key, the tokens issued for it and a password in an address: shown at no level, kept nowhere."""

import base64
import dataclasses
import json
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from tests.end_to_end.workspace import Desk, Ran
from tests.sandbox_support.faults import Fault

LEVELS = [(), ("-v",), ("-v", "-v")]
PASSWORD = "CanaryPassword0123456789"
ISSUED = "ghs_acme-hub0000"


@pytest.fixture(scope="module")
def key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@pytest.fixture
def pem(key: rsa.RSAPrivateKey) -> str:
    form = serialization.PrivateFormat.TraditionalOpenSSL
    return key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption()).decode()


@pytest.fixture
def sworn(desk: Desk, key: rsa.RSAPrivateKey, pem: str) -> Desk:
    """GitHub is reached as an App."""
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    public = key.public_key().public_bytes(serialization.Encoding.PEM, form).decode()
    desk.github.add_app("7", "acme-hub", public, 42).lifetime = timedelta(days=365)
    (desk.folder / "secrets" / "key.pem").write_text(pem, encoding="utf-8")
    app = 'app_id = "7"\ninstallation_id = 42\nprivate_key_file = "secrets/key.pem"'
    desk.configure('token_file = "secrets/github-token"', app)
    return desk


def assert_clean(said: str, pem: str) -> None:
    lines = [line for line in pem.splitlines() if not line.startswith("-----")]
    for secret in (pem, pem.strip(), ISSUED, PASSWORD, *lines):
        assert secret not in said
        assert base64.b64encode(secret.encode()).decode().rstrip("=")[:-1] not in said


def assert_nothing_is_kept(desk: Desk, pem: str) -> None:
    stored = desk.stored()
    assert any(stored.values())
    for text in stored.values():
        assert_clean(text, pem)


def logged(ran: Ran) -> list[dict[str, object]]:
    lines = [json.loads(line) for line in ran.err.splitlines() if line.startswith("{")]
    return [line for line in lines if line.get("event") == "request"]


@pytest.mark.parametrize("level", LEVELS, ids=["quiet", "v", "vv"])
def test_key_and_issued_tokens_stay_inside(sworn: Desk, pem: str, level: tuple[str, ...]) -> None:
    ran = sworn.sync(*level)
    assert ran.code == 0
    assert_clean(ran.said, pem)
    assert_nothing_is_kept(sworn, pem)
    assert bool(logged(ran)) is (len(level) == 2)


@pytest.mark.parametrize("level", LEVELS, ids=["quiet", "v", "vv"])
@pytest.mark.parametrize("status", [400, 401, 403, 422])
def test_answer_that_repeats_what_was_sent_is_blotted_out(
    sworn: Desk, pem: str, level: tuple[str, ...], status: int
) -> None:
    lines = " ".join(pem.splitlines()[1:-1])
    echo = {"message": f"Bearer {ISSUED} {base64.b64encode(ISSUED.encode()).decode()} {lines[:200]}"}
    fault = Fault("status", path="/graphql", times=None, status=status, body=echo)
    sworn.sandbox["github"].faults.add(dataclasses.replace(fault))
    ran = sworn.sync(*level)
    assert ran.code != 0
    assert_clean(ran.said, pem)
    assert_clean(sworn.hub("status", "--format", "json").said, pem)
    assert_nothing_is_kept(sworn, pem)


@pytest.mark.parametrize("level", LEVELS, ids=["quiet", "v", "vv"])
def test_password_in_an_address_is_refused_and_not_repeated(desk: Desk, pem: str, level: tuple[str, ...]) -> None:
    text = desk.config.read_text(encoding="utf-8")
    desk.config.write_text(text.replace("http://", f"http://hub:{PASSWORD}@"), encoding="utf-8")
    for words in (("sync", *level), ("doctor", *level), ("status",)):
        ran = desk.hub(*words)
        assert_clean(ran.said, pem)
    assert desk.hub("sync", *level).code == 2


def test_every_request_has_a_line_without_its_query(desk: Desk) -> None:
    ran = desk.sync("-v", "-v")
    lines = logged(ran)
    assert {line["connector"] for line in lines} == {"jira", "github"}
    assert all({"method", "path", "status", "milliseconds", "wait"} <= line.keys() for line in lines)
    assert not [line["path"] for line in lines if "?" in str(line["path"])]
    assert "project in" not in ran.err
