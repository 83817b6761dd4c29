"""Keeps secrets out of what people read: redacts before it shortens, for half a secret is one as well."""

from collections.abc import Iterable
from dataclasses import replace

from hub.model.initiative import Gap
from hub.model.redaction import redacted, secret_variants

MAX_TEXT_LENGTH = 500


class Redactor:
    """Knows the secrets of one connector and shows none."""

    def __init__(self, secrets: Iterable[str]) -> None:
        """Empty secrets are none."""
        self._known: frozenset[str] = frozenset()
        self._variants: tuple[str, ...] = ()
        self.add(*secrets)

    def add(self, *secrets: str) -> None:
        """Another secret, such as a token that was issued meanwhile."""
        if not self._known.issuperset(secrets):
            self._known = self._known.union(secrets)
            self._variants = secret_variants(self._known)

    def __call__(self, text: str) -> str:
        """The text with every secret redacted, and no longer than people read."""
        safe = redacted(text, self._variants)
        return safe if len(safe) <= MAX_TEXT_LENGTH else safe[:MAX_TEXT_LENGTH] + "…"

    def in_gaps(self, gaps: Iterable[Gap]) -> tuple[Gap, ...]:
        """Gaps that hold no secret: they repeat what an answer said."""
        return tuple(replace(gap, reason=self(gap.reason)) for gap in gaps)
