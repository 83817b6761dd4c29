"""Rows of a source: values as JSON arrays and back, what it has beside its tickets, and earlier snapshots."""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from functools import cache
from operator import attrgetter
from typing import Any, Generic, TypeVar

import msgspec
from msgspec.structs import FieldInfo, asdict
from msgspec.structs import fields as struct_fields

from hub.model.action import PostedFinding
from hub.model.initiative import Gap, Initiative, PullResult, Ref, Snapshot, WorkAnswer
from hub.model.measure import Measure, MeasureAnswer
from hub.model.ticket_input import OkrTicket
from hub.store.base import SNAPSHOT_LIMIT
from hub.store.sql.database import Database, upsert

Value = TypeVar("Value", bound=msgspec.Struct)


class ArrayFormat(Generic[Value]):
    """How the values of one kind are written: arrays take half the space of objects.

    Trailing fields with defaults may be missing, so that rows from before a field was added still load. A kind that is
    `array_like` is written and read as it is. Of others, `omitted` are fields that are not written and are passed to
    `decode` instead.
    """

    def __init__(self, kind: type[Value], *omitted: str) -> None:
        written = [info for info in struct_fields(kind) if info.name not in omitted]
        self._kind = kind
        self._values: Callable[[Value], object] | None = None
        row: type[Any] = kind
        if omitted:
            self._values = attrgetter(*(info.name for info in written))
            row = msgspec.defstruct(kind.__name__, map(_column, written), array_like=True, frozen=True, gc=False)
        self._single = msgspec.json.Decoder(row, dec_hook=decode_ref)
        self._many = msgspec.json.Decoder(list[row], dec_hook=decode_ref)  # type: ignore[valid-type]

    def encode(self, value: Value) -> str:
        """One value as one array."""
        return _to_json(value if self._values is None else self._values(value))

    def encode_all(self, values: Iterable[Value]) -> str:
        """All of them in one array of arrays."""
        return _to_json([value if self._values is None else self._values(value) for value in values])

    def decode(self, text: str, **omitted: object) -> Value:
        """The inverse of `encode`; raises msgspec.ValidationError for what it did not write."""
        row: Any = _from_json(self._single, text)
        return self._kind(**omitted, **asdict(row)) if omitted else row

    def decode_all(self, text: str) -> tuple[Value, ...]:
        """The inverse of `encode_all`, of a kind of which nothing is omitted."""
        return tuple(_from_json(self._many, text))


@cache
def initiative_format() -> ArrayFormat[Initiative]:
    """Rows of tickets."""
    return ArrayFormat(Initiative)


@cache
def okr_format() -> ArrayFormat[OkrTicket]:
    """Rows of OKRs that trackers keep: the name of the connector stands in a column of its own."""
    return ArrayFormat(OkrTicket, "connector")


@cache
def findings_format() -> ArrayFormat[PostedFinding]:
    """What the ledger holds of a comment's findings. It is never read again from a tracker: old rows must load."""
    return ArrayFormat(PostedFinding)


def _column(info: FieldInfo) -> tuple[str, Any] | tuple[str, Any, Any]:
    return (info.name, info.type) if info.default is msgspec.NODEFAULT else (info.name, info.type, info.default)


@cache
def _encoder() -> msgspec.json.Encoder:
    return msgspec.json.Encoder(enc_hook=encode_ref, order="deterministic")


def _to_json(rows: object) -> str:
    """Text that no UTF-8 can hold, where a tracker cut a character in two, is escaped by the standard library."""
    try:
        return _encoder().encode(rows).decode()
    except UnicodeEncodeError:
        plain = msgspec.to_builtins(rows, enc_hook=encode_ref, order="deterministic")
        return json.dumps(plain, separators=(",", ":"))


def _from_json(decoder: msgspec.json.Decoder[Any], text: str) -> Any:
    try:
        return decoder.decode(text)
    except msgspec.ValidationError:
        raise
    except msgspec.DecodeError:
        return msgspec.convert(json.loads(text), decoder.type, dec_hook=decode_ref)


def encode_ref(value: object) -> str:
    """The only type of a field that JSON does not know is a ticket's name."""
    if isinstance(value, Ref):
        return str(value)
    raise NotImplementedError(type(value).__name__)


def decode_ref(kind: type, text: Any) -> Ref:
    """The inverse of `encode_ref`; NotImplementedError is how msgspec is told that a type is not known."""
    if kind is Ref:
        return Ref.parse(text)
    raise NotImplementedError(kind.__name__)


def save_okrs(db: Database, pulled: PullResult) -> None:
    """Keep what a complete pull read; forget them where the tracker keeps none any more."""
    if not pulled.complete:
        return
    name, rows = pulled.connector, pulled.okrs or ()
    db.execute("update source set has_okrs = ? where connector = ?", [int(pulled.okrs is not None), name])
    bodies = {row.id: okr_format().encode(row) for row in rows}
    stored = dict(db.execute("select ticket_id, body from okr_ticket where connector = ?", [name]).fetchall())
    removed = [(name, id_) for id_ in stored if id_ not in bodies]
    db.executemany("delete from okr_ticket where connector = ? and ticket_id = ?", removed)
    changed = [(name, id_, body) for id_, body in bodies.items() if stored.get(id_) != body]
    db.executemany(upsert("okr_ticket", ("connector", "ticket_id"), ("body",)), changed)


