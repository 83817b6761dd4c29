"""Who may see which private key results, and the one place that redacts them for everybody else."""

from collections.abc import Collection, Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import replace
from datetime import date
from types import NoneType

from hub.model.finding import Fact, Facts, KeyResultId, Subject, SubjectKind, Verdict
from hub.model.okr import KeyResult, Okrs, Visibility
from hub.model.portfolio import Portfolio
from hub.model.private_names import PRIVATE_NAME, PRIVATE_OBJECTIVE
from rules.shared.key_results import once_for_okrs

VisibleKeyResults = frozenset[tuple[str, str]]
"""Private key results that may be seen, by cycle and id."""


def visible_to(okrs: Okrs, teams: Iterable[str]) -> VisibleKeyResults:
    """The private key results whose audience one of the teams is in: those that are named, else who holds it."""
    team_ids = frozenset(teams)
    all_key_results = (*okrs.key_results.values(), *okrs.other_key_results.values()) if team_ids else ()
    return frozenset(
        (key_result.cycle, key_result.id)
        for key_result in all_key_results
        if key_result.private and not team_ids.isdisjoint(audience_of(key_result, okrs))
    )


def reveal(okrs: Okrs, visible: VisibleKeyResults) -> Okrs:
    """The same OKRs, with the private key results that may be `visible` as public ones; all others stay veiled."""
    if not visible:
        return okrs
    return replace(
        okrs,
        key_results={id_: _reveal(key_result, visible) for id_, key_result in okrs.key_results.items()},
        other_key_results={id_: _reveal(key_result, visible) for id_, key_result in okrs.other_key_results.items()},
    )


def audience_of(key_result: KeyResult, okrs: Okrs) -> tuple[str, ...]:
    """The teams that may see a private key result."""
    if key_result.audience:
        return key_result.audience
    running = key_result.cycle == okrs.cycle.id
    objective = (
        okrs.objectives.get(key_result.objective)
        if running
        else okrs.other_objectives.get((key_result.cycle, key_result.objective))
    )
    return objective.teams if objective else ()


def _reveal(key_result: KeyResult, visible: VisibleKeyResults) -> KeyResult:
    return (
        replace(key_result, visibility=Visibility.PUBLIC)
        if (key_result.cycle, key_result.id) in visible
        else key_result
    )


def private_objectives(okrs: Okrs) -> frozenset[str]:
    """The running cycle's objectives of whose key results all are private: what they are called tells of these."""
    private = {key_result.id for key_result in okrs.private if key_result.cycle == okrs.cycle.id}
    return frozenset(
        objective.id
        for objective in okrs.objectives.values()
        if objective.key_results and private.issuperset(objective.key_results)
    )


# Asked about first: most facts are of these, and asking whether something is a Mapping is slow.
_SIMPLE = (str, int, float, date)
_ATOMS = frozenset({str, int, float, bool, date, NoneType})


def redact_facts(verdict: Verdict, public_names: Collection[str], portfolio: Portfolio) -> Facts:
    """The verdict's facts as anybody may read them, in whatever words a rule puts them.

    A private key result loses its id. A verdict that is about one, or names one, keeps the facts that its rule lists as
    public, and of all others nothing but which key results they name: what holds figures, words or owners is left out
    unread.
    """
    if not portfolio.okrs.private:
        return verdict.facts
    secret = is_about_private(verdict, portfolio)
    if not secret and not _objectives(portfolio):
        return verdict.facts
    return {
        name: _redact_fact(fact, portfolio) if not secret or name in public_names else _only_ids(fact, portfolio)
        for name, fact in verdict.facts.items()
    }


def is_about_private(verdict: Verdict, portfolio: Portfolio) -> bool:
    """Whether its subject, what it affects or any of its facts names a private key result."""
    subject, ids = verdict.subject, _private_ids(portfolio)
    return (
        redact_subject(subject, portfolio) is not subject
        or PRIVATE_NAME in subject.id
        or not ids.isdisjoint([affect for affect in verdict.affects if isinstance(affect, KeyResultId)])
        or any(_names_private(fact, ids) for fact in verdict.facts.values() if type(fact) not in _ATOMS)
    )


