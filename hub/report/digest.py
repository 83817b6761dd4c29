"""A team's weekly summary in words: as plain text, and as Markdown for its channel."""

import re
from collections.abc import Callable, Iterator
from typing import Any

from hub.core.display_names import line, short_day
from hub.core.insight.digest import BehindKeyResult, Digest
from hub.model.message import TITLE, Line, Link, Span, Strong, Text, day

MAX_WORDS = 110
# Names and titles are user text: in a chat, some of these mention everyone or begin a link.
_NO_NAME = re.compile(r"[^\w .,&/#:+-]")
_NO_WORDS = re.compile(r"[^\w .,;:&/#+%?()'\u2018-\u201d\u2013\u2014\u2026\u00b7\u20ac-]")
_ADDRESS = re.compile(r"https?://[^\s<>()\[\]{}|\\^`\"*]{1,1000}")


def title_of(digest: Digest) -> str:
    """The first line, which says enough where only it is seen."""
    return f"{plain_name(digest.name)}: {_to_do_text(digest)} ({TITLE}, {day(digest.today)})"


def text_of(digest: Digest) -> str:
    """All but the first line, without markup."""
    pages = digest.page, digest.help
    return _render(
        digest, lambda span: span.text, lambda link: f"{link.text}: {link.url}" if link.url in pages else link.text
    )


def markdown_of(digest: Digest) -> str:
    """The same with links, for a chat or a mail; it mentions no one."""
    return _render(digest, _mark_up, _link_markup)


def digest_document(digest: Digest) -> dict[str, Any]:
    """The same as one JSON object."""
    return {
        "team": digest.team,
        "today": digest.today.isoformat(),
        "since": digest.since.isoformat() if digest.since else None,
        "to_do": ["".join(span.text for span in item) for item in digest.to_do],
        "resolved": digest.resolved,
        "new": digest.new,
        "open": len(digest.now.findings),
        "linked": digest.now.linked,
        "active": digest.now.active,
        "linked_before": digest.before.linked,
        "active_before": digest.before.active,
        "behind": [
            {"id": behind_key_result.id, "measured": behind_key_result.measured, "expected": behind_key_result.expected}
            for behind_key_result in digest.behind
        ],
        "title": title_of(digest),
        "text": text_of(digest),
    }


def plain_name(text: str) -> str:
    """Words without anything that a chat could take for markup, a mention or a link."""
    return " ".join(_NO_NAME.sub(" ", text).replace("://", " ").split())


def count_words(digest: Digest) -> int:
    """How many words are read, the first line's included."""
    return len(title_of(digest).split()) + sum(map(_count_words, _blocks(digest)))


def _to_do_text(digest: Digest) -> str:
    count = len(digest.to_do)
    if not count:
        return "nothing to do this week"
    text = f"{count} thing{'s' if count > 1 else ''} to do"
    return f"still {text}" if digest.same_to_do else f"{text} this week"


def _render(digest: Digest, words: Callable[[Span], str], linked: Callable[[Link], str]) -> str:
    def render_line(part: Line) -> str:
        return "".join(linked(span) if isinstance(span, Link) else words(span) for span in part)

    return "\n\n".join("\n".join(map(render_line, block)) for block in _blocks(digest))


def _blocks(digest: Digest) -> list[list[Line]]:
    """The paragraphs in their order; titles and key results go first where there are too many words."""
    budget = MAX_WORDS - len(title_of(digest).split())
    first = [(digest.to_do, at) for at in range(len(digest.behind), 1, -1)]
    shorter = [(to_do, min(len(digest.behind), 1)) for to_do in (digest.to_do, *digest.shorter)]
    variants = [*first, *shorter, (digest.shorter[-1], 0)]
    blocks: list[list[Line]] = []
    for to_do, count in variants:
        blocks = list(_parts(digest, to_do, digest.behind[:count]))
        if sum(map(_count_words, blocks)) <= budget:
            break
    return blocks


def _count_words(block: list[Line]) -> int:
    return sum(len("".join(span.text for span in item).split()) for item in block)


def _parts(digest: Digest, to_do: tuple[Line, ...], behind: tuple[BehindKeyResult, ...]) -> Iterator[list[Line]]:
    if to_do and not digest.same_to_do:
        yield [line(f"{number}. ", *item) for number, item in enumerate(to_do, start=1)]
    yield [_changes(digest), *([_behind_line(behind)] if behind else [])]
    if digest.help:
        yield [line("New here? ", Link("What these checks are", digest.help))]
    if digest.page:
        yield [line(Link("Team page", digest.page))]


def _changes(digest: Digest) -> Line:
    now, before, open_ = digest.now, digest.before, len(digest.now.findings)
    spans = line(Strong("Open points:"), f" {open_}. ")
    if digest.since is not None:
        since = Strong(f"Since {short_day(digest.since, digest.today)}:")
        spans = line(since, f" {digest.resolved} resolved, {digest.new} new, {open_} open. ")
    if not now.active:
        return line(*spans, "No tickets are active.")
    share = f"{now.linked} of {now.active} ticket{'s are' if now.active > 1 else ' is'} linked"
    if not before.active or (before.linked, before.active) == (now.linked, now.active):
        return line(*spans, f"{share}.")
    period = "last week" if digest.after_a_week else "before:"
    return line(*spans, f"{share} ({period} {before.linked} of {before.active}).")


def _behind_line(behind: tuple[BehindKeyResult, ...]) -> Line:
    """What is expected is the same for all of a cycle, and said once."""
    spans = line(Strong("Furthest behind:"))
    for at, behind_key_result in enumerate(behind):
        expected = "" if at else f", expected {_percent(behind_key_result.expected)} by now"
        idle = "; no ticket works on it" if behind_key_result.idle else ""
        spans = line(
            *spans, " ", behind_key_result.name, f" is at {_percent(behind_key_result.measured)}{expected}{idle}."
        )
    return spans


def _mark_up(span: Span) -> str:
    words = _plain(span.text)
    return f"**{words.strip()}**" if isinstance(span, Strong) else words


def _link_markup(link: Link) -> str:
    words = _plain(link.text).strip()
    return f"[{words}]({link.url})" if _ADDRESS.fullmatch(link.url) else _mark_up(Text(link.text))


def _plain(text: str) -> str:
    """User text and our text without markup; spaces at the ends stay."""
    return re.sub(r"\s+", " ", _NO_WORDS.sub(" ", text).replace("://", " "))


def _percent(part: float) -> str:
    return f"{part * 100:.0f} %"