def load_okrs(db: Database, name: str) -> tuple[OkrTicket, ...]:
    """All that were last read of a source."""
    rows = db.execute("select body from okr_ticket where connector = ? order by ticket_id", [name])
    return tuple(okr_format().decode(body, connector=name) for (body,) in rows)


def save_answers(db: Database, pulled: PullResult) -> None:
    """Keep what was answered, and nothing of queries that nobody declares any more; all stays where none was asked."""
    if pulled.answers is None:
        return
    name = pulled.connector
    rows = [
        (name, answer.query, None if answer.tickets is None else json.dumps(sorted(answer.tickets)), answer.error)
        for answer in pulled.answers
    ]
    db.execute("delete from work_answer where connector = ?", [name])
    db.executemany("insert into work_answer values (?, ?, ?, ?)", rows)


def load_answers(db: Database, name: str) -> tuple[WorkAnswer, ...]:
    """The last answers of a source."""
    rows = db.execute("select query, tickets, error from work_answer where connector = ? order by query", [name])
    return tuple(
        WorkAnswer(query, None if tickets is None else frozenset(json.loads(tickets)), error)
        for query, tickets, error in rows
    )


def save_measures(db: Database, pulled: PullResult) -> None:
    """Keep what was answered, and nothing of measures that nobody declares any more; all stays where none was asked."""
    if pulled.measures is None:
        return
    rows = [
        (
            pulled.connector,
            answer.measure.query,
            answer.measure.sum,
            answer.measure.field,
            answer.value,
            answer.read_at.isoformat() if answer.read_at else None,
            answer.error,
        )
        for answer in pulled.measures
    ]
    db.execute("delete from measure_answer where connector = ?", [pulled.connector])
    db.executemany("insert into measure_answer values (?, ?, ?, ?, ?, ?, ?)", rows)


def load_measures(db: Database, name: str) -> tuple[MeasureAnswer, ...]:
    """The last values of a source."""
    columns = "query, sum_field, single_field, value, read_at, error"
    rows = db.execute(
        f"select {columns} from measure_answer where connector = ? order by query, sum_field, single_field",  # noqa: S608
        [name],
    )
    return tuple(
        MeasureAnswer(Measure(name, query, total, single), value, datetime.fromisoformat(at) if at else None, error)
        for query, total, single, value, at, error in rows
    )


def save_absent(db: Database, pulled: PullResult) -> None:
    """Keep which tickets the last full read did not show, though they stand as before; half a pull says nothing."""
    if pulled.complete:
        db.execute("delete from absent_ticket where connector = ?", [pulled.connector])
        rows = [(pulled.connector, id_) for id_ in sorted(pulled.absent)]
        db.executemany("insert into absent_ticket values (?, ?)", rows)


def load_absent(db: Database, name: str) -> frozenset[str]:
    """The absent tickets of one source."""
    return frozenset(id_ for (id_,) in db.execute("select ticket_id from absent_ticket where connector = ?", [name]))


# Rows of another format are not read: their source is read again from its tracker instead.
ROW_FORMAT = f"arrays 3: {Initiative.__struct_fields__} {OkrTicket.__struct_fields__}"


def begin_snapshot(db: Database, pulled: Sequence[PullResult], now: datetime) -> None:
    """Whatever is saved after this belongs to a new reading; the oldest ones are let go."""
    gaps = {pull_result.connector: [(gap.reason, gap.key) for gap in pull_result.gaps] for pull_result in pulled}
    statement = "insert into snapshot (pulled_at, gaps) values (?, ?) returning id"
    id_ = db.execute(statement, [now.isoformat(), json.dumps(gaps)]).fetchone()[0]
    oldest = int(id_) - SNAPSHOT_LIMIT
    db.execute("delete from snapshot where id <= ?", [oldest])
    db.execute("delete from snapshot_diff where snapshot_id <= ?", [oldest])


def delete_source_history(db: Database, connector: str) -> None:
    """Rows of another format cannot be read any more: there is no way back past them."""
    db.execute("delete from snapshot_diff where connector = ?", [connector])


def earlier_snapshots(db: Database) -> Iterator[Snapshot]:
    """What was known after each reading, the latest first."""
    readable = {row[0] for row in db.execute("select connector from source where row_format = ?", [ROW_FORMAT])}
    rows = db.execute("select connector, ticket_id, body from initiative").fetchall()
    now: dict[tuple[str, str], str | None] = {(row[0], row[1]): row[2] for row in rows if row[0] in readable}
    for snapshot_id, pulled_at, gaps in db.execute(
        "select id, pulled_at, gaps from snapshot order by id desc"
    ).fetchall():
        yield _snapshot(now, datetime.fromisoformat(pulled_at), json.loads(gaps))
        diff = db.execute("select connector, ticket_id, body from snapshot_diff where snapshot_id = ?", [snapshot_id])
        now.update({(row[0], row[1]): row[2] for row in diff if row[0] in readable})


def _snapshot(
    now: dict[tuple[str, str], str | None], pulled_at: datetime, gaps: dict[str, list[list[str]]]
) -> Snapshot:
    texts: dict[str, list[str]] = {name: [] for name in gaps}
    for (connector, _), body in sorted(now.items()):
        if body is not None:
            texts.setdefault(connector, []).append(body)
    pulled = tuple(
        PullResult(
            name,
            tuple(map(initiative_format().decode, bodies)),
            tuple(Gap(name, reason, key) for reason, key in gaps.get(name, ())),
        )
        for name, bodies in sorted(texts.items())
    )
    return Snapshot(pulled, pulled_at)
