"""Three questions for the session, by a ranking that is stated.

The kinds stand in the order of `KINDS`; each asks only its worst case, so that three questions are three topics.
Within a kind: the bigger number first, then the name. What a waiver settles, or what could not be evaluated since
something was not read, is not asked.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from hub.core.insight.audit.audit import Question
from hub.core.insight.audit.rows import (
    KeyResultRef,
    OrganizationKeyResult,
    SharedOkr,
    TeamCheck,
    TeamDependency,
    TeamKeyResult,
)
from hub.model.finding import Judgement, SubjectKind
from hub.model.message import day
from hub.model.okr import LinkState
from hub.model.portfolio import Portfolio
from rules.shared.key_results import is_work_incomplete

KINDS: tuple[tuple[str, str], ...] = (
    ("unbacked", "a share of an organization key result without a team key result behind it, the largest first"),
    ("dependency", "a dependency without agreement, most blocked work first"),
    ("idle", "a key result without work, most teams or highest priority first"),
    ("unowned", "an organization key result without an owner"),
    ("unlinked", "a team without a link to an organization key result, most active work first"),
    ("priority", "a dependency with different priorities on both sides, most blocked work first"),
    ("shares", "an organization key result whose shares don't add up to 100 %, the largest difference first"),
    ("rhythm", "a shared OKR without a recent joint check-in, the longest ago first"),
    ("proposed", "a proposed dependency without an answer, the most urgent first"),
)
QUESTION_COUNT = 3

First = Sequence[OrganizationKeyResult]
Second = Sequence[TeamCheck]
EvidenceLinks = tuple[tuple[str, str | None], ...]


AGREEMENT_RULES = ("dependency-without-shared-okr", "unacknowledged-dependency")


@dataclass(frozen=True, slots=True)
class Exclusions:
    """What no question is asked about: rules with the subjects, or the tickets, of what was waived or not evaluated.

    `rules` could not be evaluated at all.
    """

    subjects: frozenset[tuple[str, str]] = frozenset()
    rules: frozenset[str] = frozenset()

    @classmethod
    def of(cls, judgement: Judgement, portfolio: Portfolio) -> "Exclusions":
        """A finding of which only a part is waived stays a question; without all tickets no work is missed."""
        waived = {(finding.rule, finding.subject.id) for finding in judgement.waived}
        waived -= {(finding.rule, finding.subject.id) for finding in judgement.findings}
        skipped = {(not_judged.rule, not_judged.subject.id) for not_judged in judgement.not_judged}
        unevaluated = {n.rule for n in judgement.not_judged if n.subject.kind is SubjectKind.WORKSPACE}
        unknown = {"key-result-without-work"} if is_work_incomplete(portfolio) else set()
        return cls(frozenset(waived | skipped), frozenset(unevaluated | unknown))

    def about(self, rule: str, *subjects: str) -> bool:
        """Whether the rule's verdict on one of these subjects is settled or not known."""
        return rule in self.rules or any((rule, subject) in self.subjects for subject in subjects)

    def about_dependency(self, dependency: TeamDependency, *rules: str) -> bool:
        """The same of a dependency, as the rules name it: by its teams, its key results or its tickets."""
        provider = dependency.providing_team.id
        waiting = [*(team.id for team in dependency.waiting_teams), *(result.id for result in dependency.waiting)]
        named = [f"{id_} -> {provider}" for id_ in waiting]
        named += [f"{pair.waiting.ref} -> {pair.providing.ref}" for pair in dependency.tickets]
        return any(self.about(rule, *named) for rule in rules)


def top_questions(
    first: First,
    second: Second,
    needs: Sequence[TeamDependency],
    shared: Sequence[SharedOkr],
    *,
    period: str,
    exclusions: Exclusions,
) -> tuple[Question, ...]:
    """The worst case of each kind, in the order of kinds, at most three; `period` is what people call the cycle."""
    questions = _all_questions(first, second, needs, shared, period=period, exclusions=exclusions)
    return tuple(islice(questions, QUESTION_COUNT))


