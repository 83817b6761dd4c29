"""No secret shows through: whatever encodes it, whatever its letters become and wherever a text is cut."""

import base64
import html
import json
import re
from collections.abc import Callable
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.http.messages import MAX_TEXT_LENGTH, Redactor
from hub.logs import redactor
from hub.model.redaction import REDACTED, redacted, secret_variants

LETTERS = 'ABCDEFGHJKLMNPQRSTUVWXYZ0123456789+/=_-%&"\\:. \\'
SECRETS = st.text(LETTERS, min_size=8, max_size=60).map(str.strip).filter(lambda secret: len(secret) >= 8)
# What stands around a secret has no letter in common with it, so that each letter that is left over is one of it.
AROUND = st.text("äöü§ ;", max_size=12)
MOST_LEFT = 3

PLAIN: dict[str, Callable[[str], str]] = {
    "as it is": str,
    "small": str.lower,
    "in an address": lambda secret: quote(secret, safe=""),
    "in an address, small": lambda secret: quote(secret, safe="").lower(),
    "in an address twice": lambda secret: quote(quote(secret, safe=""), safe=""),
    "in an address three times": lambda secret: quote(quote(quote(secret, safe=""), safe=""), safe=""),
    "every letter of it": lambda secret: "".join(f"%{byte:02x}" for byte in secret.encode()),
    "in JSON": lambda secret: json.dumps(secret)[1:-1],
    "in JSON by numbers": lambda secret: "".join(f"\\u{ord(letter):04x}" for letter in secret),
    "in HTML": html.escape,
    "in HTML by numbers": lambda secret: "".join(f"&#{ord(letter)};" for letter in secret),
}
CODED: dict[str, Callable[[bytes], str]] = {
    "base64": lambda whole: base64.b64encode(whole).decode(),
    "base64 for addresses": lambda whole: base64.urlsafe_b64encode(whole).decode(),
    "base64 in an address": lambda whole: quote_plus(base64.b64encode(whole).decode()),
    "hex": bytes.hex,
    "HEX": lambda whole: whole.hex().upper(),
}


def left_of(said: str) -> str:
    """What is left of a secret among letters that it cannot hold, with every escape read."""
    said = said.rstrip("…")
    for _ in range(4):
        said = re.sub(r"%([0-9a-fA-F]{2})", lambda found: chr(int(found[1], 16)), said)
    said = re.sub(r"\\u([0-9a-fA-F]{4})", lambda found: chr(int(found[1], 16)), said.replace(REDACTED, ""))
    said = re.sub(r"%[0-9a-fA-F]?\Z|\\(?:u[0-9a-fA-F]{0,3})?\Z|&[#\w]*\Z", "", html.unescape(said))
    return re.sub(r"[äöü§ ;…]", "", re.sub(r"\\([\"\\])", r"\1", said))


@given(SECRETS, st.tuples(AROUND, AROUND), st.sampled_from(sorted(PLAIN)), st.booleans(), st.data())
def test_a_secret_shows_three_letters_at_most_wherever_the_text_is_cut(
    secret: str, around: tuple[str, str], how: str, marked: bool, data: st.DataObject
) -> None:
    text = PLAIN[how](secret).join(around)
    end = data.draw(st.integers(0, len(text)), label="cut at")
    said = redacted(text[:end] + "…" * marked, secret_variants([secret]))
    assert len(left_of(said)) <= MOST_LEFT


@given(SECRETS, st.binary(max_size=20), st.sampled_from(sorted(CODED)), st.data())
def test_bytes_that_hold_a_secret_do_not_give_it_away(
    secret: str, before: bytes, how: str, data: st.DataObject
) -> None:
    code = CODED[how]
    text = code(before + secret.encode() + b"\n")
    end = data.draw(st.integers(0, len(text)), label="cut at")
    said = redacted(text[:end], secret_variants([secret])).replace(REDACTED, "")
    whole = code(secret.encode())
    # Where it begins within three bytes changes all its letters: look for each of the three.
    for lead in (b"", b"\0", b"\0\0"):
        coded = code(lead + secret.encode())[4:-4] if lead else whole[:-4]
        pieces = {coded[at : at + 8] for at in range(max(1, len(coded) - 7))}
        assert not [piece for piece in pieces if len(piece) == 8 and piece in said]


@given(SECRETS, AROUND)
def test_the_end_of_a_secret_is_one_as_well(secret: str, after: str) -> None:
    for begin in range(len(secret)):
        said = redacted(f"…{secret[begin:]}{after}", secret_variants([secret]))
        assert len(left_of(said)) <= MOST_LEFT


