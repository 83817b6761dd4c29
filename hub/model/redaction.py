"""Finds secrets in a text, in whichever encoding and however much of them was cut off, and redacts them."""

import base64
import html
import re
from collections.abc import Iterable, Iterator, Sequence

REDACTED = "[secret]"
# Fewer characters of a secret tell nothing, and are found in half of all sentences.
SHORTEST = 4
LONG_LINE, LONG_PART = 16, 8
# Percent signs are encoded again by each program that hands an address on.
ROUNDS = 3
ESCAPED = (
    re.compile(r"%[0-9a-f]{2}", re.IGNORECASE),
    re.compile(r"\\u[0-9a-f]{4}|\\x[0-9a-f]{2}|\\[\"'\\/nrt]", re.IGNORECASE),
    re.compile(r"&#(?:x[0-9a-f]{1,5}|[0-9]{1,6});|&(?:amp|lt|gt|quot);", re.IGNORECASE),
    re.compile(r"&#(?:x[0-9a-f]{1,5}|[0-9]{1,6});?", re.IGNORECASE),
)
TRUNCATED_ESCAPE = re.compile(r"(?:%[0-9a-f]?|\\u[0-9a-f]{0,3}|\\x?[0-9a-f]?|&[#a-z0-9]{0,6})\Z", re.IGNORECASE)
ESCAPE_REMAINDER = re.compile(r"(?:u?[0-9a-f]{1,4}|x[0-9a-f]{1,2}|25[0-9a-f]{0,2}|[#a-z0-9]{0,6};)", re.IGNORECASE)
CONTROLS = {"n": "\n", "r": "\r", "t": "\t"}
MAX_PARTIAL_ESCAPE = 8
"""Characters of half an escape, at most."""
CUT = re.compile(r"…|\.\.\.")
ADDRESS = re.compile(r"(?P<scheme>[\w+.-]+)://(?:(?P<user>[^/?#]*)@)?(?P<host>[^/?#]*)(?P<rest>.*)", re.DOTALL)
# In any other scheme, such as slack://, a token may stand where a host would.
WITH_HOST = re.compile(r"https?|wss?|socks\w*", re.IGNORECASE)
Span = tuple[int, int]


def secret_variants(secrets: Iterable[str]) -> tuple[str, ...]:
    """Everything that gives a secret away, in small letters, the longest first; for `redacted`."""
    plain = {part.strip() for secret in secrets for part in (secret, *_lines(secret), *_parts(secret))}
    plain = {part for part in plain if len(part) >= SHORTEST}
    encoded = {variant for part in plain for variant in _encodings(part)}
    return tuple(sorted({_small(variant) for variant in plain | encoded}, key=lambda variant: (-len(variant), variant)))


def redacted(text: str, variants: Sequence[str]) -> str:
    """The text without any of the forms, or what is left of them where the text was cut."""
    spans = sorted(span for version, positions in _versions(text) for span in _matches(version, positions, variants))
    chunks, end = [], 0
    for begin, stop in spans:
        if begin >= end:
            chunks += [text[end:begin], REDACTED]
        end = max(end, stop)
    return "".join((*chunks, text[end:]))


def _versions(text: str) -> Iterator[tuple[str, Sequence[int]]]:
    """The text in small letters as it is, then with its escapes read kind by kind; and where each letter begins."""
    queue: list[tuple[str, Sequence[int], int]] = [(text, range(len(text) + 1), 0)]
    seen = {text}
    for version, positions, rounds in queue:
        yield _small(version), positions
        for kind in ESCAPED if rounds < ROUNDS else ():
            read, begins = _read(version, positions, kind)
            if read not in seen:
                seen.add(read)
                queue.append((read, begins, rounds + 1))


def _read(text: str, positions: Sequence[int], kind: re.Pattern[str]) -> tuple[str, Sequence[int]]:
    """The text with one kind of escapes read."""
    letters, begins, end = [], [], 0
    for match in kind.finditer(text):
        letters += [text[end : match.start()], _letter(match[0])]
        begins += [*positions[end : match.start()], positions[match.start()]]
        end = match.end()
    return "".join((*letters, text[end:])), [*begins, *positions[end:]] if end else positions


def _letter(escape: str) -> str:
    """What an escape stands for: always one letter, so that places stay right."""
    if escape[0] == "&":
        return html.unescape(escape)[:1] or " "
    digits = escape[1:] if escape[0] == "%" else escape[2:]
    return chr(int(digits, 16)) if digits else CONTROLS.get(escape[1], escape[1])


def _matches(text: str, positions: Sequence[int], variants: Sequence[str]) -> Iterator[Span]:
    for variant in variants:
        at = text.find(variant)
        while at >= 0:
            yield positions[at], positions[at + len(variant)]
            at = text.find(variant, at + 1)
    for begin, end in _by_cuts(text, variants):
        yield positions[begin], positions[end]


