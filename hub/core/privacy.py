"""Private key results count for the truth and are named nowhere: one place veils them."""

from dataclasses import replace

from hub.model.finding import Fact, Facts, KeyResultId, Subject, SubjectKind
from hub.model.portfolio import PRIVATE_NAME, Portfolio


def veil_facts(facts: Facts, portfolio: Portfolio) -> Facts:
    """The same facts with every private key result's id replaced by words that name none."""
    return {name: _veil(fact, portfolio) for name, fact in facts.items()}


def veil_subject(subject: Subject, portfolio: Portfolio) -> Subject:
    """The same subject; a private key result, or an objective that holds one only, loses its id."""
    if subject.kind is SubjectKind.KEY_RESULT and _private(subject.id, portfolio):
        return replace(subject, id=PRIVATE_NAME, url=None)
    return subject


def _veil(fact: Fact, portfolio: Portfolio) -> Fact:
    if isinstance(fact, KeyResultId):
        return PRIVATE_NAME if _private(fact, portfolio) else fact
    if isinstance(fact, tuple):
        return tuple(_veil(part, portfolio) for part in fact)
    if isinstance(fact, dict):
        return {name: _veil(part, portfolio) for name, part in fact.items()}
    return fact


def _private(key_result: str, portfolio: Portfolio) -> bool:
    found = portfolio.okrs.key_results.get(key_result) or portfolio.okrs.others.get(key_result)
    return found is not None and found.private