@given(st.text(), st.lists(st.text(max_size=20), max_size=4))
def test_any_text_and_any_secrets_are_taken(text: str, secrets: list[str]) -> None:
    redacted(text, secret_variants(secrets))


@pytest.mark.parametrize("said", ["", "GET /rest/api/3/field: HTTP 403: not allowed", "100 % of &amp; \\n", "…", "%E4"])
def test_text_without_a_secret_is_left_as_it_is(said: str) -> None:
    assert redacted(said, secret_variants(["hunter2-hunter2", "abc", ""])) == said


@pytest.mark.parametrize(
    "part", ["TokenAAAA1", "TokenBBBB2", "p4ss", "TokenAAAA1%2FTokenBBBB2", "slack://bot:p4ss@TokenAAAA1/TokenBBBB2"]
)
def test_parts_of_an_address_that_is_secret_are_secrets(part: str) -> None:
    assert REDACTED in redacted(f"no answer from {part}.", secret_variants(["slack://bot:p4ss@TokenAAAA1/TokenBBBB2"]))


def test_the_name_of_a_site_is_no_secret() -> None:
    forms = secret_variants(
        ["https://hub:p4ssw0rd@proxy.acme.test:3128", "mailtos://me:p4ss@smtp.acme.test/long-channel"]
    )
    assert redacted("proxy.acme.test and smtp.acme.test", forms) == "proxy.acme.test and smtp.acme.test"
    assert redacted("the proxy said p4ssw0rd", forms) == "the proxy said [secret]"


PROXIES = [
    f"{scheme}://hub:p4ssw0rd@{host}"
    for scheme in ("http", "https", "socks5h")
    for host in ("proxy.acme.test:3128", "localhost:3128", "squidproxy", "proxy:8080/", "[2001:db8::1]:3128")
]


@pytest.mark.parametrize("proxy", PROXIES)
@pytest.mark.parametrize(
    "said",
    [
        "credentials are sent over plain http", "see https", "use https://", "https://hub", "socks5h", "localhost",
        "http://proxy.acme.test:3128", "proxy refused", "squidproxy refused", "proxy.acme.test:3128 is away",
        "3128 tickets", "8080/ is taken", "…localhost:3128", "test:3128", "2001:db8::1]:3128",
    ],
)  # fmt: skip
def test_scheme_and_host_of_a_proxy_are_no_secrets(proxy: str, said: str) -> None:
    assert redacted(said, secret_variants([proxy])) == said


@pytest.mark.parametrize("proxy", PROXIES)
def test_the_password_of_a_proxy_stays_hidden_wherever_its_address_is_cut(proxy: str) -> None:
    forms = secret_variants([proxy])
    assert "p4ss" not in redacted(f"no way through {proxy}: refused", forms)
    for at in range(len(proxy)):
        for said in (redacted(f"by {proxy[:at]}", forms), redacted(f"{proxy[at:]} is away", forms)):
            assert not any(piece in said for piece in ("p4s", "w0rd", "0rd@"))


@pytest.mark.parametrize("shown", ["p@ss-wörd", "p%40ss-w%C3%B6rd", "aHViOnBAc3Mtd8O2cmQ="])
def test_a_password_is_hidden_without_its_escapes_too(shown: str) -> None:
    forms = secret_variants(["http://hub:p%40ss-w%C3%B6rd@proxy.acme.test"])
    assert "[secret]" in redacted(f"sent {shown} there", forms)


def test_a_password_may_hold_the_sign_before_the_host() -> None:
    assert redacted("sent p@ss!word there", secret_variants(["http://hub:p@ss!word@proxy"])) == "sent [secret] there"


def test_secrets_are_redacted_before_a_text_is_shortened() -> None:
    redact = Redactor(["s3cr3t-t0ken-0123456789"])
    for room in range(40):
        said = redact("." * (MAX_TEXT_LENGTH - room) + "s3cr3t-t0ken-0123456789" + "." * 40)
        assert "s3cr" not in said
        assert len(said) <= MAX_TEXT_LENGTH + 1


def test_logs_redact_as_errors_do() -> None:
    process = redactor(["s3cr3t/t0ken"])
    told = process(None, "info", {"event": "sent S3CR3T%2Ft0ken", "about": {"s3cr3t/t0ken": ["s3cr3t/t0"]}})
    assert told == {"event": "sent [secret]", "about": {"[secret]": ["[secret]"]}}
