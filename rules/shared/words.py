"""How rules say facts: exact values as code, a veiled key result as plain words, lists with an end."""

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

from hub.model.finding import Fact
from hub.model.message import Code, Line, Span, Text
from hub.model.private_names import PRIVATE_NAME

MAX_LISTED = 5


def line(*parts: str | Span | Line) -> Line:
    """One line of words, values and lists."""
    spans: list[Span] = []
    for part in parts:
        if isinstance(part, str):
            spans.append(_text(part))
        elif isinstance(part, tuple):
            spans.extend(part)
        else:
            spans.append(part)
    return tuple(spans)


# The same few sentences stand in every finding of a rule.
@lru_cache(maxsize=1024)
def _text(words: str) -> Text:
    return Text(words)


def key_result_span(id_: str) -> Span:
    """A key result's id as a value; the words for a private one as words."""
    return Text(id_) if id_ == PRIVATE_NAME else Code(id_)


def key_result_list(ids: Sequence[str]) -> Line:
    """Several key results, each once: private ones have one name."""
    return join_spans([key_result_span(id_) for id_ in dict.fromkeys(ids)])


def join_spans(spans: Sequence[Span], last: str = "and", *, omitted: int = 0) -> Line:
    """`a, b and c`; beyond five the rest is counted, with `more` that were left out before."""
    visible = list(spans[:MAX_LISTED])
    omitted += len(spans) - len(visible)
    if omitted:
        visible.append(Text(f"{omitted} more"))
    result: list[Span] = []
    for position, span in enumerate(visible):
        if position:
            result.append(Text(f" {last} " if position == len(visible) - 1 else ", "))
        result.append(span)
    return tuple(result)


def public_ids(ids: Iterable[str]) -> list[str]:
    """Those that may be typed: a veiled one names nothing."""
    return [id_ for id_ in ids if id_ != PRIVATE_NAME]


def texts(fact: Fact) -> tuple[str, ...]:
    """A fact that holds words, as words."""
    return tuple(str(part) for part in fact) if isinstance(fact, tuple) else ()


def records(fact: Fact) -> tuple[Mapping[str, Fact], ...]:
    """A fact that holds records, as records."""
    return tuple(part for part in fact if isinstance(part, Mapping)) if isinstance(fact, tuple) else ()
