"""Certificates and proxies: the settings and the environment hold for both libraries, and what stops them is said."""

import json
import os
import ssl
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from connectors.github.connector import GitHubConnector
from connectors.github.settings import GitHubSettings
from connectors.http.messages import Request
from connectors.http.network import network_for, proxy_secrets
from connectors.jira.connector import JiraConnector
from hub.model.errors import ConfigError, SourceError
from hub.model.redaction import redacted, secret_variants
from tests.connectors.http.test_client import Handler, served
from tests.connectors.jira.rows import some_settings
from tests.connectors.tls_server import a_certificate, secured
from tests.fakes.connector_context import FakeTime, a_world

Make = Callable[..., Any]
VARIABLES = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE", "SSL_CERT_DIR")
PROXIES = [name for kind in ("http", "https", "all", "no") for name in (f"{kind}_proxy", f"{kind}_proxy".upper())]
WHO = {"deploymentType": "Server", "name": "hub", "key": "hub", "login": "hub", "id": 1}


@pytest.fixture(autouse=True)
def clean(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (*VARIABLES, *PROXIES):
        monkeypatch.delenv(name, raising=False)


def answer(handler: Handler) -> None:
    handler.reply(200, json.dumps(WHO).encode())


def jira(url: str, time: FakeTime | None = None, **more: Any) -> JiraConnector:
    return JiraConnector("jira", some_settings(url=url, email=None, **more), a_world(time))


def github(url: str, time: FakeTime | None = None, **more: Any) -> GitHubConnector:
    settings = GitHubSettings(url=url, token=SecretStr("s3cr3t-t0ken"), repositories=("acme/app",), **more)
    return GitHubConnector("github", settings, a_world(time))


def asked_both_ways(connector: Any) -> None:
    """A question through the tracker's library, and one through the gate."""
    try:
        assert connector.whoami().name == "hub" or connector.whoami().id
        connector._client.send(Request("GET", "/anything"))
    finally:
        connector.close()


both = pytest.mark.parametrize("make", [jira, github])


@both
def test_a_certificate_that_nobody_vouches_for_is_said_with_its_cause(make: Make, tmp_path: Path) -> None:
    time = FakeTime()
    with secured(answer, a_certificate(tmp_path)) as (url, seen):
        connector = make(url, time)
        for ask in (connector.whoami, lambda: connector._client.send(Request("GET", "/x"))):
            with pytest.raises(SourceError, match=r"certificate is not trusted: self.signed certificate.*`ca_file`"):
                ask()
        connector.close()
    assert (seen, time.waits) == ([], [])


@both
def test_a_certificate_that_is_over_is_said_with_its_cause(make: Make, tmp_path: Path) -> None:
    old = a_certificate(tmp_path, days=-1)
    with secured(answer, old) as (url, _):
        connector = make(url, ca_file=str(old))
        for ask in (connector.whoami, lambda: connector._client.send(Request("GET", "/x"))):
            with pytest.raises(SourceError, match=r"not trusted: certificate has expired$"):
                ask()
        connector.close()


@both
def test_one_setting_is_enough_for_every_call(make: Make, tmp_path: Path) -> None:
    with secured(answer, authority := a_certificate(tmp_path)) as (url, seen):
        asked_both_ways(make(url, ca_file=str(authority)))
    assert len(seen) >= 2


@both
@pytest.mark.parametrize("variable", ["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE"])
def test_either_variable_alone_is_enough_for_every_call(
    make: Make, variable: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with secured(answer, authority := a_certificate(tmp_path)) as (url, _):
        monkeypatch.setenv(variable, str(authority))
        asked_both_ways(make(url))


@both
def test_two_variables_that_name_different_files_both_count(
    make: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with secured(answer, authority := a_certificate(tmp_path)) as (url, _):
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(a_certificate(tmp_path, "127.0.0.2")))
        monkeypatch.setenv("SSL_CERT_FILE", str(authority))
        asked_both_ways(make(url))


@both
@pytest.mark.parametrize("content", [None, "no certificate"])
@pytest.mark.parametrize("variable", VARIABLES[:3])
def test_a_wrong_path_is_a_mistake_of_the_configuration(
    make: Make, variable: str, content: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "authorities.pem"
    if content:
        path.write_text(content)
    monkeypatch.setenv(variable, str(path))
    with pytest.raises(ConfigError, match=f"^{variable}: no certificates can be read from {path}"):
        make("https://acme.test")
    with pytest.raises(ConfigError, match=f"^ca_file: no certificates can be read from {path}"):
        make("https://acme.test", ca_file=str(path))


@pytest.mark.parametrize("name", ["ca_file", *VARIABLES[:3]])
def test_named_authorities_stand_in_place_of_the_public_ones(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    authority = str(a_certificate(tmp_path))
    if name != "ca_file":
        monkeypatch.setenv(name, authority)
    trust = network_for("https://acme.test", authority if name == "ca_file" else None).ssl_context
    assert trust.cert_store_stats()["x509"] == 1
    assert (trust.check_hostname, trust.verify_mode) == (True, ssl.CERT_REQUIRED)


def test_without_a_name_the_public_authorities_are_trusted() -> None:
    trust = network_for("https://acme.test").ssl_context
    assert trust.cert_store_stats()["x509_ca"] > 100
    assert (trust.check_hostname, trust.verify_mode) == (True, ssl.CERT_REQUIRED)


def test_several_folders_of_authorities_are_told_apart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    first.mkdir()
    monkeypatch.setenv("SSL_CERT_DIR", os.pathsep.join((str(first), "", str(second))))
    with pytest.raises(ConfigError, match=f"^SSL_CERT_DIR: no certificates can be read from {second}: No such file"):
        network_for("https://acme.test")
    second.mkdir()
    assert network_for("https://acme.test").ssl_context.cert_store_stats()["x509"] == 0


# --- proxies


@both
@pytest.mark.parametrize(
    "entry", ["::1", "[::1]", "localhost,::1,127.0.0.1", "fe80::/10, 127.0.0.0/8", "[::1]:80", "::", ":", "a:b"]
)
def test_an_ipv6_entry_ends_nothing(make: Make, entry: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", entry)
    with served(answer) as (url, _):
        asked_both_ways(make(url))


@both
@pytest.mark.parametrize(
    "entry", ["*", "127.0.0.1", "127.0.0.0/8", "http://127.0.0.1", "::1 127.0.0.1", "all://127.0.0.1"]
)
def test_a_site_that_is_spared_is_asked_without_the_proxy(
    make: Make, entry: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("ALL_PROXY", "socks5://127.0.0.1:1")
    monkeypatch.setenv("NO_PROXY", entry)
    with served(answer) as (url, _):
        asked_both_ways(make(url))


@both
@pytest.mark.parametrize("entry", ["127.0.0.2", "acme.test", "https://127.0.0.1", "127.0.0.1:1", "::1"])
def test_any_other_site_is_asked_through_the_proxy(make: Make, entry: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with served(answer) as (proxy, seen):
        monkeypatch.setenv("http_proxy", proxy)
        monkeypatch.setenv("NO_PROXY", entry)
        asked_both_ways(make("http://127.0.0.1:9"))
    assert len(seen) >= 2


@both
@pytest.mark.parametrize("variable", ["ALL_PROXY", "https_proxy", "HTTPS_PROXY"])
@pytest.mark.parametrize("scheme", ["socks5", "socks5h", "socks"])
def test_socks_without_its_packages_names_the_variable_and_what_to_install(
    make: Make, variable: str, scheme: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(variable, f"{scheme}://me:s3cr3t@127.0.0.1:1080")
    with pytest.raises(ConfigError) as wrong:
        make("https://acme.test")
    (line,) = str(wrong.value).splitlines()
    assert line.startswith(f"{variable}: names a SOCKS proxy")
    assert "pip install 'alignment-hub[socks]'" in line
    assert "s3cr3t" not in line


@both
@pytest.mark.parametrize("value", ["ftp://proxy.test", "http://[::1", "http://proxy.test:x", "http://", "socks4://p:1"])
def test_a_proxy_that_makes_no_sense_is_named(make: Make, value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALL_PROXY", value)
    with pytest.raises(ConfigError, match=r"^ALL_PROXY: is no address of a proxy"):
        make("https://acme.test")


@both
def test_a_proxy_that_lets_nobody_through_is_said(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    time = FakeTime()
    with served(lambda handler: handler.reply(407)) as (proxy, _):
        monkeypatch.setenv("HTTPS_PROXY", proxy)
        connector = make("https://acme.test", time)
        for ask in (connector.whoami, lambda: connector._client.send(Request("GET", "/x"))):
            with pytest.raises(SourceError, match="the proxy that HTTPS_PROXY names refused the connection: 407 Proxy"):
                ask()
        connector.close()
    assert time.waits == []


@pytest.mark.parametrize("value", ["hub:p4ssw0rd@proxy:3128", "http://hub:p4ssw0rd@proxy:3128"])
def test_the_password_of_a_proxy_is_redacted_however_its_address_is_written(
    value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", value)
    said = redacted(f"no way through {value} with p4ssw0rd for the hub", secret_variants(proxy_secrets()))
    assert "p4ss" not in said
    assert said.endswith("with [secret] for the hub")
