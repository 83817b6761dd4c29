"""Numbers as people write them, German or English, with magnitudes and units; what is ambiguous is never guessed."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

NOTHING = frozenset(
    {"", "-", "\u2013", "\u2014", "?", "n/a", "na", "n.a.", "tbd", "tba", "k.a.", "offen", "none", "null", "x"}
)
# Words that bound a number: the first of each kind leave the number itself out.
_BELOW = "fewer than|less than|lower than|smaller than|under|below|weniger als|kleiner als|unter|moins de|menos de"
_ABOVE = "more than|greater than|higher than|larger than|over|above|mehr als|größer als|über|plus de|más de"
_AT_MOST = (
    "maximum|max|at most|no more than|not more than|no higher than|not above|up to|höchstens|maximal|nicht mehr als"
    "|bis zu|au plus|como máximo"
)
_AT_LEAST = "minimum|min|at least|no less than|not below|mindestens|au moins|al menos"
UPPER = ("<", "≤", *_BELOW.split("|"), *_AT_MOST.split("|"))
LOWER = (">", "≥", "+", *_ABOVE.split("|"), *_AT_LEAST.split("|"))
STRICT = (*_BELOW.split("|"), *_ABOVE.split("|"))
_AFTER = (
    (
        "≤",
        re.compile(r"(?i:,? ?(?:or|and) (?:less|fewer|lower|below|under)|,? ?oder weniger|ou moins|o menos|max\.?)$"),
    ),
    ("≥", re.compile(r"(?i:,? ?(?:or|and) (?:more|higher|above|up|better)|,? ?oder mehr|ou plus|o más)$")),
)
# What follows a number and makes two of it, or another one: `45→70`, `10 to 20`, `10 or 20`, `1.2 x 10^7`.
_SECOND = re.compile(
    r"[-\d.,:⁰¹²³⁴-⁹⁺⁻]|[\u00d7x*·^]\s*\d|e\s*(?:[-+\u2212]\s*(?:\d|$)|\d+$)|[\u2013\u2014]\s*\d|/\s*[\d-]"
    r"|(?:to|bis|auf|until|and|or|und|oder|a|à)\s+[-+]?[€$£]?\d|.*[→➔➜⟶⇒]|.*[-=\u2013\u2014]>",
    re.IGNORECASE,
)
_FORM = re.compile(
    rf"(?P<bound>[<>≤≥~≈]=?\s*|(?:ca|approx|about|around|rund|{_BELOW}|{_ABOVE}|{_AT_MOST}|{_AT_LEAST})\.?\s+)?"
    r"(?P<before>[€$£]|USD|EUR|CHF|GBP)?\s*(?P<sign>[-+\u2212])?\s*"
    r"(?P<digits>\d{1,3}(?: \d{3})+(?:[.,]\d+)?(?!\d)|\d+(?:[.,'\u2019_]\d+)*|[.,]\d+)(?:e(?P<power>[-+\u2212]?\d+))?"
    r"\s*(?P<rest>.*)",
    re.IGNORECASE,
)
LARGEST_POWER, MOST_DIGITS = 99, 60
_CURRENCY = r"€|\$|£|USD|EUR|CHF|GBP"
_SIZES: tuple[tuple[re.Pattern[str], int], ...] = (
    (re.compile(rf"[kK](?=$|\s|{_CURRENCY})|Tsd\b\.?|tsd\b\.?|Tausend\b|T(?={_CURRENCY})"), 10**3),
    (re.compile(rf"M(?=$|\s|{_CURRENCY})|(?i:mio|mill|mn)\b\.?|(?i:million(?:en|s)?)\b"), 10**6),
    (re.compile(rf"B(?=$|\s|{_CURRENCY})|(?i:mrd|bn)\b\.?|(?i:milliarden?|billion)\b"), 10**9),
)
_SPACES = dict.fromkeys((0x00A0, 0x2009, 0x202F, 0x2007), " ")


@dataclass(frozen=True, slots=True)
class Amount:
    """A number in parts: its digits as written, the factor of its magnitude, its unit, a bound that stood before it.

    `power` is the exponent of 1.20E+07, as spreadsheets write what doesn't fit into a cell; None where none stands.
    """

    digits: str
    factor: int
    unit: str
    bound: str = ""
    power: int | None = None

    @property
    def decimal(self) -> str | None:
        """The decimal sign that the digits prove, "?" where they allow two readings, None where they have no sign."""
        signs = re.sub(r"[^.,]", "", self.digits)
        if not signs:
            return None
        if len(set(signs)) > 1:
            return signs[-1]
        if len(signs) > 1:
            return "," if signs[0] == "." else "."
        whole, _, rest = self.digits.lstrip("-").partition(signs)
        two_readings = self.power is None and len(rest) == 3 and 1 <= len(whole) <= 3 and whole != "0"
        return "?" if two_readings else signs

    def value(self, decimal: str) -> float:
        """The number, read with that decimal sign."""
        group = "," if decimal == "." else "."
        plain = self.digits.replace(group, "").replace(decimal, ".")
        return float(Decimal(plain).scaleb(self.power or 0) * self.factor)


def amount(text: str) -> Amount | None:
    """Take a number apart; None for an empty cell, ValueError for what is no number."""
    written = " ".join(text.translate(_SPACES).split())
    written = written if written.isascii() else "".join(map(_plain_digit, written))
    if written.casefold().replace(" ", "") in NOTHING:
        return None
    found = _FORM.fullmatch(written)
    if found is None:
        raise ValueError("is no number")
    digits = re.sub(r"['\u2019_ ]", "", found["digits"])
    power = _power(found["power"])
    if len(digits) > MOST_DIGITS or not _well_grouped(digits):
        raise ValueError("is no number")
    factor, unit = _size(found["rest"], money=bool(found["before"]))
    bound = (found["bound"] or "").strip()
    if unit.startswith("+") and not re.search(r"\d", unit):
        bound, unit = bound or "+", unit[1:].strip()
    bound, unit = _bound_after(bound, unit)
    if _SECOND.match(unit):
        raise ValueError("is no single number")
    sign = "-" if found["sign"] in ("-", "\u2212") else ""
    return Amount(sign + digits, factor, (found["before"] or unit).strip(), bound, power)


def proven(amounts: Iterable[Amount]) -> str | None:
    """The decimal sign that a group of numbers agrees on, if they prove one."""
    signs = {one.decimal for one in amounts} - {None, "?"}
    return next(iter(signs)) if len(signs) == 1 else None


def _plain_digit(letter: str) -> str:
    """Digits and signs of full width, as Chinese and Japanese keyboards write them."""
    return chr(ord(letter) - 0xFEE0) if 0xFF01 <= ord(letter) <= 0xFF5E else letter


def _power(written: str | None) -> int | None:
    if written is None:
        return None
    power = int(written.replace("\u2212", "-")) if len(written) <= len(str(-LARGEST_POWER)) else LARGEST_POWER + 1
    if abs(power) > LARGEST_POWER:
        raise ValueError("is no number that anything is measured by")
    return power


def _bound_after(bound: str, unit: str) -> tuple[str, str]:
    """A bound that stands behind the number: `5 or less`, `500 users or more`."""
    for sign, form in () if bound else _AFTER:
        if found := form.search(unit):
            return sign, unit[: found.start()].strip()
    return bound, unit


def _well_grouped(digits: str) -> bool:
    signs = re.sub(r"[^.,]", "", digits)
    if len(signs) < 2:
        return True
    last = signs[-1]
    if signs.count(last) > 1 and len(set(signs)) > 1:
        return False
    whole = digits if len(set(signs)) == 1 else digits[: digits.rindex(last)]
    return re.fullmatch(rf"\d{{1,3}}(?:{re.escape(signs[0])}\d{{3}})+", whole) is not None


def _size(rest: str, *, money: bool) -> tuple[int, str]:
    """The factor of a magnitude that follows the digits, and what is left as the unit."""
    small = re.match(rf"m(?=\s*$|\s*(?:{_CURRENCY}))", rest)
    if small and (money or re.search(_CURRENCY, rest)):
        return 10**6, rest[1:].strip()
    for form, factor in _SIZES:
        if found := form.match(rest):
            return factor, rest[found.end() :].strip()
    return 1, rest