def _all_questions(
    first: First,
    second: Second,
    needs: Sequence[TeamDependency],
    shared: Sequence[SharedOkr],
    *,
    period: str,
    exclusions: Exclusions,
) -> Iterator[Question]:
    def rows(rule: str) -> First:
        return [row for row in first if not exclusions.about(rule, row.key_result.id)]

    def dependencies(*rules: str) -> Sequence[TeamDependency]:
        return [need for need in needs if not exclusions.about_dependency(need, *rules)]

    yield from _unbacked(rows("unbacked-share"))
    yield from _dependency(dependencies(*AGREEMENT_RULES), needs, period)
    yield from _idle(second, period, exclusions)
    yield from _unowned(rows("unowned-key-result"))
    teams = [team for team in second if not exclusions.about("team-without-vertical-link", team.team.id)]
    yield from _unlinked(teams)
    yield from _priority(dependencies("priority-mismatch"), needs)
    yield from _shares(rows("shares-off-total"))
    yield from _rhythm([okr for okr in shared if not exclusions.about("shared-okr-without-sync", okr.id)])
    yield from _proposed(dependencies("one-sided-alignment"), needs)


def _unbacked(first: First) -> Iterator[Question]:
    unbacked = [(-(c.share or 0), row.key_result.id, c.team.id, row, c) for row in first for c in row.unbacked]
    for share, _, _, row, contributor in sorted(unbacked, key=lambda entry: entry[:3])[:1]:
        text = f"Which {contributor.team.name} key result delivers its {-share:g} % of {_titled(row.key_result)}?"
        reason = f"{contributor.team.name} has a share of {-share:g} %, but no key result linked to it."
        yield Question("unbacked", text, reason, ((row.key_result.id, row.key_result.url),))


def _dependency(
    candidates: Sequence[TeamDependency], needs: Sequence[TeamDependency], period: str
) -> Iterator[Question]:
    for team_dependency in sorted((n for n in candidates if n.blocked and not n.agreed), key=_weight)[:1]:
        need = "needs" if len(team_dependency.waiting_teams) < 2 else "need"
        provider = team_dependency.providing_team.name
        text = f"Can {provider} deliver what {_teams(team_dependency)} {need} this {period}, and who confirms it?"
        tickets = f"{team_dependency.blocked} active {'ticket is' if team_dependency.blocked == 1 else 'tickets are'}"
        reason = (
            f"{tickets} blocked by work of {team_dependency.providing_team.name} that the two teams haven't agreed on."
        )
        yield _about(team_dependency, needs, "dependency", text, reason)


def _idle(second: Second, period: str, exclusions: Exclusions) -> Iterator[Question]:
    by_key_result: dict[str, list[tuple[str, TeamKeyResult]]] = defaultdict(list)
    for team in second:
        for team_key_result in team.key_results:
            if (
                team_key_result.work is not None
                and not team_key_result.key_result.private
                and not team_key_result.is_met
                and not exclusions.about("key-result-without-work", team_key_result.key_result.id)
            ):
                by_key_result[team_key_result.key_result.id].append((team.team.name, team_key_result))
    idle = [
        (-len(group), group[0][1].priority or 9, id_)
        for id_, group in by_key_result.items()
        if not any(
            team_key_result.work and team_key_result.work.active + team_key_result.work.done
            for _, team_key_result in group
        )
    ]
    for _, _, id_ in sorted(idle)[:1]:
        key_result = by_key_result[id_][0][1].key_result
        teams = _listed([name for name, _ in by_key_result[id_]])
        reason = f"No active or finished ticket of {teams} is linked to it."
        text = f"Who starts work on {_titled(key_result)}, or is it dropped this {period}?"
        yield Question("idle", text, reason, ((id_, key_result.url),))


def _unowned(first: First) -> Iterator[Question]:
    for row in [row for row in first if not (row.key_result.private or any(team_ref.known for team_ref in row.owners))][
        :1
    ]:
        text, reason = f"Which team owns {_titled(row.key_result)}?", "It has no owner."
        yield Question("unowned", text, reason, ((row.key_result.id, row.key_result.url),))


def _unlinked(second: Second) -> Iterator[Question]:
    unlinked = [team for team in second if team.key_results and not team.reached]
    for team in sorted(unlinked, key=lambda t: (-(t.ratio.active if t.ratio else 0), t.team.id))[:1]:
        named = tuple((key_result.key_result.id, key_result.key_result.url) for key_result in team.key_results)
        text = f"Which organization key result does {team.team.name} contribute to?"
        reason = f"None of the key results of {team.team.name} ({len(named)}) is linked to one yet."
        yield Question("unlinked", text, reason, named)


