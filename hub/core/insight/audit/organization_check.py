"""The first check: who owns each organization key result, whether contributions add up, and which chains reach it."""

from collections import defaultdict, deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from hub.core.insight.audit.audit import count_work, key_result_ref, key_result_refs, sorted_findings, team_ref
from hub.core.insight.audit.rows import (
    AlignmentPath,
    Contributor,
    KeyResultRef,
    Measure,
    OrganizationKeyResult,
    TargetGap,
)
from hub.core.insight.status import tracker_value
from hub.model.finding import Finding, SubjectKind
from hub.model.okr import Aggregation, KeyResult, LinkState
from hub.model.portfolio import Portfolio
from hub.model.progress import expected_progress, is_limit, latest_value, measured_progress
from rules.shared.key_results import moved_by
from rules.shared.metrics import summed_key_results, target_shortfalls
from rules.shared.shares import TOLERANCE, summed_contributions, total_share

Leading = Mapping[str, Sequence[str]]


def check_organization(
    portfolio: Portfolio, findings: Iterable[Finding], *, synced: bool
) -> tuple[OrganizationKeyResult, ...]:
    """Every organization key result of a cycle that contains today, by id."""
    by_key_result: dict[str, list[Finding]] = defaultdict(list)
    for finding in findings:
        if finding.subject.kind is SubjectKind.KEY_RESULT:
            by_key_result[finding.subject.id].append(finding)
    leading, summed = leading_to(portfolio), summed_key_results(portfolio)
    rows = sorted(portfolio.organization, key=lambda k: k.id)
    return tuple(
        _row(
            portfolio,
            key_result,
            leading.get(key_result.id, ()),
            summed.get(key_result.id, ()),
            by_key_result,
            synced=synced,
        )
        for key_result in rows
    )


def leading_to(portfolio: Portfolio) -> Leading:
    """For each organization key result: the teams' key results from which accepted links lead to it."""
    leading: dict[str, list[str]] = defaultdict(list)
    for id_ in sorted(portfolio.okrs.key_results):
        if not portfolio.objective_of(id_).of_organization:
            for top in moved_by(portfolio, id_):
                leading[top].append(id_)
    return leading


def _row(
    portfolio: Portfolio,
    key_result: KeyResult,
    leading: Sequence[str],
    summed: Sequence[KeyResult],
    by_key_result: Mapping[str, Sequence[Finding]],
    *,
    synced: bool,
) -> OrganizationKeyResult:
    shares = summed_contributions(key_result.contributions)
    total = total_share(shares) if shares else None
    named = {c.team for c in key_result.contributions}
    adding = {team for part in summed for team in portfolio.teams_of(part.id)} - named
    hidden = key_result.private or any(part.private for part in summed)
    refs = (link.initiative for id_ in (key_result.id, *leading) for link in portfolio.served_by.get(id_, ()))
    return OrganizationKeyResult(
        key_result=key_result_ref(portfolio, key_result.id),
        objective=_objective(portfolio, key_result),
        cycle=key_result.cycle,
        measure=_measure_of(portfolio, key_result),
        owners=tuple(team_ref(portfolio, team) for team in sorted(set(key_result.owners))),
        contributors=_contributors(portfolio, key_result, leading),
        total=total,
        shares_add_up=total is not None and abs(total - 100) <= TOLERANCE,
        aggregation=key_result.aggregation,
        targets=() if hidden else _targets(portfolio, key_result, summed),
        targets_hidden=hidden and key_result.aggregation is not Aggregation.NONE,
        unnamed=() if key_result.private else tuple(team_ref(portfolio, team) for team in sorted(adding)),
        work=count_work(portfolio, refs) if synced else None,
        findings=() if key_result.private else sorted_findings(by_key_result.get(key_result.id, ())),
    )


def _objective(portfolio: Portfolio, key_result: KeyResult) -> str:
    """Its title, in whatever cycle it is."""
    okrs = portfolio.okrs
    running = key_result.cycle == portfolio.cycle.id
    return (
        okrs.objectives[key_result.objective]
        if running
        else okrs.other_objectives[key_result.cycle, key_result.objective]
    ).title


