"""A team's summary in words: plain text without a single word from a ticket, so that no chat takes it for markup."""

import re
from collections.abc import Iterator
from typing import Any

from hub.core.digest import Digest, Moved
from hub.model.finding import Finding, Severity

# Names in OKR files are people's words: in a chat some of these call everybody, or begin a link.
_MARKUP = re.compile(r"[^\w .,&/#:+-]")


def title_of(digest: Digest) -> str:
    """The first line."""
    return f"Alignment of {plain_name(digest.name)} this week"


def text_of(digest: Digest, *, pages: str = "") -> str:
    """The summary; `pages` is the address of the hub's pages, if people can reach them."""
    lines = [*_work(digest), *_findings(digest), *_key_results(digest)]
    if pages:
        lines.append(f"All of it: {pages.rstrip('/')}/teams/{digest.team}")
    return "\n".join(lines)


def digest_document(digest: Digest) -> dict[str, Any]:
    """The same as one JSON object."""
    return {
        "team": digest.team,
        "percent": digest.percent,
        "percent_before": digest.percent_before,
        "aligned": digest.aligned,
        "active": digest.active,
        "new": [{"rule": one.rule, "severity": str(one.severity), "subject": one.subject.id} for one in digest.new],
        "appeared": digest.appeared,
        "settled": digest.settled,
        "open": {str(severity): count for severity, count in sorted(digest.open.items())},
        "key_results": [
            {"id": one.key_result, "measured": one.measured, "before": one.before, "expected": one.expected}
            for one in digest.moved
        ],
        "title": title_of(digest),
        "text": text_of(digest),
    }


def plain_name(text: str) -> str:
    """Words without anything that a chat could take for markup, a mention or a link."""
    return " ".join(_MARKUP.sub(" ", text).replace("://", " ").split())


def _work(digest: Digest) -> Iterator[str]:
    if digest.percent is None:
        yield "No active work this week."
        return
    before = digest.percent_before
    then = "" if before is None or before == digest.percent else f"; it was {before} %"
    yield (
        f"{digest.percent} % of the active work serves an aligned key result "
        f"({digest.aligned} of {_counted(digest.active, 'ticket')}){then}."
    )


def _findings(digest: Digest) -> Iterator[str]:
    errors, warnings = digest.open.get(Severity.ERROR, 0), digest.open.get(Severity.WARNING, 0)
    yield (
        f"Findings: {digest.appeared} new, {digest.settled} settled; open are "
        f"{_counted(errors, 'error')} and {_counted(warnings, 'warning')}."
    )
    yield from (f"- {_line(one)}" for one in digest.new)
    if digest.appeared > len(digest.new):
        yield f"- and {digest.appeared - len(digest.new)} more"


def _line(one: Finding) -> str:
    where = f" {one.subject.url}" if one.subject.url else ""
    return f"{one.severity}: {one.rule}: {plain_name(one.subject.id)}{where}"


def _key_results(digest: Digest) -> Iterator[str]:
    if digest.moved:
        yield "Key results:"
        yield from (f"- {_standing(one)}" for one in digest.moved)


def _standing(one: Moved) -> str:
    if one.measured is None:
        return f"{one.key_result}: nothing measured yet; {_percent(one.expected)} of the cycle has passed"
    then = "" if one.before is None or one.before == one.measured else f" (it was {_percent(one.before)})"
    return f"{one.key_result}: {_percent(one.measured)} measured{then}, {_percent(one.expected)} expected by now"


def _percent(part: float) -> str:
    return f"{part * 100:.0f} %"


def _counted(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"
