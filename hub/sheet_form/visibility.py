"""Who may see a key result, as sheets say it in a column of its own; what is not understood counts as private."""

from hub.model.typed import same
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
_TURNED = frozenset({"not", "non", "nicht", "no", "kein", "never"})


def is_private(header: str, cell: str) -> bool | None:
    """Whether the cell says so; None where it is empty, ValueError where it says neither.

    A yes means what the header asks: `Private`, `Vertraulich`, or `Public`.
    """
    word = same(cell).strip(".! ")
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
    """Private or public by its words; `company only` and `not public` are private, None where nothing is said."""
    said = set(words.replace("-", " ").replace("/", " ").replace("_", " ").split())
    said |= {sign for sign in words if sign in _PRIVATE_WORDS | _PUBLIC_WORDS}
    private, public = bool(said & _PRIVATE_WORDS), bool(said & _PUBLIC_WORDS)
    if said & _TURNED and private is not public:
        return public
    return private if private or public else None
