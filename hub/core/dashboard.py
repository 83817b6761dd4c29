"""The state of the whole as one message: what is wrong where, how much work leads somewhere, what was left undone."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from hub.core.audit.alignment_ratio import ratios
from hub.core.planning.comment import digest, posted
from hub.core.privacy import veil_text
from hub.model.action import Receipt, Status
from hub.model.finding import Finding, Judgement, Severity
from hub.model.initiative import Gap, Ref
from hub.model.message import Code, Line, Message, Strong, Table, Text
from hub.model.portfolio import Portfolio

ROWS_AT_MOST = 12
BOXES_AT_MOST = 15
LONGEST = 160
UNDONE = (Status.DEFERRED, Status.FAILED, Status.REFUSED)


@dataclass(frozen=True, slots=True)
class Seen:
    """What a run tells its dashboard; `held` are tickets left as they are, each with the reason."""

    portfolio: Portfolio
    judgement: Judgement
    receipts: Sequence[Receipt]
    held: Sequence[tuple[Ref, str]]
    gaps: Sequence[Gap]


def dashboard(seen: Seen) -> Message:
    """The whole comment, but for when it was written: that is no part of what can change."""
    found = seen.judgement.findings
    tickets = _tickets(found)
    tables = (_by_rule(found), _by_team(seen.portfolio), _elsewhere(found), _undone(seen), _gaps(seen))
    return Message(
        headline=f"OKR alignment: {_tally(found)} in {seen.portfolio.cycle.id}",
        tables=tuple(table for table in tables if table.rows),
        boxes=tuple((Text("Re-check "), Code(str(ref))) for ref in tickets[:BOXES_AT_MOST]),
        footer=tuple(_footer(seen, len(tickets))),
    )


def digest_of(message: Message) -> str:
    """Tells whether the state changed, whenever it was written down."""
    return digest(message)


def dated(message: Message, when: str) -> Message:
    """The same with the run that changed it."""
    return replace(message, footer=(*message.footer, Text(f" Last change: {when}.")))


def asked(ticked: Iterable[str]) -> frozenset[Ref]:
    """The tickets that people asked for by a box; what is no ticket's name is none."""
    found = set()
    for text in ticked:
        try:
            found.add(Ref.parse(text.strip()))
        except ValueError:
            continue
    return frozenset(found)


def _tally(found: Sequence[Finding]) -> str:
    counts = Counter(finding.severity for finding in found)
    named = [f"{counts[one]} {one}{'s' if counts[one] > 1 else ''}" for one in reversed(Severity) if counts[one]]
    return ", ".join(named) or "everything is settled"


def _by_rule(found: Sequence[Finding]) -> Table:
    counts = Counter((finding.severity, finding.rule) for finding in found)
    order = {rule: at for at, rule in enumerate(dict.fromkeys(finding.rule for finding in found))}
    ranked = sorted(counts, key=lambda key: (-key[0], order[key[1]]))
    return _cut("Findings", ("Severity", "Rule", "How many"), [_row(s, Code(r), counts[s, r]) for s, r in ranked])


def _by_team(portfolio: Portfolio) -> Table:
    found = ratios(portfolio)
    names = {id_: team.name for id_, team in portfolio.okrs.teams.items()}
    rows = [
        _row(names[id_], one.active, f"{one.percent} %", "not all was read" if one.incomplete else "")
        for id_, one in sorted(found.items())
        if one.active
    ]
    return _cut("Work that leads to an organization Key Result", ("Team", "Active", "Aligned", "Remark"), rows)


def _elsewhere(found: Sequence[Finding]) -> Table:
    """What no ticket shows; the digest of the others is on the tickets themselves."""
    homeless = sorted(
        (one for one in found if not posted(one)), key=lambda one: (-one.severity, one.rule, one.fingerprint)
    )
    rows = [(_words(one.severity), one.advice.what, (Code(one.rule),)) for one in homeless]
    return _cut("On no ticket", ("Severity", "What", "Rule"), rows)


def _undone(seen: Seen) -> Table:
    found: dict[tuple[Ref, str], str] = {}
    for receipt in seen.receipts:
        if receipt.status in UNDONE:
            found.setdefault((receipt.action.target.ref, receipt.status.value), receipt.detail.split(";")[0])
    found |= {(ref, "held"): why for ref, why in seen.held}
    rows = [
        (_code(str(ref)), _words(what), _words(veil_text(why, seen.portfolio)))
        for (ref, what), why in sorted(found.items())
    ]
    return _cut("Not written", ("Ticket", "What came of it", "Why"), rows)


def _gaps(seen: Seen) -> Table:
    found = sorted({(one.connector, one.key or "", one.reason) for one in seen.gaps})
    rows = [_row(name, key, veil_text(why, seen.portfolio)) for name, key, why in found]
    return _cut("Not read", ("Connector", "Ticket", "Why"), rows)


def _tickets(found: Sequence[Finding]) -> list[Ref]:
    """Those with something to settle, the worst first."""
    worst: dict[Ref, int] = {}
    for finding in found:
        for ref in finding.on_tickets:
            worst[ref] = max(worst.get(ref, 0), finding.severity)
    return sorted(worst, key=lambda ref: (-worst[ref], ref))


def _footer(seen: Seen, tickets: int) -> Iterator[Text | Code | Strong]:
    if tickets > BOXES_AT_MOST:
        yield Text(f"There are boxes for {BOXES_AT_MOST} of {tickets} tickets. ")
    counts = (len(seen.portfolio.exempt), len(seen.judgement.waived), len(seen.judgement.not_judged))
    yield Text("{} tickets are exempt, {} findings are waived, {} subjects could not be judged. ".format(*counts))
    yield Text("Kept by the Alignment Hub, which edits this one comment when something changes. A ticked box has the ")
    yield Text("ticket read again in the next run.")


def _cut(title: str, head: tuple[str, ...], rows: Sequence[tuple[Line, ...]]) -> Table:
    return Table(title, head, tuple(rows[:ROWS_AT_MOST]), max(0, len(rows) - ROWS_AT_MOST))


def _row(*cells: object) -> tuple[Line, ...]:
    return tuple((cell,) if isinstance(cell, Code) else _words(cell) for cell in cells)


def _words(said: object) -> Line:
    text = str(said)
    return (Text(text if len(text) <= LONGEST else f"{text[:LONGEST]}…"),) if text else ()


def _code(text: str) -> Line:
    return (Code(text),)
