"""Keeps secrets out of what people read: as they are, and as Basic authentication would carry them."""

import base64
from collections.abc import Iterable

LONG_LINE = 16


class Redactor:
    """Knows the secrets of one connector and shows none."""

    def __init__(self, secrets: Iterable[str]) -> None:
        """Empty secrets are none."""
        self._known: set[str] = set()
        self._forms: tuple[str, ...] = ()
        self.add(*secrets)

    def add(self, *secrets: str) -> None:
        """Another secret, such as a token that was issued meanwhile; of a key in many lines each line is one."""
        if self._known.issuperset(secrets):
            return
        self._known.update(secrets)
        plain = {part for secret in secrets for part in (secret, *_lines(secret)) if part}
        encoded = {base64.b64encode(secret.encode()).decode().rstrip("=") for secret in plain}
        self._forms = tuple(sorted({*self._forms, *plain, *encoded}, key=len, reverse=True))

    def __call__(self, text: str) -> str:
        """The text with every secret blotted out."""
        for form in self._forms:
            text = text.replace(form, "[secret]")
        return text


def _lines(secret: str) -> list[str]:
    lines = [line.strip() for line in secret.splitlines()]
    return [line for line in lines if len(line) >= LONG_LINE and not line.startswith("-----")] if lines[1:] else []
