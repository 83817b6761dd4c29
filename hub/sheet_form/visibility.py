"""Who may see a key result, as sheets say it in a column of its own; what is not understood counts as private."""

import re
import unicodedata

from hub.model.typed import match_key
from hub.sheet_form.amounts import NOTHING
from hub.sheet_form.headers import folded

_YES_TEXT = """
    yes y true 1 x ✓ ✔ ✅ ☑ ja wahr oui vrai sí si verdadero sim on checked
"""
_YES = frozenset(_YES_TEXT.split())
_NO_TEXT = """
    no n false 0 ✗ ✘ ❌ ☐ nein falsch non faux falso não off unchecked
"""
_NO = frozenset(_NO_TEXT.split())
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
_FILLING_TEXT = """
    the to for in of by with within across is can see view read viewable readable access whole entire our wide and or
    employees staff der die das dem den für im in von mit und oder ganze ganzen gesamte gesamten mitarbeiter
    mitarbeitende mitarbeitenden le la les de du pour et ou toda todo el los para con y + |
"""
_FILLING = frozenset(_FILLING_TEXT.split())
_AN_END = frozenset(["with", "to", "for", "by", "in", "of", "für", "mit", "von", "pour", "para", "con"])
_NOT = frozenset({"not", "nicht", "kein", "never"})
_TURNED = _NOT | {"non", "no"}
_LIMITING = frozenset({"only", "nur"})
_PARTS = re.compile(r"[^\W_]+|[^\w\s]")


def is_private(header: str, cell: str) -> bool | None:
    """Whether the cell says so; None where it is empty, ValueError where it says neither.

    A yes means what the header asks: `Private`, `Vertraulich`, or `Public`.
    """
    word = match_key(cell).strip(".! ")
    asks = _meant(folded(header))
    if word in _YES or word in _NO:
        if asks is None:
            raise ValueError("says neither public nor private")
        return asks is (word in _YES)
    if word in NOTHING:
        return None
    found = _meant(word)
    if found is None:
        raise ValueError("says neither public nor private")
    return found


def _meant(words: str) -> bool | None:
    """Private or public by its words, None where that is not certain.

    One private word is enough, as in `company only`. It is public only where every word says so: `everyone in HR` is
    not.
    """
    parts = _parts(words)
    said = set(parts)
    private, public = said & _PRIVATE_WORDS, said & _PUBLIC_WORDS
    if public and (private or said & _TURNED):
        return True
    if private and not said & _TURNED:
        return True
    if public:
        return False if said <= _PUBLIC_WORDS | _FILLING and parts[-1] not in _AN_END else None
    turned = private and said <= (_PRIVATE_WORDS - _LIMITING) | _NOT | _FILLING
    return False if turned else None


def _parts(words: str) -> list[str]:
    """Words and signs; punctuation says nothing, but a question mark says that somebody is in doubt."""
    found = _PARTS.findall(re.sub(r"\bnon-", "not ", words))
    return [part for part in found if part == "?" or not unicodedata.category(part[0]).startswith("P")]
