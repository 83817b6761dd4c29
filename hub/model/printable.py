"""Text as it may go to a terminal, a log or the output of a build: whoever wrote a ticket's title may write anything.

Signs that steer a terminal, or hide or reorder what stands there, are shown as escapes. A line that a build would
take for a command is broken: docs.github.com, "Workflow commands for GitHub Actions"; learn.microsoft.com, "Logging
commands".
"""

import re

_JOINERS, _VARIANTS = "\u200c\u200d", "\ufe00-\ufe0f"
_UNSAFE = re.compile(
    # Controls, but for the tab and the line end; marks of direction; what is shown as nothing; halves of signs.
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u200e\u200f\u2028-\u202e"
    r"\u2060-\u206f\u2800\u3164\ufeff\uffa0\ufff9-\ufffb\ud800-\udfff\U000e0000-\U000e0fff]"
    # Emoji and some scripts need joiners and variants: only between their own signs.
    rf"|(?<![^\x00-\x7f{_JOINERS}])[{_JOINERS}]|[{_JOINERS}](?![^\x00-\x7f{_JOINERS}{_VARIANTS}])"
    rf"|(?<![^\x00-\x7f{_JOINERS}{_VARIANTS}])(?!\ufe0f\u20e3)[{_VARIANTS}]"
)
_COMMAND = re.compile(r"^([^\S\n]*)(?=::)|(##\w*)(?=\[)", re.MULTILINE)
_COMMAND_IN_JSON = re.compile(r"##(?=\w*\[)")


def printable(text: str) -> str:
    """The text with its line ends, and nothing in it that acts."""
    return _COMMAND.sub(r"\1\2\\", without_controls(text))


def printable_line(text: str) -> str:
    """The text as one line: a line end is shown as an escape."""
    return printable(text.replace("\n", "\\n"))


def without_controls(text: str) -> str:
    """The text without controls: for a line that is meant to be a command, whose own parts are made safe before."""
    return _UNSAFE.sub(lambda char: _escape(char[0]), text.replace("\r\n", "\n"))


def printable_json(document: str) -> str:
    """A JSON document that means the same, with nothing in its strings that acts."""
    return _COMMAND_IN_JSON.sub("#\\\\u0023", _UNSAFE.sub(lambda char: _json_escape(char[0]), document))


def ascii_json(document: str) -> str:
    """A JSON document that means the same, in ASCII."""
    return re.sub(r"[^\x00-\x7f]", lambda char: _json_escape(char[0]), document)


def _escape(char: str) -> str:
    return char.encode("unicode_escape").decode("ascii")


def _json_escape(char: str) -> str:
    units = char.encode("utf-16-be", "surrogatepass").hex()
    return "".join(f"\\u{units[at : at + 4]}" for at in range(0, len(units), 4))
