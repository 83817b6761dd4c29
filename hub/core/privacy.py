"""Private key results count for the truth and are named nowhere: one place veils them."""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from functools import lru_cache

from hub.model.finding import Fact, Facts, KeyResultId, Subject, SubjectKind
from hub.model.okr import Okrs
from hub.model.portfolio import PRIVATE_NAME, Portfolio

# Asked about first: most facts are of these, and asking whether something is a Mapping is slow.
_SIMPLE = (str, int, float, date)


def veil_facts(facts: Facts, portfolio: Portfolio) -> Facts:
    """The same facts with every private key result's id replaced by words that name none."""
    return {name: _veil(fact, portfolio) for name, fact in facts.items()}


def veil_subject(subject: Subject, portfolio: Portfolio) -> Subject:
    """The same subject; a private key result loses its id."""
    if subject.kind is SubjectKind.KEY_RESULT and _private(subject.id, portfolio):
        return replace(subject, id=PRIVATE_NAME, url=None)
    return subject


def veil_id(key_result: str, portfolio: Portfolio) -> str:
    """The id, or words that name none."""
    return PRIVATE_NAME if _private(key_result, portfolio) else key_result


def veil_text(text: str, portfolio: Portfolio) -> str:
    """Words that nobody wrote with care (a crash's own, a reason), without any private key result's id or title."""
    return veil_words(text, portfolio.okrs)


def veil_words(text: str, okrs: Okrs) -> str:
    """The same where there is no portfolio yet; the case of letters does not matter."""
    if not okrs.private:
        return text
    return _names(tuple((one.id, one.title.strip()) for one in okrs.private)).sub(PRIVATE_NAME, text)


@lru_cache
def _names(private: tuple[tuple[str, str], ...]) -> re.Pattern[str]:
    """Any of the titles, or any of the ids as a word or a label; the longest first: one may be part of another."""
    titles = sorted({title for _, title in private if title}, key=len, reverse=True)
    ids = "|".join(re.escape(id_) for id_ in sorted({id_ for id_, _ in private}, key=len, reverse=True))
    return re.compile("|".join((*map(re.escape, titles), rf"(?<![\w.-])(?:kr-)?(?:{ids})(?![\w-])")), re.IGNORECASE)


def _veil(fact: Fact, portfolio: Portfolio) -> Fact:
    if isinstance(fact, KeyResultId):
        return veil_id(fact, portfolio)
    if fact is None or isinstance(fact, _SIMPLE):
        return fact
    if isinstance(fact, tuple):
        return tuple(_veil(part, portfolio) for part in fact)
    if isinstance(fact, Mapping):
        return {str(_veil(name, portfolio)): _veil(part, portfolio) for name, part in fact.items()}
    return fact


def _private(key_result: str, portfolio: Portfolio) -> bool:
    found = portfolio.okrs.key_results.get(key_result) or portfolio.okrs.others.get(key_result)
    return found is not None and found.private
