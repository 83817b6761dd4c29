"""A key result without check-ins, or whose confidence does not fit its numbers or its work.

## Why it matters

A confidence that does not fit the numbers hides a problem until it is too late to act. It holds where there was no
check-in for twice the cadence (`cadence_days`, a week if left out); where it is said to be on track at under half of
the progress expected by now; where a limit is breached, said to be on track, and no `blocker` is named; and where all
its work is done and it has not moved. Where it has a `measure`, the stated value is compared with the tracker's: one
that is better by more than a tenth of the way from start to target is said at once (of a limit: one that holds while
the tracker's does not), and one that is worse by as much once the cadence has passed since it was stated.
A tracker's value that could not be read is not compared, nor one that was read before people stated theirs, nor one
with another unit. Progress is checked only where it is measured: not for milestones (0 or 1), and
not without a stated start and target. Where nobody records check-ins, it is said once for the workspace. A check-in
that is dated after today does not count; that, and a team named as present that does not exist, is told as an info
until it is corrected. What people said is never changed.

## Fails

```toml
[[objective]]
id = "adoption"
title = "Daily use"
teams = ["product"]

[[objective.key_result]]
id = "dau"
title = "500,000 daily users"
start = 0
target = 500_000
current = 60_000
check_ins = [{ date = 2026-11-09, value = 60_000, confidence = 0.8 }]
```

## Passes

```toml
[[objective]]
id = "adoption"
title = "Daily use"
teams = ["product"]

[[objective.key_result]]
id = "dau"
title = "500,000 daily users"
start = 0
target = 500_000
current = 60_000
check_ins = [{ date = 2026-11-09, value = 60_000, confidence = 0.3, blocker = "the store has not approved the app" }]
```

## How to fix

Check in: the value, the confidence, and the `blocker` where something is in the way. Plan work that moves it, if all
is done. If it is looked at less often, state its `cadence_days`.

## Options

- `max_missed_cadences = 2`: how many cadences may pass without a check-in.
- `on_track_confidence = 0.7`: the confidence from which on it is said to be on track.
- `behind_percent = 50`: percent of the expected progress under which that does not fit.
- `after_days = 10`: working days of the cycle before the two are compared.
- `min_progress_percent = 5`: percent of the way from which on it has moved.
- `contradiction_percent = 10`: percent of the way that the stated value and the tracker's may be apart.

Source: Fitbots, How to Connect and Align OKRs (check-ins bring progress and confidence up to date every week).
"""

from collections.abc import Iterator
from datetime import timedelta

from hub.model.action import STALE
from hub.model.finding import Fact, Facts, NotJudged, Severity, Subject, SubjectKind, Verdict
from hub.model.initiative import StatusCategory
from hub.model.message import Advice, Code
from hub.model.okr import KeyResult, Phase
from hub.model.portfolio import Portfolio
from hub.model.progress import (
    expected_progress,
    is_breached,
    is_limit,
    is_milestone,
    latest_check_in,
    latest_confidence,
    latest_value,
    measured_progress,
    working_days_between,
)
from rules.base import Evidence, Options, Unit, rule
from rules.shared.completeness import unread
from rules.shared.key_results import is_work_incomplete, okr_ticket_of
from rules.shared.measured import Contradiction, contradiction, contradiction_texts, is_contradicted, value_date
from rules.shared.verdicts import day_text, key_result_span, key_result_subject, line, texts

OPTIONS = {
    "max_missed_cadences": 2,
    "on_track_confidence": 0.7,
    "behind_percent": 50,
    "after_days": 10,
    "min_progress_percent": 5,
    "contradiction_percent": 10,
}