def _between_cuts(text: str) -> Iterator[Span]:
    """The stretches of a text between the marks that say that something was left out, and up to either end of it."""
    cuts = [(cut.start(), cut.end()) for cut in CUT.finditer(text)]
    begins, ends = [0, *(end for _, end in cuts)], [*(begin for begin, _ in cuts), len(text)]
    # A secret may hold such a mark itself.
    yield from {*zip(begins, ends, strict=True), *((begin, len(text)) for begin in begins), *((0, end) for end in ends)}


def _by_cuts(text: str, variants: Sequence[str]) -> Iterator[Span]:
    """What is left of secrets before and after each cut: no further from it than the longest of them reaches."""
    reach = max(map(len, variants), default=0) + MAX_PARTIAL_ESCAPE
    segments = list(_between_cuts(text))
    for begin, end in {(max(begin, end - reach), end) for begin, end in segments}:
        yield from ((begin + first, begin + last) for first, last in _before_cut(text[begin:end], variants))
    for begin, end in {(begin, min(end, begin + reach)) for begin, end in segments}:
        yield from ((begin + first, begin + last) for first, last in _after_cut(text[begin:end], variants))


def _before_cut(text: str, variants: Sequence[str]) -> Iterator[Span]:
    """A secret whose end was cut off with the text's; half an escape with it."""
    partial_escape = TRUNCATED_ESCAPE.search(text)
    stops = (len(text),) if partial_escape is None else (len(text), partial_escape.start())
    for variant in variants:
        before, _ = _public_lengths(variant)
        for stop in stops:
            if (overlap := _overlap(text[max(0, stop - len(variant)) : stop], variant)) > before:
                yield stop - overlap, len(text)


def _after_cut(text: str, variants: Sequence[str]) -> Iterator[Span]:
    """A secret whose beginning was cut off with the text's; half an escape with it."""
    partial_escape = ESCAPE_REMAINDER.match(text)
    starts = range(1 if partial_escape is None else partial_escape.end() + 1)
    for variant in variants:
        _, after = _public_lengths(variant)
        for start in starts:
            if (overlap := _overlap(variant, text[start : start + len(variant)])) > after:
                yield 0, start + overlap


def _overlap(before: str, after: str) -> int:
    """How much of the end of one text is the beginning of the other, as far as it is worth redacting."""
    if after[:SHORTEST] not in before:
        return 0
    max_size = min(len(before), len(after))
    return next((size for size in range(max_size, SHORTEST - 1, -1) if before.endswith(after[:size])), 0)


def _encodings(secret: str) -> Iterator[str]:
    """Base64 of anything that holds the secret, wherever it begins within three bytes; bytes as hex and as letters."""
    raw = secret.encode("utf-8", "surrogatepass")
    yield raw.decode("latin-1")
    yield raw.hex()
    for before in range(3):
        coded = base64.b64encode(b"\0" * before + raw).decode()
        known = coded[-(-8 * before // 6) : 8 * (before + len(raw)) // 6]
        yield from (known, known.replace("+", "-").replace("/", "_"))


def _lines(secret: str) -> list[str]:
    """Of a key in many lines each line is one."""
    lines = [line.strip() for line in secret.splitlines()]
    return [line for line in lines if len(line) >= LONG_LINE and not line.startswith("-----")] if lines[1:] else []


def _parts(secret: str) -> list[str]:
    """What is secret of an address such as a notification's or a proxy's: all but the site's own name."""
    address = ADDRESS.fullmatch(secret)
    if address is None:
        return []
    user, _, password = (address["user"] or "").partition(":")
    host = address["host"].partition(":")[0] if _hides_host(address) else ""
    long_parts = [part for part in (user, host, *re.split(r"[/?&=#;,]", address["rest"])) if len(part) >= LONG_PART]
    return [item for part in (password, *long_parts) for item in (part, _unescaped(part))]


def _unescaped(part: str) -> str:
    """The part of an address as it is without percent signs: so programs send and show it."""
    read, _ = _read(part, range(len(part) + 1), ESCAPED[0])
    try:
        return read.encode("latin-1").decode()
    except ValueError:
        return read


def _hides_host(address: re.Match[str]) -> bool:
    """Whether a token may stand where the host would; the name of a site is no secret."""
    is_site = "." in address["host"] or address["host"].partition(":")[0].lower() == "localhost"
    return not is_site and not WITH_HOST.fullmatch(address["scheme"])


def _public_lengths(variant: str) -> Span:
    """How many letters at the beginning and at the end of an address are no secret: its scheme, and a site's name."""
    address = ADDRESS.fullmatch(variant) if "://" in variant else None
    if address is None:
        return 0, 0
    hidden = address.start("host") if _hides_host(address) else address.start("rest")
    if user := address["user"]:
        hidden = address.start("user") + len(user.partition(":")[0] + ":" if ":" in user else "")
    is_host_public = address["rest"] in ("", "/") and not _hides_host(address)
    return hidden, len(variant) - address.start("host") if is_host_public else 0


def _small(text: str) -> str:
    """In small letters, each in the place where it was."""
    small = text.lower()
    return small if len(small) == len(text) else "".join(item.lower()[:1] for item in text)
