"""Whatever is sent goes the way that the environment names: digests, traces, sign-ins, like every question."""

import asyncio
import gzip
import json
import threading
from pathlib import Path

import httpx2
import pytest
from structlog.testing import capture_logs

from connectors.http.network import SOCKS_PACKAGES
from hub.config.settings import load
from hub.model.errors import ConfigError
from hub.service.digest_sender import notify
from hub.service.tracing import build_tracer, telemetry_secrets
from hub.web.auth.oidc import MAX_BYTES, OutboundTransport
from hub.wiring import make_connectors
from tests.builders import acme_okrs
from tests.connectors.http.test_client import Handler, served
from tests.connectors.http.test_hostile_responses import trickling
from tests.connectors.http.test_network import clean, github, jira
from tests.connectors.tls_server import a_certificate, secured
from tests.hub.service.test_tracing import BEGAN, ENDED

__all__ = ["clean"]
ABOUT = json.dumps({"issuer": "x"}).encode()


def answer(handler: Handler) -> None:
    handler.reply(200, ABOUT)


def ask(url: str, seconds: float = 10.0) -> httpx2.Response:
    async def asked() -> httpx2.Response:
        async with httpx2.AsyncClient(transport=OutboundTransport(seconds), trust_env=False) as client:
            return await client.get(url)

    return asyncio.run(asked())


def tell(url: str) -> bool:
    return notify(url.replace("http", "json", 1), "title", "text")


def trace(url: str) -> None:
    told = build_tracer(lambda: BEGAN, {"OTEL_EXPORTER_OTLP_ENDPOINT": url})
    assert told is not None
    told.on_run_end(ENDED, None)
    told.close()


WAYS = [ask, tell, trace]


@pytest.mark.parametrize("way", WAYS)
def test_everything_goes_through_the_proxy(way: object, monkeypatch: pytest.MonkeyPatch) -> None:
    with served(answer) as (proxy, seen):
        monkeypatch.setenv("http_proxy", proxy)
        monkeypatch.setenv("NO_PROXY", "::1,elsewhere.test,[fe80::]/10")
        way("http://127.0.0.1:9/x")  # type: ignore[operator]
    assert len(seen) == 1


@pytest.mark.parametrize("way", WAYS)
def test_a_site_that_is_spared_is_asked_directly(way: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("NO_PROXY", "[::1],127.0.0.0/8")
    with served(answer) as (url, seen):
        way(url)  # type: ignore[operator]
    assert len(seen) == 1


@pytest.mark.parametrize("variable", ["SSL_CERT_FILE", "REQUESTS_CA_BUNDLE"])
@pytest.mark.parametrize("way", WAYS)
def test_either_variable_names_the_authority_for_everything(
    way: object, variable: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with secured(answer, authority := a_certificate(tmp_path)) as (url, seen):
        monkeypatch.setenv(variable, str(authority))
        way(url)  # type: ignore[operator]
    assert len(seen) == 1


@pytest.mark.parametrize("way", WAYS)
def test_a_socks_proxy_without_its_packages_is_said(way: object, monkeypatch: pytest.MonkeyPatch) -> None:
    assert SOCKS_PACKAGES
    monkeypatch.setenv("ALL_PROXY", "socks5://me:s3cr3t@127.0.0.1:1080")
    with pytest.raises(ConfigError, match=r"^ALL_PROXY: names a SOCKS proxy.*alignment-hub\[socks\]") as wrong:
        way("https://acme.test")  # type: ignore[operator]
    assert "s3cr3t" not in str(wrong.value)


HOSTILE: dict[str, tuple[bytes, dict[str, str]]] = {
    "large": (b" " * (2 * MAX_BYTES), {}),
    "a bomb": (gzip.compress(b" " * (2 * MAX_BYTES), 1), {"Content_Encoding": "gzip"}),
    "another packing": (b"{}", {"Content_Encoding": "br"}),
    "torn": (gzip.compress(ABOUT)[:-4], {"Content_Encoding": "gzip"}),
}


@pytest.mark.parametrize("what", HOSTILE)
def test_the_provider_is_believed_within_bounds(what: str) -> None:
    body, headers = HOSTILE[what]
    with served(lambda handler: handler.reply(200, body, **headers)) as (url, _), pytest.raises(httpx2.HTTPError):
        ask(url)


def test_a_packed_answer_of_the_provider_is_unpacked() -> None:
    with served(lambda handler: handler.reply(200, gzip.compress(ABOUT), Content_Encoding="gzip")) as (url, _):
        assert ask(url).json() == {"issuer": "x"}


def test_a_provider_that_never_comes_to_an_end_is_given_up() -> None:
    over = threading.Event()
    with served(trickling(b" ", b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n", over)) as (url, _):
        with pytest.raises(httpx2.ReadTimeout):
            ask(url, 0.3)
        over.set()


@pytest.mark.parametrize("value", ["http://[", "nonsense", "http://collector:99999"])
def test_an_address_of_no_collector_is_a_mistake_of_the_environment(value: str) -> None:
    with pytest.raises(ConfigError, match=r"^OTEL_EXPORTER_OTLP_ENDPOINT: is no address of a collector"):
        build_tracer(lambda: BEGAN, {"OTEL_EXPORTER_OTLP_ENDPOINT": value})


def test_what_lets_us_in_at_the_collector_is_secret() -> None:
    asked = {"OTEL_EXPORTER_OTLP_HEADERS": "authorization=Bearer%20s3cr3t, x-key=an%2Fother"}
    assert {"s3cr3t", "an/other"} <= {
        part
        for telemetry_secret in telemetry_secrets(asked)
        for part in (telemetry_secret, telemetry_secret.split(" ")[-1])
    }


# --- credentials that anybody on the way can read


@pytest.mark.parametrize("make", [jira, github])
def test_doctor_warns_once_of_credentials_over_plain_http(make: object, monkeypatch: pytest.MonkeyPatch) -> None:
    with served(answer) as (proxy, _):
        monkeypatch.setenv("HTTP_PROXY", proxy)
        connector = make("http://tracker.acme.test/x")  # type: ignore[operator]
        said = [check for check in connector.diagnose() if "plain http" in check.message]
        connector.close()
        connector = make(proxy)  # type: ignore[operator]
        assert [check for check in connector.diagnose() if "plain http" in check.message] == []
        connector.close()
    assert [(item.outcome, "https://" in item.remedy) for item in said] == [("warn", True)]


def test_a_sync_warns_once_of_credentials_over_plain_http(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text(
        'okrs = ["okrs.toml"]\n[connectors.jira]\nkind = "jira"\nurl = "http://jira.acme.test"\nquery = "q"\n'
        '[connectors.github]\nkind = "github"\nurl = "http://127.0.0.1:9"\nrepositories = ["acme/app"]\n',
        encoding="utf-8",
    )
    config = load(
        tmp_path / "config.toml", {"HUB_CONNECTORS__JIRA__TOKEN": "t0ken", "HUB_CONNECTORS__GITHUB__TOKEN": "t0ken"}
    )
    with capture_logs() as logs:
        for connector in make_connectors(config, acme_okrs()):
            connector.close()
    (line,) = logs
    assert (line["log_level"], line["connector"]) == ("warning", "jira")
    assert "credentials are sent to jira.acme.test over plain http" in line["event"]
