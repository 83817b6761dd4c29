"""Keeps secrets out of what people read: as they are, and as Basic authentication would carry them."""

import base64
from collections.abc import Iterable


class Redactor:
    """Knows the secrets of one connector and shows none."""

    def __init__(self, secrets: Iterable[str]) -> None:
        """Empty secrets are none."""
        plain = [secret for secret in secrets if secret]
        encoded = [base64.b64encode(secret.encode()).decode() for secret in plain]
        self._forms = sorted((*plain, *encoded), key=len, reverse=True)

    def __call__(self, text: str) -> str:
        """The text with every secret blotted out."""
        for form in self._forms:
            text = text.replace(form, "[secret]")
        return text
