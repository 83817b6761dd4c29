"""A made-up company: 200 teams, 2,000 key results, any number of tickets, and the faults that people make."""

import random
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

from hub.model.initiative import (
    Initiative,
    KeyResultMention,
    MentionSource,
    PriorityBand,
    PullResult,
    Ref,
    Snapshot,
    StatusCategory,
)
from hub.model.okr import (
    Alignment,
    Contribution,
    Cycle,
    ExemptKind,
    KeyResult,
    LinkKind,
    Need,
    Objective,
    Okrs,
    Team,
    Visibility,
)

TODAY = date(2026, 11, 16)
CYCLE = Cycle("2026-Q4", date(2026, 10, 1), date(2026, 12, 31))
PULLED_AT = datetime(2026, 11, 16, 9, tzinfo=UTC)
TEAMS = 200
ORGANIZATION = (50, 4)  # objectives, key results of each
OF_TEAM = (3, 3)

VERBS = ("Raise", "Cut", "Launch", "Automate", "Double", "Simplify", "Measure", "Replace", "Open", "Harden")
NOUNS = (
    "checkout conversion",
    "invoice errors",
    "partner onboarding",
    "search latency",
    "trial activation",
    "renewal rate",
    "support backlog",
    "mobile crashes",
    "content deals",
    "usage reports",
    "payment retries",
    "data exports",
    "sign-up funnel",
    "release cadence",
    "storage costs",
)
MARKETS = ("Europe", "Asia", "free plan", "enterprise", "studios", "schools", "resellers", "beta users")
WHATS = ("design", "pilot", "migration", "rollout", "dashboard", "review", "contract", "experiment")


def okrs(dice: random.Random) -> Okrs:
    """50 x 4 organization key results, and 3 x 3 for each of 200 teams: one objective in twenty is shared by two."""
    teams = {team.id: team for team in (_team(number) for number in range(TEAMS))}
    goals = [*_organization(dice), *_of_teams(dice)]
    return Okrs(
        cycle=CYCLE,
        teams=teams,
        objectives={objective.id: objective for objective, _ in goals},
        key_results={key_result.id: key_result for _, own_key_results in goals for key_result in own_key_results},
        cycles={CYCLE.id: CYCLE},
        other_key_results={},
    )


def _team(number: int) -> Team:
    bugs = (ExemptKind("defects are not strategy", label="bug"),)
    return Team(team_id(number), f"Team {number}", (f"jira:P{number}", f"github:acme/r{number}"), bugs)


def team_id(number: int) -> str:
    """The id of the team of that number."""
    return f"team-{number:03d}"


def _organization(dice: random.Random) -> Iterator[tuple[Objective, tuple[KeyResult, ...]]]:
    objectives, size = ORGANIZATION
    for number in range(objectives):
        name = f"org-{number:02d}"
        key_results = tuple(_organization_key_result(f"{name}-{n}", name, dice) for n in range(size))
        yield (
            Objective(name, f"Win {dice.choice(MARKETS)}", CYCLE.id, (), tuple(k.id for k in key_results)),
            key_results,
        )


def _organization_key_result(id_: str, objective: str, dice: random.Random) -> KeyResult:
    """Two teams with 60 and 40 percent; one in ten adds to less, one in twenty has nobody."""
    teams = [team_id(number) for number in dice.sample(range(TEAMS), 2)]
    shares = (60.0, 30.0 if dice.random() < 0.1 else 40.0)
    parts = tuple(Contribution(team, LinkKind.DIRECT, share) for team, share in zip(teams, shares, strict=True))
    owners = () if dice.random() < 0.05 else tuple(teams)
    return KeyResult(id_, _title(dice), objective, CYCLE.id, owners=owners, contributions=parts)


def _of_teams(dice: random.Random) -> Iterator[tuple[Objective, tuple[KeyResult, ...]]]:
    objectives, size = OF_TEAM
    for number in range(TEAMS):
        for at in range(objectives):
            name = f"{team_id(number)}-o{at}"
            partner = (team_id((number + 1) % TEAMS),) if dice.random() < 0.05 else ()
            key_results = tuple(_team_key_result(f"t{number:03d}-{at}{n}", name, number, dice) for n in range(size))
            ids = tuple(k.id for k in key_results)
            yield Objective(name, _title(dice), CYCLE.id, (team_id(number), *partner), ids), key_results


