"""Who a client is, behind proxies that are trusted and for people who make things up."""

from ipaddress import ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError
from starlette.datastructures import Headers

from hub.config.sections import AuthSettings
from hub.web.auth.login_rate_limit import client_address

OURS = tuple(ip_network(text) for text in ("10.0.0.0/8", "192.168.1.7", "fd00::/8"))
PROXY = "10.0.0.1"


def client(peer: str, *lines: tuple[str, str]) -> str:
    raw = [(name.lower().encode(), value.encode("latin-1")) for name, value in lines]
    return client_address(peer, Headers(raw=raw), OURS)


@pytest.mark.parametrize(
    ("peer", "header", "told", "expected"),
    [
        ("203.0.113.5", "X-Forwarded-For", "198.51.100.1", "203.0.113.5"),
        ("203.0.113.5", "Forwarded", "for=198.51.100.1", "203.0.113.5"),
        (PROXY, "X-Forwarded-For", "198.51.100.1", "198.51.100.1"),
        (PROXY, "X-Forwarded-For", "6.6.6.6, 198.51.100.1", "198.51.100.1"),
        (PROXY, "X-Forwarded-For", "6.6.6.6, 198.51.100.1, 10.0.0.2, 192.168.1.7", "198.51.100.1"),
        (PROXY, "X-Forwarded-For", "10.0.0.3, 10.0.0.2", "10.0.0.3"),
        (PROXY, "X-Forwarded-For", "198.51.100.1:4711", "198.51.100.1"),
        (PROXY, "X-Forwarded-For", "::ffff:198.51.100.1", "198.51.100.1"),
        (PROXY, "X-Forwarded-For", "2001:db8:1:2:3::4", "2001:db8:1:2::/64"),
        (PROXY, "X-Forwarded-For", "unknown", PROXY),
        (PROXY, "X-Forwarded-For", "6.6.6.6, unknown", PROXY),
        (PROXY, "X-Forwarded-For", "", PROXY),
        (PROXY, "Forwarded", "for=198.51.100.1", "198.51.100.1"),
        (PROXY, "Forwarded", 'for=6.6.6.6;proto=http, proto=https;For="[2001:db8:1:2::9]:80"', "2001:db8:1:2::/64"),
        (PROXY, "Forwarded", 'for=6.6.6.6, for="_hidden"', PROXY),
        (PROXY, "Forwarded", 'for=", for="198.51.100.1"', PROXY),
        (PROXY, "Forwarded", "for=6.6.6.6, by=10.0.0.1", PROXY),
        (PROXY, "Forwarded", "proto=https", PROXY),
        ("::ffff:10.0.0.1", "X-Forwarded-For", "198.51.100.1", "198.51.100.1"),
        ("fd00::1", "X-Forwarded-For", "198.51.100.1", "198.51.100.1"),
        ("2001:db8:1:2:ffff::1", "X-Forwarded-For", "198.51.100.1", "2001:db8:1:2::/64"),
        ("", "X-Forwarded-For", "198.51.100.1", ""),
    ],
)
def test_the_last_hop_that_is_no_proxy_of_ours_is_the_client(peer: str, header: str, told: str, expected: str) -> None:
    assert client(peer, (header, told)) == expected


def test_several_lines_of_a_header_are_one_list() -> None:
    assert client(PROXY, ("X-Forwarded-For", "6.6.6.6"), ("X-Forwarded-For", "198.51.100.1")) == "198.51.100.1"


def test_a_header_that_the_proxy_does_not_set_gives_nobody_another_name() -> None:
    both = [("X-Forwarded-For", "198.51.100.1"), ("Forwarded", "for=6.6.6.6")]
    assert client(PROXY, *both) == PROXY
    agreed = [("X-Forwarded-For", "198.51.100.1"), ("Forwarded", "proto=https;for=198.51.100.1")]
    assert client(PROXY, *agreed) == "198.51.100.1"


@given(st.text(st.characters(codec="latin-1", exclude_characters="\0\r\n"), max_size=60))
def test_what_a_client_puts_before_its_own_address_changes_nothing(made_up: str) -> None:
    assert client("203.0.113.5", ("X-Forwarded-For", made_up), ("Forwarded", made_up)) == "203.0.113.5"
    assert client(PROXY, ("X-Forwarded-For", f"{made_up}, 198.51.100.1")) == "198.51.100.1"
    assert client(PROXY, ("Forwarded", f"{made_up}, for=198.51.100.1")) in ("198.51.100.1", PROXY)


@pytest.mark.parametrize("header", ["X-Forwarded-For", "Forwarded"])
@pytest.mark.parametrize("filler", ["x, ", 'x"', '"\\"', '\\"', '"a" ', ";for=x", " ", "\\"])
def test_a_header_that_is_too_long_is_not_read(header: str, filler: str) -> None:
    last = "for=198.51.100.1" if header == "Forwarded" else "198.51.100.1"
    other = ("Forwarded", "for=6.6.6.6") if header != "Forwarded" else ("X-Forwarded-For", "6.6.6.6")
    long = filler * (60_000 // len(filler))
    assert client(PROXY, (header, f"{long}, {last}")) == PROXY
    assert client(PROXY, *[(header, f"{long[:1200]}, {last}")] * 2) == PROXY
    assert client(PROXY, (header, f"{long}, {last}"), other) == PROXY


@pytest.mark.parametrize("open_end", ['"', 'for=6.6.6.6;x="', 'for=6.6.6.6, "', '"a" "', 'for="6.6.6.6', '"\\"'])
@pytest.mark.parametrize("own", ["for=198.51.100.1", 'for="198.51.100.1"', 'for="[2001:db8:1:2::9]:80"'])
def test_a_quotation_that_never_ends_gives_nobody_another_name(open_end: str, own: str) -> None:
    assert client(PROXY, ("Forwarded", f"{open_end}, {own}")) == PROXY
    assert client(PROXY, ("Forwarded", f"{open_end}, {own}"), ("X-Forwarded-For", "6.6.6.6")) == PROXY


@pytest.mark.parametrize("wrong", ["proxy.acme.test", "10.0.0.0/33", "0.0.0.0/0", "::/0", ""])
def test_a_proxy_that_is_no_address_is_a_mistake_of_the_configuration(wrong: str) -> None:
    with pytest.raises(ValidationError, match=r"trusted_proxies"):
        AuthSettings.model_validate({"trusted_proxies": [wrong]})
