"""Random portfolios: two trackers, three teams, goals of every standing, links that make sense and that do not.

Each is made from one number, which costs hypothesis far less than a choice for every field.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any

from hypothesis import strategies as st

from hub.model.initiative import Initiative, KeyResultMention, MentionSource, PriorityBand, Ref, StatusCategory
from hub.model.okr import Alignment, Contribution, KeyResult, LinkKind, LinkState, Need, Okrs, Visibility
from tests.builders import a_key_result, a_team, an_initiative, an_objective, some_okrs

REFS = (
    *(Ref("jira", f"{project}-{n}") for project in ("ACME", "PLAT") for n in range(1, 5)),
    *(Ref("github", f"acme/{repository}#{n}") for repository in ("app", "web") for n in range(1, 4)),
)
UNDER = {"revenue": "growth", "margin": "growth", "dau": "adoption", "p99": "speed", "nps": "launch", "merger": "speed"}
KEY_RESULTS = tuple(UNDER)
WRITTEN = (*KEY_RESULTS, *KEY_RESULTS, "revenu", "Title of dau", "growth", "nonsense")
LABELS = ("okr-exempt", "okr-unaligned", "okr-dependency", "okr-stale", "team-red", "bug")
WORDS = ("ACME-1", "#2", "acme/web#1", "https://tracker.test/PLAT-1", "marketing")
STATUSES = (*StatusCategory, StatusCategory.IN_PROGRESS, StatusCategory.IN_PROGRESS)
UNREAD = (frozenset({"labels"}), frozenset({"parent"}), frozenset({"text", "fields"}))


class _Dice:
    """Choices, most of them made so that something is found."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)

    def some(self, values: Sequence[Any], at_most: int) -> tuple[Any, ...]:
        return tuple(self.random.sample(values, self.random.randint(0, at_most)))

    def one(self, values: Sequence[Any]) -> Any:
        return self.random.choice(values)

    def maybe(self, make: Callable[[], Any], chance: float = 0.3) -> Any:
        return make() if self.random.random() < chance else None

    def day(self) -> date:
        return date(2026, 9, 1) + timedelta(days=self.random.randint(0, 150))


def tickets() -> st.SearchStrategy[tuple[Initiative, ...]]:
    """Up to ten tickets over both trackers."""
    return st.integers(0, 1 << 32).map(_tickets)


def okrs() -> st.SearchStrategy[Okrs]:
    """Three teams, an organization objective, two of a team, and a shared one."""
    return st.integers(0, 1 << 32).map(_okrs)


def _tickets(seed: int) -> tuple[Initiative, ...]:
    dice = _Dice(seed)
    return tuple(_ticket(dice, ref) for ref in dice.some(REFS, 10))


def _project(ref: Ref) -> str:
    """Up to the number: a part mostly lies in the project of what it belongs to."""
    return str(ref).rstrip("0123456789")


def _ticket(dice: _Dice, ref: Ref) -> Initiative:
    return an_initiative(
        str(ref),
        title=dice.one(("Daily use", "Faster <b>pages</b>", "@all [x](y)", "Upkeep")),
        status=dice.one(STATUSES),
        start=dice.maybe(dice.day, 0.2),
        due=dice.maybe(dice.day, 0.2),
        labels=frozenset(dice.maybe(lambda: dice.some(LABELS, 2)) or ()),
        parent=dice.maybe(lambda: dice.one([each_ref for each_ref in REFS if _project(each_ref) == _project(ref)])),
        blocked_by=dice.maybe(lambda: dice.some(REFS, 2), 0.5) or (),
        blocks=dice.maybe(lambda: dice.some(REFS, 1)) or (),
        depends_on_text=dice.maybe(lambda: dice.some(WORDS, 1)) or (),
        key_result_mentions=tuple(
            KeyResultMention(dice.one(tuple(MentionSource)), word) for word in dice.some(WRITTEN, 2)
        ),
        inherits=dice.random.random() < 0.8,
        priority=dice.maybe(lambda: dice.one(tuple(PriorityBand))),
        rank=dice.maybe(lambda: dice.one("abcdef"), 0.6),
        created=dice.maybe(lambda: datetime(2026, 11, dice.random.randint(1, 20), tzinfo=UTC), 0.8),
        missing_fields=dice.maybe(lambda: dice.one(UNREAD), 0.1) or frozenset(),
    )


def _okrs(seed: int) -> Okrs:
    dice = _Dice(seed)
    return some_okrs(
        teams=(
            a_team("product", "jira:ACME"),
            a_team("platform", "github:acme/app", "jira:PLAT"),
            a_team("sales", "github:acme/web"),
        ),
        objectives=(
            an_objective("growth"),
            an_objective("adoption", "product"),
            an_objective("speed", "platform", standalone=dice.maybe(lambda: "the law")),
            an_objective("launch", "product", "platform"),
        ),
        key_results=tuple(_goal(dice, id_) for id_ in KEY_RESULTS),
    )


def _goal(dice: _Dice, id_: str) -> KeyResult:
    def link() -> Alignment:
        return Alignment(dice.one(KEY_RESULTS), dice.one(tuple(LinkKind)), dice.one(tuple(LinkState)))

    def need() -> Need:
        needed = dice.maybe(lambda: dice.one(KEY_RESULTS), 0.7)
        return Need(dice.one(("product", "platform")), needed, dice.one((None, 1, 4)), None, dice.one(tuple(LinkState)))

    teams = dice.some(("product", "platform", "sales"), 2)
    return a_key_result(
        id_,
        UNDER[id_],
        owners=dice.some(("product", "platform", "sales", "gone"), 4),
        contributions=tuple(Contribution(team, share=dice.one((None, 50.0, 100.0))) for team in teams),
        current=dice.maybe(lambda: 120.0, 0.2),
        priority=dice.one((None, 1, 2, 3, 4)),
        visibility=Visibility.PRIVATE if id_ == "merger" else Visibility.PUBLIC,
        aligns_to=tuple(filter(None, (dice.maybe(link, 0.5),))),
        depends_on=tuple(filter(None, (dice.maybe(need),))),
    )


def healed(ticket: Initiative) -> Initiative:
    """The same ticket, read whole."""
    return replace(ticket, missing_fields=frozenset())
