"""How sure people are, as the status words and signs of many tools say it."""

import re
from collections.abc import Mapping

# What a status stands for where nobody told a confidence: words, and signs where there are no words.
STATUSES: tuple[tuple[float, tuple[str, ...]], ...] = (
    (0.8, ("green", "grün", "vert", "verde", "on track", "im plan", "healthy", "en bonne voie", "en camino",
           "encaminado")),
    (0.5, ("yellow", "amber", "orange", "gelb", "jaune", "amarillo", "at risk", "gefährdet", "needs attention",
           "needs work", "caution", "progressing", "à risque", "en riesgo")),
    (0.2, ("red", "rot", "rouge", "rojo", "off track", "behind", "delayed", "blocked", "kritisch", "critical",
           "überfällig", "overdue", "verzögert", "en retard", "retrasado")),
)  # fmt: skip
SYMBOLS: tuple[tuple[float, tuple[str, ...]], ...] = (
    (1.0, ("🔵", "🏁", "🎉", "🏆")),
    (0.8, ("🟢", "💚", "✅", "👍", "😀", "😃", "🙂", "😊")),
    (0.5, ("🟡", "🟠", "💛", "🧡", "⚠", "😐")),
    (0.2, ("🔴", "❤", "❌", "🛑", "👎", "😞", "🙁", "☹")),
)
# These count only as the whole status: `70 % complete` is not the end.
_FULL_STATUSES: Mapping[str, float] = {
    **dict.fromkeys(("done", "completed", "complete", "achieved", "finished", "reached", "met", "erreicht", "erledigt",
                     "abgeschlossen", "fertig", "terminé", "terminée", "atteint", "completado", "logrado"), 1.0),
    **dict.fromkeys(("missed", "failed", "not achieved", "not met", "verfehlt", "nicht erreicht", "manqué", "fallido"),
                    0.0),
}  # fmt: skip
MAX_DIFFERENCE = 0.2
# What says how far the work is, and nothing of how sure people are.
NEUTRAL_STATUSES = frozenset({
    "not started", "in progress", "started", "ongoing", "active", "open", "new", "planned", "draft",
    "pending", "to do", "todo", "on hold", "paused", "postponed", "closed", "cancelled", "canceled",
    "archived", "no status", "nicht begonnen", "nicht gestartet", "in arbeit", "laufend", "offen", "neu",
    "geplant", "entwurf", "pausiert", "zurückgestellt", "abgebrochen", "en cours", "à faire",
    "pas commencé", "en curso", "pendiente", "no iniciado", "⚪", "⚫", "⏳", "🚧", "⏸",
})  # fmt: skip
_NEGATED = re.compile(r"\b(?:not|no longer|isn't|nicht|kein)\b")


def status_confidence(cell: str) -> float | None:
    """What a status means as a confidence, by its words, else by its signs; None where it means none that is known."""
    values = {value for value, known in SYMBOLS for symbol in known if symbol in cell}
    words = _normalize(cell)
    by_words = _confidence_by_words(words)
    if len(values) != 1 or (words and by_words is None):
        return None if values else by_words
    by_symbol = values.pop()
    contradicts = by_words is not None and abs(by_words - by_symbol) > MAX_DIFFERENCE + 1e-9
    return None if contradicts else by_symbol if by_words is None else by_words


def is_neutral_status(cell: str) -> bool:
    """Whether a status is known to tell how far the work is, and nothing of how sure people are."""
    return _normalize(cell) in NEUTRAL_STATUSES or cell.strip().rstrip("\ufe0f") in NEUTRAL_STATUSES


def _normalize(cell: str) -> str:
    separated = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", cell)
    return " ".join(re.findall(r"[^\W_]+(?:['\u2019][^\W_]+)*", separated.casefold()))


def _confidence_by_words(words: str) -> float | None:
    if words in _FULL_STATUSES:
        return _FULL_STATUSES[words]
    if _NEGATED.search(words):
        return 0.2 if re.search(r"on track|im plan|green|grün", words) else None
    values = {value for value, known in STATUSES for word in known if re.search(rf"\b{re.escape(word)}\b", words)}
    return values.pop() if len(values) == 1 else None