def _priority(candidates: Sequence[TeamDependency], needs: Sequence[TeamDependency]) -> Iterator[Question]:
    for team_dependency in sorted((n for n in candidates if n.priorities_match is False), key=_weight)[:1]:
        waiting, providing = team_dependency.priorities
        both = f"{_teams(team_dependency)} ({waiting}) or {team_dependency.providing_team.name} ({providing})"
        reason = "Their priorities for the same dependency are two or more of four steps apart."
        yield _about(team_dependency, needs, "priority", f"Which priority is right, that of {both}?", reason)


def _shares(first: First) -> Iterator[Question]:
    off = [
        (-abs((row.total or 0) - 100), row.key_result.id, row) for row in first if not row.shares_add_up and row.total
    ]
    for _, id_, row in sorted(off, key=lambda entry: entry[:2])[:1]:
        missing = 100 - (row.total or 0)
        short, over = f"Who delivers the missing {missing:g} % of", "Which share is too large of"
        text = f"{short if missing > 0 else over} {_titled(row.key_result)}?"
        yield Question("shares", text, f"The shares add up to {row.total:g} %.", ((id_, row.key_result.url),))


def _rhythm(shared: Sequence[SharedOkr]) -> Iterator[Question]:
    late = [shared_okr for shared_okr in shared if shared_okr.overdue]
    for shared_okr in sorted(
        late, key=lambda o: (o.last_joint_check_in.toordinal() if o.last_joint_check_in else 0, o.id)
    )[:1]:
        last = (
            f"Their last joint check-in was on {day(shared_okr.last_joint_check_in)}."
            if shared_okr.last_joint_check_in
            else "There was no joint check-in yet."
        )
        yield Question(
            "rhythm",
            f"When do the teams of “{shared_okr.title}” check in together next?",
            last,
            ((shared_okr.id, None),),
        )


def _proposed(candidates: Sequence[TeamDependency], needs: Sequence[TeamDependency]) -> Iterator[Question]:
    open_ones = [n for n in candidates if n.declared and n.state is not LinkState.ACCEPTED]
    for team_dependency in sorted(open_ones, key=lambda n: (n.priorities[0] or 9, *_weight(n)))[:1]:
        text = f"Does {team_dependency.providing_team.name} support {_names(team_dependency)}: yes, no, or later?"
        yield _about(
            team_dependency, needs, "proposed", text, f"The dependency is {team_dependency.state}, not accepted."
        )


def _about(
    team_dependency: TeamDependency, needs: Sequence[TeamDependency], kind: str, text: str, reason: str
) -> Question:
    number = next(number for number, need in enumerate(needs, start=1) if need is team_dependency)
    return Question(kind, text, reason, _evidence(team_dependency), number)


def _weight(team_dependency: TeamDependency) -> tuple[int, str, str]:
    return (
        -team_dependency.blocked,
        _teams(team_dependency),
        team_dependency.providing_team.name + _names(team_dependency),
    )


def _evidence(team_dependency: TeamDependency) -> EvidenceLinks:
    named = [
        (key_result_ref.id, key_result_ref.url)
        for key_result_ref in (*team_dependency.waiting, *team_dependency.providing)
    ]
    tickets = [(t.ref, t.url) for pair in team_dependency.tickets for t in (pair.waiting, pair.providing)]
    return tuple(dict.fromkeys((*named, *tickets)))[:8]


def _names(team_dependency: TeamDependency) -> str:
    return _listed([_titled(key_result_ref) for key_result_ref in team_dependency.waiting])


def _titled(item: KeyResultRef) -> str:
    """Its title in quotation marks; a private one by words that name none."""
    return f"“{item.title}”" if item.title else item.id


def _teams(team_dependency: TeamDependency) -> str:
    return _listed([waiting_team.name for waiting_team in team_dependency.waiting_teams]) or "the organization"


def _listed(words: Sequence[str]) -> str:
    return " and ".join(filter(None, (", ".join(words[:-1]), *words[-1:])))
