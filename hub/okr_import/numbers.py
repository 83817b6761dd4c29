"""Numbers as people write them, German or English, with magnitudes and units; what is ambiguous is never guessed."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

EMPTY_VALUES = frozenset(
    {"", "-", "\u2013", "\u2014", "?", "n/a", "na", "n.a.", "tbd", "tba", "k.a.", "offen", "none", "null", "x"}
)
# Words that bound a number: the first of each kind leave the number itself out.
_LESS_WORDS = "fewer than|less than|lower than|smaller than|under|below|weniger als|kleiner als|unter|moins de|menos de"
_MORE_WORDS = "more than|greater than|higher than|larger than|over|above|mehr als|größer als|über|plus de|más de"
_MAX_WORDS = (
    "maximum|max|at most|no more than|not more than|no higher than|not above|up to|höchstens|maximal|nicht mehr als"
    "|bis zu|au plus|como máximo"
)
_MIN_WORDS = "minimum|min|at least|no less than|not below|mindestens|au moins|al menos"
UPPER_BOUND_PREFIXES = ("<", "≤", *_LESS_WORDS.split("|"), *_MAX_WORDS.split("|"))
LOWER_BOUND_PREFIXES = (">", "≥", "+", *_MORE_WORDS.split("|"), *_MIN_WORDS.split("|"))
STRICT_PREFIXES = (*_LESS_WORDS.split("|"), *_MORE_WORDS.split("|"))
_BOUND_SUFFIXES = (
    (
        "≤",
        re.compile(r"(?i:,? ?(?:or|and) (?:less|fewer|lower|below|under)|,? ?oder weniger|ou moins|o menos|max\.?)$"),
    ),
    ("≥", re.compile(r"(?i:,? ?(?:or|and) (?:more|higher|above|up|better)|,? ?oder mehr|ou plus|o más)$")),
)
# What follows a number and makes two of it, or another one: `45→70`, `10 to 20`, `10 or 20`, `1.2 x 10^7`.
_SECOND_NUMBER = re.compile(
    r"[-\d.,:⁰¹²³⁴-⁹⁺⁻]|[\u00d7x*·^]\s*\d|e\s*(?:[-+\u2212]\s*(?:\d|$)|\d+$)|[\u2013\u2014]\s*\d|/\s*[\d-]"
    r"|(?:to|bis|auf|until|and|or|und|oder|a|à)\s+[-+]?[€$£]?\d|.*[→➔➜⟶⇒]|.*[-=\u2013\u2014]>",
    re.IGNORECASE,
)
_AMOUNT_PATTERN = re.compile(
    rf"(?P<bound>[<>≤≥~≈]=?\s*|(?:ca|approx|about|around|rund|{_LESS_WORDS}|{_MORE_WORDS}|{_MAX_WORDS}|{_MIN_WORDS})\.?\s+)?"
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
        separators = re.sub(r"[^.,]", "", self.digits)
        if not separators:
            return None
        if len(set(separators)) > 1:
            return separators[-1]
        if len(separators) > 1:
            return "," if separators[0] == "." else "."
        integer, _, fraction = self.digits.lstrip("-").partition(separators)
        is_ambiguous = self.power is None and len(fraction) == 3 and 1 <= len(integer) <= 3 and integer != "0"
        return "?" if is_ambiguous else separators

    def value(self, decimal: str) -> float:
        """The number, read with that decimal sign."""
        group = "," if decimal == "." else "."
        plain = self.digits.replace(group, "").replace(decimal, ".")
        return float(Decimal(plain).scaleb(self.power or 0) * self.factor)


def parse_amount(text: str) -> Amount | None:
    """Take a number apart; None for an empty cell, ValueError for what is no number."""
    normalized = " ".join(text.translate(_SPACES).split())
    normalized = normalized if normalized.isascii() else "".join(map(_to_ascii_digit, normalized))
    if normalized.casefold().replace(" ", "") in EMPTY_VALUES:
        return None
    match = _AMOUNT_PATTERN.fullmatch(normalized)
    if match is None:
        raise ValueError("is no number")
    digits = re.sub(r"['\u2019_ ]", "", match["digits"])
    power = _parse_power(match["power"])
    if len(digits) > MOST_DIGITS or not _is_well_grouped(digits):
        raise ValueError("is no number")
    factor, unit = _split_magnitude(match["rest"], money=bool(match["before"]))
    bound = (match["bound"] or "").strip()
    if unit.startswith("+") and not re.search(r"\d", unit):
        bound, unit = bound or "+", unit[1:].strip()
    bound, unit = _split_bound(bound, unit)
    if _SECOND_NUMBER.match(unit):
        raise ValueError("is no single number")
    sign = "-" if match["sign"] in ("-", "\u2212") else ""
    return Amount(sign + digits, factor, (match["before"] or unit).strip(), bound, power)


def infer_decimal(amounts: Iterable[Amount]) -> str | None:
    """The decimal sign that a group of numbers agrees on, if they prove one."""
    decimals = {amount.decimal for amount in amounts} - {None, "?"}
    return next(iter(decimals)) if len(decimals) == 1 else None


def _to_ascii_digit(letter: str) -> str:
    """Digits and signs of full width, as Chinese and Japanese keyboards write them."""
    return chr(ord(letter) - 0xFEE0) if 0xFF01 <= ord(letter) <= 0xFF5E else letter


def _parse_power(raw: str | None) -> int | None:
    if raw is None:
        return None
    power = int(raw.replace("\u2212", "-")) if len(raw) <= len(str(-LARGEST_POWER)) else LARGEST_POWER + 1
    if abs(power) > LARGEST_POWER:
        raise ValueError("is no number that anything is measured by")
    return power


def _split_bound(bound: str, unit: str) -> tuple[str, str]:
    """A bound that stands behind the number: `5 or less`, `500 users or more`."""
    for sign, pattern in () if bound else _BOUND_SUFFIXES:
        if match := pattern.search(unit):
            return sign, unit[: match.start()].strip()
    return bound, unit


def _is_well_grouped(digits: str) -> bool:
    separators = re.sub(r"[^.,]", "", digits)
    if len(separators) < 2:
        return True
    last = separators[-1]
    if separators.count(last) > 1 and len(set(separators)) > 1:
        return False
    integer = digits if len(set(separators)) == 1 else digits[: digits.rindex(last)]
    return re.fullmatch(rf"\d{{1,3}}(?:{re.escape(separators[0])}\d{{3}})+", integer) is not None


def _split_magnitude(suffix: str, *, money: bool) -> tuple[int, str]:
    """The factor of a magnitude that follows the digits, and what is left as the unit."""
    small = re.match(rf"m(?=\s*$|\s*(?:{_CURRENCY}))", suffix)
    if small and (money or re.search(_CURRENCY, suffix)):
        return 10**6, suffix[1:].strip()
    for pattern, factor in _SIZES:
        if match := pattern.match(suffix):
            return factor, suffix[match.end() :].strip()
    return 1, suffix
