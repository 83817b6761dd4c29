"""The picture as it may be looked at: words on tickets and reasons of gaps without private key results' names."""

import re
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

from hub.core.privacy import veil_words
from hub.model.finding import Judgement
from hub.model.initiative import Gap, Initiative
from hub.model.okr import KeyResult, Okrs
from hub.model.portfolio import PRIVATE_NAME, Portfolio
from hub.model.run import Run

Veil = Callable[[str], str]


def veil_of(okrs: Okrs) -> Veil:
    """`veil_words` for many texts; an id behind the prefix of a label is veiled with it."""
    names = {low for k in _private(okrs) for low in (_low(k.id), _low(k.title.strip())) if low}
    ids = "|".join(re.escape(k.id) for k in _private(okrs))
    label = re.compile(rf"(?<![\w.-])kr-(?:{ids})(?![\w-])", re.IGNORECASE)

    def veiled(text: str) -> str:
        low = _low(text)
        if not any(name in low for name in names):
            return text
        return veil_words(label.sub(PRIVATE_NAME, text), okrs)

    return veiled


def as_shown(portfolio: Portfolio) -> Portfolio:
    """To be called once the rules have judged: what they look for must still stand on the tickets for them."""
    veil, private = veil_of(portfolio.okrs), _names(portfolio.okrs)
    if private is None:
        return portfolio
    tickets = {ref: _ticket(one, veil, private) for ref, one in portfolio.initiatives.items()}
    exempt = {ref: veil(reason) for ref, reason in portfolio.exempt.items()}
    goals = {id_: _goal(one, veil) for id_, one in portfolio.okrs.key_results.items()}
    okrs = replace(portfolio.okrs, key_results=goals, unread=veil(portfolio.okrs.unread))
    return replace(portfolio, initiatives=tickets, exempt=exempt, gaps=shown_gaps(portfolio.gaps, veil), okrs=okrs)


def shown_judgement(judgement: Judgement, okrs: Okrs) -> Judgement:
    """The same findings; why something was not judged is told without private names."""
    veil = veil_of(okrs)
    return replace(judgement, not_judged=tuple(replace(one, reason=veil(one.reason)) for one in judgement.not_judged))


def shown_gaps(gaps: Iterable[Gap], veil: Veil) -> tuple[Gap, ...]:
    """Reasons in a tracker's words, or in those of an OKR ticket."""
    return tuple(replace(gap, reason=veil(gap.reason)) for gap in gaps)


def _goal(one: KeyResult, veil: Veil) -> KeyResult:
    """What was said at check-ins may be about another key result."""
    told = tuple(replace(each, note=veil(each.note), blocker=veil(each.blocker)) for each in one.check_ins)
    return replace(one, check_ins=told, blocker=veil(one.blocker)) if told or one.blocker else one


def _private(okrs: Okrs) -> tuple[KeyResult, ...]:
    return tuple(k for k in (*okrs.key_results.values(), *okrs.others.values()) if k.private)


def _low(text: str) -> str:
    """For a quick look that never overlooks what `re.IGNORECASE` would find."""
    return text.casefold().replace("\u0131", "i").replace("i\u0307", "i")


def _names(okrs: Okrs) -> re.Pattern[str] | None:
    """Every private id, standing free or behind a prefix such as `kr-`; None where nothing is private."""
    ids = {k.id for k in _private(okrs)}
    words = "|".join(re.escape(id_) for id_ in sorted(ids, key=lambda one: (-len(one), one)))
    return re.compile(rf"(?<!\w)(?:{words})(?!\w)", re.IGNORECASE) if words else None


def _ticket(one: Initiative, veil: Veil, private: re.Pattern[str]) -> Initiative:
    """Labels and fields that name a private key result are left out: their rest would tell that there is one."""
    title = veil(one.title)
    labels = frozenset(label for label in one.labels if not private.search(label) and veil(label) == label)
    named = tuple(name for name in one.named if not private.search(name.written) and veil(name.written) == name.written)
    unclear = tuple(value for value in one.not_understood if veil(value.written) == value.written)
    if (title, labels, named, unclear) == (one.title, one.labels, one.named, one.not_understood):
        return one
    return replace(one, title=title, labels=labels, named=named, not_understood=unclear)


def shown_run(run: Run, okrs: Okrs, veil: Veil) -> Run:
    """What a run was told may name what has become private since."""
    if not run.summary:
        return run
    private = {k.id for k in _private(okrs)}
    told = {name: _words(part, veil) for name, part in run.summary.items() if name != "key_results"}
    kept = {id_: at for id_, at in run.summary.get("key_results", {}).items() if id_ not in private}
    return replace(run, summary={**told, "key_results": kept} if "key_results" in run.summary else told)


def _words(part: Any, veil: Veil) -> Any:
    if isinstance(part, str):
        return veil(part)
    if isinstance(part, list):
        return [_words(one, veil) for one in part]
    return {name: _words(one, veil) for name, one in part.items()} if isinstance(part, dict) else part
