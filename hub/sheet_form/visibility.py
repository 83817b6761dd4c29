"""Who may see a key result, as sheets say it in a column of its own; what is not understood counts as private."""

import re
import unicodedata

from hub.model.typed import match_key
from hub.sheet_form.amounts import EMPTY_VALUES
from hub.sheet_form.headers import normalize_header

_TRUE_WORDS_TEXT = """
    yes y true 1 x ✓ ✔ ✅ ☑ ja wahr oui vrai sí si verdadero sim on checked
"""
_TRUE_WORDS = frozenset(_TRUE_WORDS_TEXT.split())
_FALSE_WORDS_TEXT = """
    no n false 0 ✗ ✘ ❌ ☐ nein falsch non faux falso não off unchecked
"""
_FALSE_WORDS = frozenset(_FALSE_WORDS_TEXT.split())
_PRIVATE_WORDS_TEXT = """
    private privat privé privée privado privada privato privata confidential vertraulich confidentiel confidentielle
    confidencial restricted eingeschränkt restreint restringido limited hidden verborgen secret geheim closed only
    nur sensitive personal persönlich 🔒 🔐 非公開 非公开 私有 プライベート
"""
_PRIVATE_WORDS = frozenset(_PRIVATE_WORDS_TEXT.split())
_PUBLIC_WORDS_TEXT = """
    public öffentlich öffentlicher publik publique público pública pubblico open offen ouvert abierto everyone
    everybody anyone all alle tous todos company organization organisation workspace internal intern interne interno
    visible sichtbar shared unrestricted transparent 🔓 🌐 🌍 公開 公开 パブリック
"""
_PUBLIC_WORDS = frozenset(_PUBLIC_WORDS_TEXT.split())
# Words that leave it open by themselves who is meant: beside a public word they change nothing.
_FILLER_WORDS_TEXT = """
    the to for in of by with within across is can see view read viewable readable access whole entire our wide and or
    employees staff der die das dem den für im in von mit und oder ganze ganzen gesamte gesamten mitarbeiter
    mitarbeitende mitarbeitenden le la les de du pour et ou toda todo el los para con y + |
"""
_FILLER_WORDS = frozenset(_FILLER_WORDS_TEXT.split())
_TRAILING_WORDS = frozenset(["with", "to", "for", "by", "in", "of", "für", "mit", "von", "pour", "para", "con"])
_NOT = frozenset({"not", "nicht", "kein", "never"})
_NEGATIONS = _NOT | {"non", "no"}
_LIMITING = frozenset({"only", "nur"})
_PARTS = re.compile(r"[^\W_]+|[^\w\s]")


def is_private(header: str, cell: str) -> bool | None:
    """Whether the cell says so; None where it is empty, ValueError where it says neither.

    A yes means what the header asks: `Private`, `Vertraulich`, or `Public`.
    """
    word = match_key(cell).strip(".! ")
    header_is_private = _is_private_wording(normalize_header(header))
    if word in _TRUE_WORDS or word in _FALSE_WORDS:
        if header_is_private is None:
            raise ValueError("says neither public nor private")
        return header_is_private is (word in _TRUE_WORDS)
    if word in EMPTY_VALUES:
        return None
    result = _is_private_wording(word)
    if result is None:
        raise ValueError("says neither public nor private")
    return result


def _is_private_wording(words: str) -> bool | None:
    """Private or public by its words, None where that is not certain.

    One private word is enough, as in `company only`. It is public only where every word says so: `everyone in HR` is
    not.
    """
    parts = _tokens(words)
    word_set = set(parts)
    private, public = word_set & _PRIVATE_WORDS, word_set & _PUBLIC_WORDS
    if public and (private or word_set & _NEGATIONS):
        return True
    if private and not word_set & _NEGATIONS:
        return True
    if public:
        return False if word_set <= _PUBLIC_WORDS | _FILLER_WORDS and parts[-1] not in _TRAILING_WORDS else None
    is_negated = private and word_set <= (_PRIVATE_WORDS - _LIMITING) | _NOT | _FILLER_WORDS
    return False if is_negated else None


def _tokens(words: str) -> list[str]:
    """Words and signs; punctuation says nothing, but a question mark says that somebody is in doubt."""
    tokens = _PARTS.findall(re.sub(r"\bnon-", "not ", words))
    return [part for part in tokens if part == "?" or not unicodedata.category(part[0]).startswith("P")]
