"""The fingerprints of findings: the same while a fault is, and no way to try out the names of private key results."""

import hashlib
import hmac
from collections import Counter
from dataclasses import dataclass, field

from hub.model.private_names import PrivateNames

LENGTH = 16


def fingerprint(rule: str, *identity: str) -> str:
    """Sixteen hex digits that stay the same while the fault does, whatever titles and order do."""
    return hashlib.sha256(_encode(rule, identity)).hexdigest()[:LENGTH]


@dataclass(frozen=True, slots=True)
class Fingerprints:
    """For the findings of one run.

    An identity that names something of `private`, or one of the private `objectives`, is hashed with the state's `key`:
    whoever knows the rules and guesses an id cannot tell whether it is right. Where there is no state and so no key,
    such findings are numbered instead.
    """

    private: PrivateNames
    key: bytes = b""
    objectives: frozenset[str] = frozenset()
    _numbers: Counter[tuple[str, ...]] = field(default_factory=Counter, init=False)

    def of(self, rule: str, *identity: str) -> str:
        """The fingerprint of a fault."""
        if self.objectives.isdisjoint(identity) and not any(map(self.private.names_in, identity)):
            return fingerprint(rule, *identity)
        if self.key:
            return hmac.new(self.key, _encode(rule, identity), hashlib.sha256).hexdigest()[:LENGTH]
        unnamed = tuple("" if part in self.objectives else self.private.redact(part) for part in identity)
        self._numbers[rule, *unnamed] += 1
        return fingerprint(rule, *unnamed, str(self._numbers[rule, *unnamed]))


def _encode(rule: str, identity: tuple[str, ...]) -> bytes:
    return "\x1f".join((rule, *identity)).encode(errors="backslashreplace")