def _team_key_result(id_: str, objective: str, team: int, dice: random.Random) -> KeyResult:
    """Nine in ten lead to the organization's, one in ten needs a neighbour, one in twenty is private."""
    upper = f"org-{dice.randrange(ORGANIZATION[0]):02d}-{dice.randrange(ORGANIZATION[1])}"
    other = (team + dice.randint(1, 5)) % TEAMS
    need = Need(team_id(other), f"t{other:03d}-00", dice.randint(1, 4))
    return KeyResult(
        id_,
        _title(dice),
        objective,
        CYCLE.id,
        current=dice.choice((None, 20.0, 60.0, 100.0)),
        priority=dice.randint(1, 4),
        visibility=Visibility.PRIVATE if dice.random() < 0.05 else Visibility.PUBLIC,
        aligns_to=(Alignment(upper),) if dice.random() < 0.9 else (),
        depends_on=(need,) if dice.random() < 0.1 else (),
    )


def _title(dice: random.Random) -> str:
    return f"{dice.choice(VERBS)} {dice.choice(NOUNS)} for {dice.choice(MARKETS)}"


def snapshot(count: int, dice: random.Random) -> Snapshot:
    """Tickets of both trackers, three in Jira to two on GitHub."""
    tickets = [_ticket(number, count, dice) for number in range(count)]
    pulled = tuple(
        PullResult(name, tuple(ticket for ticket in tickets if ticket.ref.connector == name))
        for name in ("jira", "github")
    )
    return Snapshot(pulled, PULLED_AT)


def ref_of(number: int) -> Ref:
    """The ticket's name: its team is its number modulo the teams, so that every team has work in both trackers."""
    team, index = number % TEAMS, number // TEAMS + 1
    return Ref("jira", f"P{team}-{index}") if index % 5 < 3 else Ref("github", f"acme/r{team}#{index}")


def _ticket(number: int, count: int, dice: random.Random) -> Initiative:
    ref, team = ref_of(number), number % TEAMS
    container = f"P{team}" if ref.connector == "jira" else f"acme/r{team}"
    words, parent = _names(number, team, dice)
    labels = {f"kr-{word}" for word in words} | ({"bug"} if dice.random() < 0.04 else set())
    started = CYCLE.start + timedelta(days=dice.randrange(40))
    dated = dice.random() < 0.5
    created = PULLED_AT - timedelta(days=dice.randrange(1, 200))
    return Initiative(
        ref=ref,
        id=str(10_000 + number),
        title=f"{dice.choice(NOUNS).capitalize()} {dice.choice(WHATS)} for {dice.choice(MARKETS)}",
        url=f"https://tracker.test/{ref.key}",
        containers=(container,),
        kind="Epic",
        status=dice.choices((StatusCategory.IN_PROGRESS, StatusCategory.TO_DO, StatusCategory.DONE), (60, 25, 15))[0],
        start=started if dated else None,
        due=started + timedelta(days=30) if dated else None,
        labels=frozenset(labels),
        parent=parent,
        blocked_by=_blockers(number, count, dice),
        key_result_mentions=tuple(KeyResultMention(MentionSource.LABEL, word) for word in words),
        priority=PriorityBand(dice.randint(1, 4)) if dice.random() < 0.6 else None,
        rank=f"{number:08d}",
        created=created,
        updated=max(created, PULLED_AT - timedelta(days=dice.randrange(30))),
    )


def _names(number: int, team: int, dice: random.Random) -> tuple[tuple[str, ...], Ref | None]:
    """Of a hundred: 70 name a key result, 4 two, 18 have a parent that may, 2 a typing error, 6 nothing."""
    right = f"t{team:03d}-{dice.randrange(OF_TEAM[0])}{dice.randrange(OF_TEAM[1])}"
    luck = dice.randrange(100)
    if luck < 70:
        return (right,), None
    if luck < 74:
        return (right, f"t{team:03d}-00") if right[-2:] != "00" else (right,), None
    if luck < 92:
        return (), ref_of(max(team, number - TEAMS))
    if luck < 94:
        return (right.replace("-", "_"),), None
    return (), None


def _blockers(number: int, count: int, dice: random.Random) -> tuple[Ref, ...]:
    """One ticket in twenty waits for a ticket of one of the next three teams."""
    if dice.random() >= 0.05:
        return ()
    team = (number % TEAMS + dice.randint(1, 3)) % TEAMS
    return (ref_of((dice.randrange(count) // TEAMS) * TEAMS + team),)
