"""Text in the drawn map: escaped, cut to what fits, without the signs that XML forbids."""

from html import escape


def fit_text(text: str, letters: int) -> str:
    """As much as fits, escaped."""
    return escape_text(text if len(text) <= letters else f"{text[: letters - 1].rstrip()}…")


def escape_text(text: str) -> str:
    """Escaped, and without the signs that XML forbids."""
    return escape("".join(sign if sign.isprintable() else " " for sign in text), quote=False)


def escape_attribute(text: str) -> str:
    """Escaped within quotes."""
    return escape(text, quote=True)


def css_name(text: str) -> str:
    """A class name: letters and dashes only."""
    return "".join(sign for sign in text if sign.isalnum() or sign == "-")
