"""Text in the drawn map: escaped, cut to what fits, without the signs that XML forbids."""

from html import escape


def fit(words: str, letters: int) -> str:
    """As much as fits, escaped."""
    return text(words if len(words) <= letters else f"{words[: letters - 1].rstrip()}…")


def text(words: str) -> str:
    """Escaped, and without the signs that XML forbids."""
    return escape("".join(sign if sign.isprintable() else " " for sign in words), quote=False)


def attribute(words: str) -> str:
    """Escaped within quotes."""
    return escape(words, quote=True)


def word(words: str) -> str:
    """A class name: letters and dashes only."""
    return "".join(sign for sign in words if sign.isalnum() or sign == "-")