def advise(facts: Facts) -> Advice:
    """What was said beside what was measured; dates, so that the words change only when the situation does."""
    if facts["key_result"] is None:
        return Advice(
            what=line("Nobody has recorded a check-in in this cycle."),
            why=line("Nobody can see whether the key results move."),
            do=(line("Check in every week: the value and the confidence of each key result."),),
        )
    last = f"Last check-in on {day_text(facts['last'])}" if facts["last"] else "No check-in in this cycle"
    known, days = facts["confidence"], facts["cadence_days"]
    stated = f"Confidence is {100 * known:.0f} %" if isinstance(known, int | float) else "It is said to be on track"
    words = {
        "overdue": f"{last} (expected: every {days} days)." if days else "Its check-in is overdue.",
        "behind": f"{stated}, but it is far behind the progress expected by now.",
        "breached": f"{stated}, but the limit is exceeded and no blocker is named.",
        "done": "All its work is done, but its value hasn't moved.",
        **contradiction_texts(facts),
    }
    faults = [words[fault] for fault in texts(facts["faults"])]
    entries = _faulty_entries(facts)
    is_overdue = "overdue" in texts(facts["faults"])
    steps = [line("Check in: the value, the confidence, and the ", Code("blocker"), " if something is in the way.")]
    if is_contradicted(facts):
        steps.append(line("Or correct ", Code("measure"), ", if it reads something else."))
    return Advice(
        what=line(key_result_span(str(facts["key_result"])), f": {' '.join([*faults, *entries])}"),
        why=(),
        do=(*(steps if faults else ()), *((line("Correct that check-in."),) if entries else ())),
        unless=line("If it is looked at less often, state its ", Code("cadence_days"), ".") if is_overdue else (),
    )


def _faulty_entries(facts: Facts) -> list[str]:
    """What is wrong with single check-ins, whatever the others say."""
    entries = []
    if facts["future"]:
        entries.append(f"A check-in is dated {day_text(facts['future'])}, which is after today, so it doesn't count.")
    if unknown := texts(facts["unknown_present"] or ()):
        teams = ", ".join(unknown)
        entries.append(f"A check-in names as present what is no team: {teams}.")
    return entries


@rule(
    Severity.WARNING,
    evidence=Evidence.ABSENCE,
    advise=advise,
    label=STALE,
    needs_tickets=False,
    options=OPTIONS,
    needs_running_cycle=True,
    public_facts=("faults",),
    unit=Unit.KEY_RESULT,
)
def stale_key_result(portfolio: Portfolio, options: Options) -> Iterator[Verdict | NotJudged]:
    """Judge every key result that is not met, while the cycle runs."""
    if portfolio.cycle.phase is Phase.CLOSED or not portfolio.cycle.contains(portfolio.today):
        return
    is_unread = unread(portfolio).tickets or is_work_incomplete(portfolio)
    no_check_ins = not any(map(_has_check_ins, portfolio.okrs.key_results.values()))
    overdue: list[KeyResult] = []
    for result in (key_result for key_result in portfolio.judged_key_results() if not key_result.done):
        faults = list(_faults(portfolio, result, options))
        if no_check_ins and "overdue" in faults:
            faults.remove("overdue")
            overdue.append(result)
        if _is_done_without_progress(portfolio, result, options["min_progress_percent"]):
            if is_unread or result.id in portfolio.okrs.unanswered:
                yield NotJudged(key_result_subject(result), "open work on it may be among what could not be read")
            else:
                faults.append("done")
        off = contradiction(portfolio, result, options["contradiction_percent"])
        # Who checks in brings an old value up to date: that it lags is not said twice.
        if off and not (off is Contradiction.UNDERSTATED and ("overdue" in faults or result in overdue)):
            faults.append(off.value)
        yield from _verdicts(portfolio, result, faults)
    if overdue:
        subject = Subject(SubjectKind.WORKSPACE, portfolio.workspace)
        affects = tuple(portfolio.key_result_fact(result.id) for result in overdue)
        facts = {"key_result": None, "key_results": len(overdue)}
        yield Verdict(subject, facts, affects=affects, identity=("no check-ins",))


