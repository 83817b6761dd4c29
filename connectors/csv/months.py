"""The names of months, and the words for the halves of a day, in the languages that Jira ships."""

import re
from functools import cache

from hub.model.unicode_forms import normalized

# Beginnings of names, whole and shortened: Germanic, Romance, Slavic, Finnic, Hungarian, Turkish, Greek, Thai.
_BEGINNINGS = (
    "jan jän gen ene ian jaan sty led tammi oca янв яну січ ιαν ม.ค มกราคม 一月",
    "feb fev fév úno lut helmi şub veebr фев лют φεβ ก.พ กุมภาพันธ์ 二月",
    "mar mär mrz mrt maalis bře мар бер μαρ märts มี.ค มีนาคม 三月",
    "apr abr avr ápr kwi dub huhti nis апр кві απρ เม.ย เมษายน 四月",
    "may mai maj mei mag máj kvě touko май мая тра μαι μάι พ.ค พฤษภาคม 五月",
    "jun juin giu iun jún cze čvn červ kesä haz juun июн юни чер ιουν มิ.ย มิถุนายน 六月",
    "jul juil lug iul júl lip čvc červenec červenc heinä tem juul июл юли лип ιουλ ก.ค กรกฎาคม 七月",
    "aug ago aoû ágú sie srp elo ağu авг сер αυγ ส.ค สิงหาคม 八月",
    "sep set szept wrz zář syys eyl сен сеп вер σεπ ก.ย กันยายน 九月",
    "oct okt ott out paź říj loka eki окт жов οκτ ต.ค ตุลาคม 十月",
    "nov noi nóv lis marras kas ноя ное лис νοε พ.ย พฤศจิกายน 十一月",
    "dec dez dic dis déc des dets gru pro joulu ara дек гру δεκ ธ.ค ธันวาคม 十二月",
)
_NUMBERED = re.compile(r"(?:th(?:g|ang)? ?)?(?P<number>\d{1,2}) ?(?:月|월)?")
_MORNING = r"a\.? ?m\.?|上午|午前|오전|vorm\.?|f\.?m\.?|de\.|SA|ÖÖ|πμ|π\.μ\.|ap\.?|dop\.?"
_EVENING = r"p\.? ?m\.?|下午|午後|오후|nachm\.?|e\.?m\.?|du\.|CH|ÖS|μμ|μ\.μ\.|ip\.?|odp\.?"
DAY_HALF = f"{_MORNING}|{_EVENING}"
MONTH_WORD = r"(?:[^\W\d_][^\d\s/,:-]*|\d{1,2}月|\d{1,2}월|[Tt]h(?:g|áng)?\.? ?\d{1,2})"


def normalise_text(text: str) -> str:
    """One way of writing the same: full-width digits, composed letters, blanks that look alike."""
    return " ".join(normalized("NFC", normalized("NFKC", text)).split())


def month_of(word: str) -> int | None:
    """The month that a word names, by the longest beginning that is known; None for another word."""
    plain = _folded(word)
    if numbered := _NUMBERED.fullmatch(plain):
        number = int(numbered["number"])
        return number if 1 <= number <= 12 else None
    known = max((month for month in _months() if plain.startswith(month)), key=len, default="")
    return _months().get(known)


def is_evening(word: str) -> bool:
    """Whether a word for a half of the day is that of the second half."""
    return re.fullmatch(_EVENING, word, re.IGNORECASE) is not None


def _folded(word: str) -> str:
    """Small letters without accents; what stands over a letter in Thai stays."""
    parts = normalized("NFKD", word.casefold().replace("ı", "i"))
    letters = "".join(part for part in parts if not 0x0300 <= ord(part) <= 0x036F)
    return normalized("NFC", letters).strip(". ")


@cache
def _months() -> dict[str, int]:
    return {_folded(text): number for number, names in enumerate(_BEGINNINGS, 1) for text in names.split()}