def redact_subject(subject: Subject, portfolio: Portfolio) -> Subject:
    """The same subject; a private key result loses its id."""
    if subject.kind is SubjectKind.KEY_RESULT and _is_private(subject.id, portfolio):
        return replace(subject, id=PRIVATE_NAME, url=None)
    if subject.kind is SubjectKind.OBJECTIVE and subject.id in _objectives(portfolio):
        return replace(subject, id=PRIVATE_OBJECTIVE, url=None)
    return subject


def redact_id(key_result: str, portfolio: Portfolio) -> str:
    """The id, or words that name none."""
    return PRIVATE_NAME if _is_private(key_result, portfolio) else key_result


def redact_text(text: str, portfolio: Portfolio) -> str:
    """Words that nobody wrote with care (a crash's own, a reason), without any private key result's id or title."""
    return redact_words(text, portfolio.okrs)


def redact_words(text: str, okrs: Okrs) -> str:
    """The same where there is no portfolio yet, however the name was typed."""
    return okrs.private_names.redact(text)


def _redact_fact(fact: Fact, portfolio: Portfolio) -> Fact:
    """The fact with words for each private id; a record that names one keeps its ids alone."""
    if isinstance(fact, KeyResultId):
        return redact_id(fact, portfolio)
    if isinstance(fact, str) and fact in _objectives(portfolio):
        return PRIVATE_OBJECTIVE
    if fact is None or isinstance(fact, _SIMPLE):
        return fact
    if isinstance(fact, tuple):
        return tuple(_redact_fact(part, portfolio) for part in fact)
    if _names_private(tuple(fact.values()), _private_ids(portfolio)):
        return _only_ids(fact, portfolio)
    return {str(_redact_fact(name, portfolio)): _redact_fact(part, portfolio) for name, part in fact.items()}


def _only_ids(fact: Fact, portfolio: Portfolio) -> Fact:
    """Which key results it names, in the same shape, and nothing else of it; a record that names none is left out."""
    if isinstance(fact, KeyResultId):
        return redact_id(fact, portfolio)
    if isinstance(fact, tuple):
        return tuple(reduced for part in fact if (reduced := _only_ids(part, portfolio)) is not None)
    if isinstance(fact, Mapping):
        parts = {name: _only_ids(part, portfolio) for name, part in fact.items()}
        named = any(isinstance(name, KeyResultId) or part for name, part in parts.items())
        return {str(_redact_fact(name, portfolio)): part for name, part in parts.items()} if named else None
    return None


def _names_private(fact: Fact, private_ids: AbstractSet[str]) -> bool:
    if isinstance(fact, KeyResultId):
        return fact in private_ids
    if isinstance(fact, tuple):
        return any(_names_private(part, private_ids) for part in fact if type(part) not in _ATOMS)
    return isinstance(fact, Mapping) and _names_private((*fact, *fact.values()), private_ids)


@once_for_okrs
def _objectives(portfolio: Portfolio) -> frozenset[str]:
    # A team that is called like it is no secret.
    return private_objectives(portfolio.okrs) - portfolio.okrs.teams.keys()


def _is_private(key_result: str, portfolio: Portfolio) -> bool:
    return key_result in _private_ids(portfolio)


@once_for_okrs
def _private_ids(portfolio: Portfolio) -> frozenset[str]:
    """Those whose key result is private: the running cycle's of that name, else the other cycles' one."""
    key_results = {
        **portfolio.okrs.closed_key_results,
        **portfolio.okrs.other_key_results,
        **portfolio.okrs.key_results,
    }
    return frozenset(id_ for id_, key_result in key_results.items() if key_result.private)
