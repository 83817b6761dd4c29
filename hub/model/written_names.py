"""What people write to name key results: ids, titles and pages of the hub, several of them in one line or command."""

import re
from collections.abc import Callable, Iterator
from itertools import takewhile

from hub.model.text import SEPARATORS, match_key, split_names
from hub.model.urls import key_result_of_page

PLACEHOLDER = "{id}"
EMPTY_VALUES = frozenset({"", "-", "--", "?", "none", "n/a", "na", "tbd", "todo", "no response", PLACEHOLDER, "<id>"})
_WRAPPERS = "*`\"'()[]<>{}"
_STOPS = ".,:!?"
_ENDINGS = f"{_WRAPPERS}{_STOPS}"
# What explains the names of a command, behind them.
_REMARK = re.compile(r"(?<=\S)\s+[(\[#–—-].*")  # noqa: RUF001
_PAIRS = {"(": ")", "[": "]", "<": ">", "*": "*", "`": "`", '"': '"', "'": "'"}
# A name, and perhaps an explanation of it; whatever else follows is a sentence.
_SINGLE_NAME = re.compile(r"\S+(?:\s+[(\[-].*)?")
_LINK = re.compile(r"\[(?P<text>[^\[\]|]{1,300})\]\(<?(?P<url>https?://[^\s()<>]{1,500})>?\)")
_ADDRESS = re.compile(r"https?://[^\s()<>\[\]|,;]{1,500}")
# People copy the label, or the beginning of the line, with the id.
_PREFIX = re.compile(r"(?:o?kr)\s?[-:_/=]\s?", re.IGNORECASE)

LookUp = Callable[[str], str | None]
"""The words by which a name is known; None for a name that nothing is known of."""


def is_empty_value(value: str) -> bool:
    """Whether the words stand for a field that somebody left empty."""
    return match_key(value).strip("_* .") in EMPTY_VALUES or match_key(value) in EMPTY_VALUES


def without_prefix(name: str) -> str:
    """The name without the `kr-` of a label before it."""
    match = _PREFIX.match(name)
    return name[match.end() :] if match else name


def without_query(address: str) -> str:
    """An address without what a tracker's way to copy it adds: `…/browse/ACME-3?atlOrigin=…`; empty for other words."""
    return re.split("[?#]", address, maxsplit=1)[0].rstrip("/") if "://" in address else ""


def without_addresses(text: str) -> str:
    """Links by their words, and the pages of key results by their ids: the path tells them, whatever the site."""
    if "://" not in text:
        return text
    plain = _LINK.sub(lambda match: key_result_of_page(match["url"]) or match["text"], text)
    return _ADDRESS.sub(lambda match: key_result_of_page(match[0].rstrip(_ENDINGS)) or match[0], plain)


def unwrapped(text: str) -> str:
    """The words of a line without the marks that stand around all of them."""
    words = " ".join(text.split()).rstrip(_STOPS)
    while len(words) > 1 and _PAIRS.get(words[0]) == words[-1] and words[-1] not in words[1:-1]:
        words = words[1:-1].strip().rstrip(_STOPS)
    return words


def single_names(text: str) -> tuple[str, ...]:
    """The first word of each part of a line, as no title has any: `revenue (net), nps` names two."""
    return tuple(name for part in _parts(without_addresses(text)) for name in _first_words(part))


def names_in_line(text: str, known: LookUp, is_near: Callable[[str], bool]) -> tuple[str, ...]:
    """What a line names, where ids and titles are known: each title whole, and of a sentence its first word.

    A sentence whose first word is near nothing known is one name that nobody knows.
    """
    return _names(text, known, lambda part: _named_by_part(part, known, is_near))


def names_in_command(text: str, known: LookUp, is_near: Callable[[str], bool]) -> tuple[str, ...]:
    """The same of a command's words: blanks part ids, too, wherever one of them is known or near one that is."""
    return _names(text, known, lambda part: _named_by_words(part, known, is_near))


def words_of_command(text: str) -> tuple[str, ...]:
    """The words of a command that may be ids; `none` is not."""
    parts = (without_addresses(text),) if "://" in text else split_names(text)
    words = (word.strip(f"{_ENDINGS};") for part in parts for word in _REMARK.sub("", part).split())
    return tuple(dict.fromkeys(word for word in words if any(map(str.isalnum, word)) and word.casefold() != "none"))


def _names(text: str, known: LookUp, of_part: Callable[[str], tuple[str, ...]]) -> tuple[str, ...]:
    plain = without_addresses(text)
    if (entire := _known_entire(plain, known)) is not None:
        return (entire,)
    names: dict[str, None] = {}
    for part in _parts(plain):
        entire = _known_entire(part, known)
        names.update(dict.fromkeys(of_part(part) if entire is None else (entire,)))
    return tuple(names)


def _known_entire(text: str, known: LookUp) -> str | None:
    plain = " ".join(text.split())
    variants = (plain, unwrapped(plain), plain.lstrip(_WRAPPERS).rstrip(_ENDINGS))
    return next((name for words in variants if words and (name := known(words))), None)


def _parts(text: str) -> Iterator[str]:
    return (part.strip() for part in SEPARATORS.split(text) if not is_empty_value(part))


def _named_by_part(part: str, known: LookUp, is_near: Callable[[str], bool]) -> tuple[str, ...]:
    names = tuple(known(name) or name for name in _first_words(part))
    is_sentence = len(names) == 1 and _SINGLE_NAME.fullmatch(part) is None
    unknown = is_sentence and known(names[0]) is None and not is_near(names[0])
    return (unwrapped(part),) if unknown else names


def _named_by_words(part: str, known: LookUp, is_near: Callable[[str], bool]) -> tuple[str, ...]:
    words = tuple(known(word) or word for word in words_of_command(part))
    meant = any(known(word) is not None or is_near(word) for word in words)
    return words if meant or len(words) < 2 else (unwrapped(part),)


def _first_words(part: str) -> Iterator[str]:
    for token in _joined(part):
        value = token.lstrip(_WRAPPERS).rstrip(_ENDINGS)
        if not is_empty_value(value):
            yield value


def _joined(part: str) -> Iterator[str]:
    """The first word, and those joined to it: `revenue / nps`; a sentence that follows is none of them."""
    names = split_names(part) if "://" not in part else ()
    for text in takewhile(_SINGLE_NAME.fullmatch, names) if names and _SINGLE_NAME.fullmatch(names[0]) else (part,):
        yield text.split(maxsplit=1)[0]
