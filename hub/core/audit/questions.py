"""Three questions worth the session's time, by a ranking that is stated and asks nobody's taste.

The kinds stand in the order of `KINDS`; each asks only its worst case, so that three questions are three topics.
Within a kind: the bigger number first, then the name.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import islice

from hub.core.audit.values import Dependence, OrganizationKeyResult, SharedOkr, TeamCheck, TeamKeyResult
from hub.core.audit.whole import Question
from hub.model.okr import LinkState

KINDS: tuple[tuple[str, str], ...] = (
    ("unbacked", "the biggest share of an organization key result without a key result behind it"),
    ("dependency", "the dependency without agreement that most work waits for"),
    ("idle", "the key result without work that most teams or the highest priority stand behind"),
    ("unowned", "the organization key result that nobody owns"),
    ("unlinked", "the team with most active work of those whose key results lead nowhere"),
    ("priority", "the dependency whose two sides rank it differently, by waiting work"),
    ("shares", "the organization key result whose shares are furthest from the whole"),
    ("rhythm", "the shared OKR that has gone longest without a joint check-in"),
    ("proposed", "the dependency that was proposed and not answered, the most urgent first"),
)
ASKED = 3

First = Sequence[OrganizationKeyResult]
Second = Sequence[TeamCheck]
Evidence = tuple[tuple[str, str | None], ...]


def three_questions(
    first: First, second: Second, needs: Sequence[Dependence], shared: Sequence[SharedOkr]
) -> tuple[Question, ...]:
    """The worst case of each kind, in the order of kinds, at most three."""
    return tuple(islice(_asked(first, second, needs, shared), ASKED))


def _asked(
    first: First, second: Second, needs: Sequence[Dependence], shared: Sequence[SharedOkr]
) -> Iterator[Question]:
    yield from _unbacked(first)
    yield from _dependency(needs)
    yield from _idle(second)
    yield from _unowned(first)
    yield from _unlinked(second)
    yield from _priority(needs)
    yield from _shares(first)
    yield from _rhythm(shared)
    yield from _proposed(needs)


def _unbacked(first: First) -> Iterator[Question]:
    found = [(-(c.share or 0), row.key_result.id, c.team.id, row, c) for row in first for c in row.unbacked]
    for share, _, _, row, one in sorted(found, key=lambda each: each[:3])[:1]:
        text = f"By which key result of its own does {one.team.name} keep its {-share:g} % of {row.key_result.id}?"
        because = (
            f"{one.team.name} holds {-share:g} % of “{row.key_result.title}”, and none of its key results leads there."
        )
        yield Question("unbacked", text, because, ((row.key_result.id, row.key_result.url),))


def _dependency(needs: Sequence[Dependence]) -> Iterator[Question]:
    for one in sorted((n for n in needs if n.blocked and not n.settled), key=_weight)[:1]:
        text = f"Can {one.providing_team.name} do in this cycle what {_teams(one)} waits for, and who says so?"
        wait = "ticket waits" if one.blocked == 1 else "tickets wait"
        tickets = f"{one.blocked} active {wait}"
        because = (
            f"{tickets} for {one.providing_team.name}, and no shared OKR or accepted link joins their key results."
        )
        yield Question("dependency", text, because, _evidence(one))


def _idle(second: Second) -> Iterator[Question]:
    held: dict[str, list[tuple[str, TeamKeyResult]]] = defaultdict(list)
    for team in second:
        for one in team.key_results:
            if one.work is not None and not one.key_result.private and not one.met:
                held[one.key_result.id].append((team.team.name, one))
    idle = [
        (-len(each), each[0][1].priority or 9, id_)
        for id_, each in held.items()
        if not any(one.work and one.work.active + one.work.done for _, one in each)
    ]
    for _, _, id_ in sorted(idle)[:1]:
        key_result = held[id_][0][1].key_result
        teams = _listed([name for name, _ in held[id_]])
        because = f"No active or finished ticket of {teams} serves “{key_result.title}”."
        yield Question("idle", f"Who starts on {id_}, or does it leave the cycle?", because, ((id_, key_result.url),))


def _unowned(first: First) -> Iterator[Question]:
    for row in [row for row in first if not any(one.known for one in row.owners)][:1]:
        text = f"Which team answers for {row.key_result.id}?"
        because = f"“{row.key_result.title or row.key_result.id}” has no owner."
        yield Question("unowned", text, because, ((row.key_result.id, row.key_result.url),))


def _unlinked(second: Second) -> Iterator[Question]:
    lost = [team for team in second if team.key_results and not team.reached]
    for team in sorted(lost, key=lambda t: (-(t.ratio.active if t.ratio else 0), t.team.id))[:1]:
        named = tuple((one.key_result.id, one.key_result.url) for one in team.key_results)
        text = f"Which of the organization's key results does {team.team.name} move?"
        because = f"None of its {len(team.key_results)} key results leads to one."
        yield Question("unlinked", text, because, named)


def _priority(needs: Sequence[Dependence]) -> Iterator[Question]:
    for one in sorted((n for n in needs if n.agree is False), key=_weight)[:1]:
        text = f"Whose rank holds: {_teams(one)} says {one.ranks[0]}, {one.providing_team.name} says {one.ranks[1]}?"
        yield Question(
            "priority", text, "Both sides rank the same dependency, two or more of four bands apart.", _evidence(one)
        )


def _shares(first: First) -> Iterator[Question]:
    off = [(-abs((row.total or 0) - 100), row.key_result.id, row) for row in first if not row.whole and row.total]
    for _, id_, row in sorted(off, key=lambda each: each[:2])[:1]:
        because = f"The stated shares of {id_} add to {row.total:g} %."
        yield Question("shares", f"Who takes the rest of {id_}?", because, ((id_, row.key_result.url),))


def _rhythm(shared: Sequence[SharedOkr]) -> Iterator[Question]:
    late = [one for one in shared if one.overdue]
    for one in sorted(late, key=lambda o: (o.joint.toordinal() if o.joint else 0, o.id))[:1]:
        when = f"last on {one.joint}" if one.joint else "never in this cycle"
        because = f"Two of its teams checked in together {when}."
        yield Question("rhythm", f"When do the teams of “{one.title}” meet next?", because, ((one.id, None),))


def _proposed(needs: Sequence[Dependence]) -> Iterator[Question]:
    open_ones = [n for n in needs if n.declared and n.state is not LinkState.ACCEPTED]
    for one in sorted(open_ones, key=lambda n: (n.ranks[0] or 9, *_weight(n)))[:1]:
        text = f"Does {one.providing_team.name} support {_names(one)}: yes, no, or later?"
        yield Question("proposed", text, f"The need is {one.state}, not accepted.", _evidence(one))


def _weight(one: Dependence) -> tuple[int, str, str]:
    return (-one.blocked, _teams(one), one.providing_team.name + _names(one))


def _evidence(one: Dependence) -> Evidence:
    named = [(each.id, each.url) for each in (*one.waiting, *one.providing)]
    tickets = [(t.ref, t.url) for pair in one.tickets for t in (pair.waiting, pair.providing)]
    return tuple(dict.fromkeys((*named, *tickets)))[:8]


def _names(one: Dependence) -> str:
    return _listed([each.id for each in one.waiting])


def _teams(one: Dependence) -> str:
    return _listed([each.name for each in one.waiting_teams]) or "the organization"


def _listed(words: Sequence[str]) -> str:
    return " and ".join(filter(None, (", ".join(words[:-1]), *words[-1:])))