def _verdicts(portfolio: Portfolio, result: KeyResult, faults: list[str]) -> Iterator[Verdict]:
    """One where anything is wrong; single check-ins that are wrong beside it are an info in reports."""
    facts, at = _facts(portfolio, result, faults), okr_ticket_of(portfolio, result.id)
    subject, identity = key_result_subject(result), ("key_result", result.id)
    if faults:
        yield Verdict(subject, facts, at, at, identity=identity)
    elif facts["future"] or facts["unknown_present"]:
        yield Verdict(subject, facts, identity=identity, severity=Severity.INFO)


def _facts(portfolio: Portfolio, result: KeyResult, faults: list[str]) -> dict[str, Fact]:
    """What was said and what was measured."""
    last, progress, answer = latest_check_in(result), measured_progress(result), portfolio.okrs.measured.get(result.id)
    return {
        "key_result": portfolio.key_result_fact(result.id),
        "faults": tuple(faults),
        "cadence_days": result.cadence_days,
        "last": None if last is None else last.date,
        "value": latest_value(result),
        "unit": result.unit,
        "confidence": latest_confidence(result),
        "measured": None if progress is None else round(100 * progress),
        "expected": round(100 * expected_progress(portfolio.cycle, portfolio.today)),
        "value_date": value_date(result),
        "tracker": None if answer is None else answer.measure.connector,
        "future": max((check_in.date for check_in in result.future_check_ins), default=None),
        "unknown_present": _unknown_present(portfolio, result),
        "tracker_value": None if answer is None or answer.error else answer.value,
    }


def _has_check_ins(result: KeyResult) -> bool:
    """Whether anybody recorded one, understood or not."""
    return bool(result.check_ins) or "check_ins" in result.not_understood


def _unknown_present(portfolio: Portfolio, result: KeyResult) -> tuple[str, ...]:
    """What was written for teams at check-ins of the cycle and is none; teams that are gone may stand at older ones."""
    start, teams = portfolio.cycle.start, portfolio.okrs.teams
    named = (team for check_in in result.check_ins if check_in.date >= start for team in check_in.present)
    return tuple(dict.fromkeys(team for team in named if team not in teams))


def _faults(portfolio: Portfolio, result: KeyResult, options: Options) -> Iterator[str]:
    """What the files alone tell, in one word each; a limit that holds still needs its check-ins."""
    if result.is_met and not is_limit(result):
        return
    last, start_day = latest_check_in(result), max(portfolio.cycle.start, portfolio.key_result_since(result.id))
    since = start_day if last is None else max(start_day, last.date)
    if (portfolio.today - since).days > options["max_missed_cadences"] * result.cadence_days:
        yield "overdue"
    confidence, progress = latest_confidence(result), measured_progress(result)
    if confidence is None or confidence < options["on_track_confidence"]:
        return
    if is_breached(result) and not ((last.blocker if last else "") or result.blocker).strip():
        yield "breached"
    is_early = working_days_between(portfolio.cycle.start, portfolio.today) < options["after_days"]
    expected = expected_progress(portfolio.cycle, portfolio.today)
    if (
        not (is_early or progress is None or is_milestone(result))
        and progress < expected * options["behind_percent"] / 100
    ):
        yield "behind"


def _is_done_without_progress(portfolio: Portfolio, result: KeyResult, min_progress_percent: float) -> bool:
    """Whether all work on it that is known of is done, long enough ago to show, and it has not moved."""
    progress = measured_progress(result)
    if result.is_met or progress is None or is_milestone(result) or progress * 100 >= min_progress_percent:
        return False
    refs = {link.initiative for link in portfolio.served_by.get(result.id, ())} - portfolio.exempt.keys()
    work = [i for i in map(portfolio.initiatives.__getitem__, refs) if i.status is not StatusCategory.CANCELLED]
    lag = timedelta(days=result.lag_days or 0)
    recent = any(i.closed is not None and i.closed.date() + lag > portfolio.today for i in work)
    return bool(work) and not recent and all(i.status is StatusCategory.DONE for i in work)
