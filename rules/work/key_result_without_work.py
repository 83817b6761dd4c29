"""A key result without active or finished work linked to it, although the cycle is well under way.

## Why it matters

After two weeks it is no oversight any more, and the rest of the cycle may not be enough to move it. It is worse where
others count on it: in a shared OKR, or behind a big share.

Work for a key result that leads to this one counts for both, and so does work that is exempt and names it. Key results
that are met, that are the organization's own, or that belong to a team without a tracker are not checked.

## Fails

```toml
today = 2026-11-16
```

## Passes

```toml
today = 2026-11-16

[[initiative]]
ref = "jira:ACME-1"
status = "in progress"
serves = ["dau"]

[[initiative]]
ref = "github:acme/app#1"
status = "done"
serves = ["p99"]
```

## How to fix

Name the key result on the work that moves it, plan such work, or drop the key result for this cycle.

## Options

- `after_days = 10`: working days of the cycle before anything is said.
- `big_share = 20`: a share of an organization key result, in percent, from which on it is an error.
"""

from collections.abc import Iterator

from hub.model.finding import Fact, Facts, NotJudged, Severity, Verdict
from hub.model.initiative import Ref, StatusCategory
from hub.model.link import KeyResultLink
from hub.model.message import Advice, Text
from hub.model.okr import KeyResult
from hub.model.portfolio import Portfolio
from hub.model.progress import working_days_between
from rules.base import Evidence, Options, Unit, rule
from rules.shared.key_results import all_moved_by, is_work_incomplete, moved_by
from rules.shared.verdicts import in_grace, join_spans, key_result_span, key_result_subject, line, texts

OPTIONS = {"after_days": 10, "big_share": 20}


def advise(facts: Facts) -> Advice:
    """Whose key result has no work, and what its team can do."""
    teams = join_spans([Text(team) for team in texts(facts["teams"])])
    return Advice(
        what=line(
            "No active or finished work is linked to ", key_result_span(str(facts["key_result"])), " of ", teams, "."
        ),
        why=(),
        do=(line("Link the work that moves it, or plan such work."),),
        unless=line("Not pursued in this cycle? Take it out of the OKRs."),
    )


@rule(
    Severity.WARNING,
    evidence=Evidence.ABSENCE,
    advise=advise,
    options=OPTIONS,
    needs_running_cycle=True,
    public_facts=("teams", "shared"),
    unit=Unit.KEY_RESULT,
)
def key_result_without_work(portfolio: Portfolio, options: Options) -> Iterator[Verdict | NotJudged]:
    """Judge every key result of teams with trackers that is not met, once the cycle has run for a while."""
    if working_days_between(portfolio.cycle.start, portfolio.today) < options["after_days"]:
        return
    work = portfolio.served_by
    moved = all_moved_by(portfolio, [k for k, links in work.items() if any(_is_work(portfolio, x) for x in links)])
    unclear = _tickets_without_status(portfolio)
    uncertain = (k for k, links in work.items() if any(x.initiative in unclear for x in links)) if unclear else ()
    possibly_moved = all_moved_by(portfolio, uncertain)
    unanswered = all_moved_by(portfolio, list(portfolio.okrs.unanswered))
    unread = is_work_incomplete(portfolio)
    for result in portfolio.judged_key_results():
        teams = [portfolio.okrs.teams.get(team) for team in portfolio.teams_of(result.id)]
        tracked = bool(teams) and all(team is not None and team.owns for team in teams)
        if not tracked or result.is_met or result.id in moved:
            continue
        if unread:
            yield NotJudged(key_result_subject(result), "work that serves it may be among what could not be read")
        elif result.id in unanswered:
            yield NotJudged(key_result_subject(result), "a query for work that serves it was not answered")
        elif result.id in possibly_moved:
            yield NotJudged(key_result_subject(result), "the status of work that serves it could not be read")
        else:
            yield _verdict(portfolio, result, options["big_share"])


def _is_work(portfolio: Portfolio, link: KeyResultLink) -> bool:
    ref = link.initiative
    return ref in portfolio.at_work or portfolio.initiatives[ref].status is StatusCategory.DONE


def _tickets_without_status(portfolio: Portfolio) -> frozenset[Ref]:
    """Tickets whose source did not tell if they are active."""
    return frozenset(ref for ref, ticket in portfolio.partly_read.items() if "status" in ticket.missing_fields)


def _verdict(portfolio: Portfolio, result: KeyResult, big_share: float) -> Verdict:
    share, shared = _backed_share(portfolio, result.id), portfolio.objective_of(result.id).shared
    name, teams = portfolio.key_result_fact(result.id), portfolio.teams_of(result.id)
    public_share = _backed_share(portfolio, result.id, public_only=True)
    facts: dict[str, Fact] = {"key_result": name, "teams": teams, "share": public_share, "shared": shared}
    severity = Severity.ERROR if shared or share >= big_share else None
    if in_grace(portfolio, portfolio.key_result_since(result.id)):
        severity = Severity.INFO
    return Verdict(key_result_subject(result), facts, identity=("key_result", result.id), severity=severity)


def _backed_share(portfolio: Portfolio, text: str, *, public_only: bool = False) -> float:
    """The biggest share of an organization key result that its teams hold and that it is summed into.

    With `public_only` it leaves out the shares of private ones.
    """
    teams = portfolio.teams_of(text)
    upper = (portfolio.linked(id_) for id_ in moved_by(portfolio, text, direct=True))
    visible = (k for k in upper if k is not None and not (public_only and k.private))
    shares = (c.share or 0.0 for k in visible for c in k.contributions if c.team in teams)
    return max(shares, default=0.0)
