"""Which addresses can be asked, which tokens can be sent, and where credentials would be read on their way."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from connectors.github.settings import GitHubSettings
from connectors.jira.settings import JiraSettings
from hub.model.urls import cleartext_warning, is_sendable, is_site


@pytest.mark.parametrize(
    "url",
    [
        "https://acme.test",
        "http://localhost:8080/jira",
        "https://[::1]:443",
        "https://jörg.test/x",
        "http://10.0.0.1:1",
    ],
)
def test_addresses_of_sites_are_known(url: str) -> None:
    assert is_site(url)


@pytest.mark.parametrize(
    "url",
    [
        *(
            "http://[",
            "http://[::1",
            "https://acme.test:99999",
            "https://acme.test:0",
            "https://acme.test:x",
            "https://",
        ),
        *("https://:443", "https://me:pw@acme.test", "https://acme.test/?q", "https://acme.test/#x", "ftp://acme.test"),
        *("https://acme .test", "https://acme\\.test", "https://..", f"https://{'a' * 64}.test", "https://\u2100.test"),
        "https://a/\nb",
    ],
)
def test_addresses_that_cannot_be_asked_are_refused_in_every_place(url: str) -> None:
    assert not is_site(url)
    with pytest.raises(ValidationError, match="address"):
        JiraSettings.model_validate({"url": url, "query": "q", "token": "t"})
    with pytest.raises(ValidationError, match="address"):
        GitHubSettings.model_validate({"url": url, "repositories": ["acme/app"], "token": "t"})


@given(st.text() | st.from_regex(r"https?://\S*"))
def test_any_text_is_an_address_or_none(text: str) -> None:
    is_site(text)


@pytest.mark.parametrize("token", ["tökén", "a b", "token\n", "a\r\nX-Evil: 1", "\x00", "token\u200b", "“token”", "\t"])
def test_a_token_that_no_header_can_carry_is_a_mistake_of_the_configuration(token: str) -> None:
    assert not is_sendable(token)
    for settings, about in (
        (JiraSettings, {"url": "https://acme.test", "query": "q"}),
        (GitHubSettings, {"repositories": ["acme/app"]}),
    ):
        with pytest.raises(ValidationError, match="token holds a blank, a line break or a letter") as refused:
            settings.model_validate({**about, "token": token})
        assert "kén" not in str(refused.value)
    JiraSettings.model_validate({"url": "https://acme.test", "query": "q", "token": token, "email": "hub@acme.test"})


@pytest.mark.parametrize(
    ("url", "read"),
    [
        ("https://acme.test", False),
        ("http://localhost:8080", False),
        ("http://LOCALHOST.", False),
        ("http://jira.localhost", False),
        ("http://127.8.9.1", False),
        ("http://[::1]:8080", False),
        ("http://jira.acme.test", True),
        ("http://10.0.0.1", True),
        ("http://localhost.evil.test", True),
        ("http://127.0.0.1.evil.test", True),
        ("http://jira:8080", True),
        ("", False),
    ],
)
def test_credentials_over_plain_http_are_told_of(url: str, read: bool) -> None:
    assert bool(cleartext_warning(url)) is read