def _measure_of(portfolio: Portfolio, key_result: KeyResult) -> Measure | None:
    if key_result.private:
        return None
    expected = expected_progress(portfolio.okrs.cycles[key_result.cycle], portfolio.today)
    start = key_result.start if "start" in key_result.stated and not is_limit(key_result) else None
    target = key_result.target if "target" in key_result.stated else None
    return Measure(
        start,
        target,
        latest_value(key_result),
        key_result.unit,
        measured_progress(key_result),
        expected,
        tracker_value(portfolio, key_result),
    )


def _contributors(portfolio: Portfolio, key_result: KeyResult, leading: Sequence[str]) -> tuple[Contributor, ...]:
    """The biggest share first, those without one last."""
    summed = summed_contributions(key_result.contributions)
    listed = (c if c in summed else replace(c, share=None) for c in key_result.contributions)
    ranked = sorted(listed, key=lambda c: (-(c.share or 0), c.share is None, c.team))
    return tuple(
        Contributor(
            team_ref(portfolio, c.team),
            c.kind,
            c.share,
            key_result_refs(portfolio, (id_ for id_ in leading if c.team in portfolio.teams_of(id_))),
        )
        for c in ranked
    )


def _targets(portfolio: Portfolio, key_result: KeyResult, summed: Sequence[KeyResult]) -> tuple[TargetGap, ...]:
    shortfalls = target_shortfalls(portfolio, key_result, sorted(summed, key=lambda part: part.id))
    return tuple(TargetGap(gap.of, gap.target, gap.needed, gap.short) for gap in sorted(shortfalls))


def alignment_paths(portfolio: Portfolio, key_result: KeyResult) -> tuple[AlignmentPath, ...]:
    """Every stated link of the key result; what it supports, where no link of its own leads anywhere."""
    links = sorted(key_result.aligns_to, key=lambda link: (link.key_result, link.kind))
    paths = tuple(
        AlignmentPath(
            key_result_ref(portfolio, link.key_result),
            link.kind.value,
            link.state,
            link.since,
            _chains_up(portfolio, link.key_result),
        )
        for link in links
    )
    return paths if any(path.is_aligned for path in paths) else paths + _supported_paths(portfolio, key_result)


def _supported_paths(portfolio: Portfolio, key_result: KeyResult) -> tuple[AlignmentPath, ...]:
    needs = sorted(portfolio.supports.get(key_result.id, ()), key=lambda pair: pair[0])
    return tuple(
        AlignmentPath(
            key_result_ref(portfolio, waiting), "supports", need.state, need.since, _chains_up(portfolio, waiting)
        )
        for waiting, need in needs
    )


def _chains_up(portfolio: Portfolio, start: str) -> tuple[tuple[KeyResultRef, ...], ...]:
    return tuple(
        tuple(key_result_ref(portfolio, step) for step in chain) for chain in alignment_chains(portfolio, start)
    )


def alignment_chains(portfolio: Portfolio, start: str) -> tuple[tuple[str, ...], ...]:
    """From `start`, which stands first, to each organization key result that accepted links lead to."""
    if portfolio.linked(start) is None:
        return ()
    previous: dict[str, str | None] = {start: None}
    todo, ends = deque([start]), []
    while todo:
        current = todo.popleft()
        if portfolio.objective_of(current).of_organization:
            ends.append(_trace_back(previous, current))
            continue
        for step in _steps(portfolio, current):
            if step not in previous:
                previous[step] = current
                todo.append(step)
    return tuple(sorted(ends))


def _steps(portfolio: Portfolio, current: str) -> list[str]:
    linked = portfolio.linked(current)
    upwards = [link.key_result for link in linked.aligns_to if link.state is LinkState.ACCEPTED] if linked else []
    sideways = [id_ for id_, need in portfolio.supports.get(current, ()) if need.state is LinkState.ACCEPTED]
    return sorted(id_ for id_ in {*upwards, *sideways} if portfolio.linked(id_) is not None)


def _trace_back(previous: dict[str, str | None], end: str) -> tuple[str, ...]:
    chain, current = [end], previous[end]
    while current is not None:
        chain.append(current)
        current = previous[current]
    return tuple(reversed(chain))
