"""The findings of one ticket as the one message that is posted there."""

import hashlib
from collections.abc import Callable, Sequence

from hub.model.action import EARLIER, PostedFinding
from hub.model.finding import Finding, Severity
from hub.model.initiative import Ref
from hub.model.message import Advice, Code, Line, Link, Message, Section, Text

SECTIONS_AT_MOST = 4
RESOLVED = "OKR alignment: everything is settled on this ticket"

WITHDRAWN = "OKR alignment: this comment is withdrawn; it stays because it was answered"


def no_links(_: Finding) -> Line:
    """Nowhere to read on."""
    return ()


def message_for(
    ref: Ref, findings: Sequence[Finding], heard: tuple[Line, ...] = (), links: Callable[[Finding], Line] = no_links
) -> Message:
    """Most severe first, in rule order within a severity; beyond a screen they are only counted.

    `heard` says which commands count on the ticket; `links` tells where to read on about a finding.
    Findings of one rule stand in the order of their fingerprints, so that the order of tickets changes no comment.
    """
    order = {rule: position for position, rule in enumerate(dict.fromkeys(f.rule for f in findings))}
    ordered = sorted(findings, key=lambda f: (-f.severity, order[f.rule], f.fingerprint))
    sections = tuple(Section(f.rule, str(f.severity), f.advice, links(f)) for f in ordered[:SECTIONS_AT_MOST])
    return Message(_headline(ordered), sections, max(0, len(ordered) - SECTIONS_AT_MOST), _footer(ref), heard)


def resolved_message(ref: Ref, heard: tuple[Line, ...] = ()) -> Message:
    """Said when nothing is wrong any more, in place of what stood there."""
    return Message(RESOLVED, footer=_footer(ref), heard=heard)


def withdrawn_message(ref: Ref) -> Message:
    """Said when everything is taken back, in place of a comment that people answered."""
    return Message(WITHDRAWN, footer=_footer(ref))


def worse(findings: Sequence[Finding], before: Sequence[PostedFinding]) -> bool:
    """Whether anything is new, or more severe than what was said of it before."""
    known = {_name(one): Severity[one.severity.upper()] for one in before}

    def said(one: Finding) -> Severity | None:
        return known.get(one.fingerprint, known.get(f"{EARLIER} {one.rule}"))

    return any((at := said(one)) is None or one.severity > at for one in findings)


def _name(one: PostedFinding) -> str:
    return f"{EARLIER} {one.rule}" if one.fingerprint == EARLIER else one.fingerprint


def digest(message: Message) -> str:
    """The hash that tells whether a message changed; taken of the value, not of any markup."""
    return hashlib.sha256(repr(_bare(message)).encode()).hexdigest()[:32]


def posted(finding: Finding) -> bool:
    """Whether any ticket shows the finding: by its comment from a warning on, by its label whatever the severity."""
    return bool(finding.on_tickets)


def _headline(ordered: Sequence[Finding]) -> str:
    count = len(ordered)
    return f"OKR alignment: {count} thing{'s' if count > 1 else ''} to settle on this ticket"


def _bare(message: Message) -> tuple[object, ...]:
    """All that a message holds in tuples and lists, which are written out many times faster than the values."""
    sections = [(one.rule, one.severity, *_said(one.advice), *_spans(one.links)) for one in message.sections]
    heard = [_spans(line) for line in message.heard]
    tables = [(t.title, t.head, [[_spans(cell) for cell in row] for row in t.rows], t.more) for t in message.tables]
    boxes = [_spans(line) for line in message.boxes]
    rare = (heard, tables, boxes) if heard or tables or boxes else ()
    return (message.headline, sections, message.folded, _spans(message.footer), *rare)


def _said(advice: Advice) -> tuple[object, ...]:
    return (_spans(advice.what), _spans(advice.why), [_spans(one) for one in advice.do], _spans(advice.unless))


def _spans(line: Line) -> list[tuple[str, ...]]:
    return [
        (type(span).__name__, span.text, span.url) if isinstance(span, Link) else (type(span).__name__, span.text)
        for span in line
    ]


def _footer(ref: Ref) -> Line:
    return (
        Text(
            "Written by the Alignment Hub, which edits this comment in place and clears it when nothing is left. Why: "
        ),
        Code(f"hub why {ref}"),
        Text(". Not work for an OKR? Add the label "),
        Code("okr-exempt"),
        Text("."),
    )
