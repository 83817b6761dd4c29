"""The lines of a text that people say in their own voice, and what they write below headings."""

import re
from collections.abc import Iterator

from hub.model.text import match_key

_FENCE = re.compile(r"(`{3,}|~{3,}|\{(?:code|noformat|quote)(?=[:}]))")
_ITEM = r"(?:[-+*] +|[\u2022\u2023\u25e6\u25aa\u25cf\u30fb] *|\d{1,9}[.)] +)"
_MARKS = re.compile(rf"(?:{_ITEM}|#{{1,6}} +)?(?:\[[ xX]\] +)?")
_LISTED = re.compile(rf"{_ITEM}|\[[ xX]\] ")
_CHECKED = re.compile(rf"{_ITEM}?\[[xX]\] ")
_UNCHECKED = re.compile(rf"{_ITEM}?\[ \] ")
_STRUCK = re.compile(r"(?<!~)~~(?![~\s])[^~\n]{1,400}~~(?!~)")
_HEADING = re.compile(r"#{1,6} +(?P<hashed>(?:.*[^#])?)#*|\*\*(?P<bold>[^*]{1,200})\*\*:?|__(?P<under>[^_]{1,200})__:?")
_PHRASE_NAME = re.compile(r"[\w.-]{1,100}[,;]?")


def prose_lines(text: str, *, ticked: bool = True) -> Iterator[str]:
    """Lines that people say in their own voice, without list marks: no quotes, code, hidden comments or struck words.

    Without `ticked` no boxes that are ticked off.
    """
    for line in _unquoted_lines(text):
        if ticked or not _CHECKED.match(line):
            yield line[_after_marks(line) :]


def lines_under_headings(text: str, *, of_tasks: bool = False) -> Iterator[tuple[str, str]]:
    """Headings, and what stands right below each: a line, a list, or names one a line.

    Forms write the answers to their questions so, and of boxes those that are chosen are ticked. Where the boxes are
    `of_tasks`, those that are ticked are done, and the others count.
    """
    if not ("#" in text or "**" in text or "__" in text):
        return
    left_out = _CHECKED if of_tasks else _UNCHECKED
    heading = previous = ""
    for line in _unquoted_lines(text):
        if (title := _heading_text(line)) is not None:
            heading, previous = title, ""
        elif not line:
            heading = heading if not previous or _LISTED.match(previous) else ""
        elif heading and _continues(previous, line):
            previous = line
            if not left_out.match(line):
                yield heading, line[_after_marks(line) :]
        else:
            heading = ""


def _continues(previous: str, line: str) -> bool:
    """Whether a line still belongs to what a heading asked for."""
    if not previous:
        return True
    if _LISTED.match(previous):
        return _LISTED.match(line) is not None
    return bool(_PHRASE_NAME.fullmatch(previous) and _PHRASE_NAME.fullmatch(line))


def _heading_text(line: str) -> str | None:
    """The words of a heading, or of a line that is all bold, as they are compared; None for other lines."""
    match = _HEADING.fullmatch(line)
    words = match and next(group for group in match.groups() if group is not None)
    return match_key(words.replace("**", "")).rstrip(": ") if words is not None else None


def _unquoted_lines(text: str) -> Iterator[str]:
    closing = ""
    for raw in text.splitlines():
        line = raw.strip()
        if closing:
            closing = "" if line.startswith(closing) or (closing == "-->" and closing in line) else closing
        elif opening := _closing_mark(line):
            closing = opening
        elif not _is_quoted_or_code(raw, left := _without_struck(line)) and (left or not line):
            yield left


def _without_struck(line: str) -> str:
    """What is left to be read of a line: nothing of one whose words are all struck out."""
    if "~~" not in line:
        return line
    left = _STRUCK.sub("", line)
    return left.strip() if left[_after_marks(left) :].strip(" .,;:") else ""


def _closing_mark(line: str) -> str:
    """What will close a block that this line opens; empty when it opens none."""
    if fence := _FENCE.match(line):
        mark = fence[1] if fence[1][0] in "`~" else fence[1] + "}"
        is_open = mark not in line[fence.end() :]
        return mark if is_open else ""
    hidden = line.rfind("<!--")
    return "-->" if hidden >= 0 and line.find("-->", hidden) < 0 else ""


def _is_quoted_or_code(raw: str, line: str) -> bool:
    """Quotes, code spans at the start, and text that is indented like code without being a list item."""
    if line.startswith((">", "`", "<!--", "bq. ", "|", "~~", "{")):
        return True
    indented = raw.startswith(("    ", "\t"))
    return indented and not _after_marks(line)


def _after_marks(line: str) -> int:
    marks = _MARKS.match(line)
    return marks.end() if marks else 0
