"""What must hold for every rule, whatever the tickets and OKRs look like."""

import random
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hub.core.checking.check import check
from hub.model.finding import Finding, Judgement
from hub.model.initiative import Gap, Initiative, KeyResultMention, MentionSource, PriorityBand, Ref, StatusCategory
from hub.model.okr import Alignment, CheckIn, KeyResult, LinkState, Need, Okrs, Sync, Visibility
from rules.base import Evidence
from rules.registry import ALL_RULES
from rules.shared.dependencies import State, is_resolved, links_by_teams
from tests.builders import a_key_result, a_portfolio, a_team, an_initiative, an_objective, some_okrs

REFS = tuple(
    Ref.parse(text)
    for text in (*(f"jira:ACME-{n}" for n in range(1, 5)), *(f"github:acme/app#{n}" for n in range(1, 5)), "jira:NO-1")
)
IDS = ("revenue", "dau", "p99", "shared", "heron-loi", "other")
GAPS = (Gap("jira", "is down"), Gap("github", "timed out"), Gap("jira", "no rights", key="ACME-9"))
ABSENCE = [rule.name for rule in ALL_RULES if rule.evidence is Evidence.ABSENCE]
many = settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.too_slow])

DAYS = st.none() | st.dates(date(2026, 9, 1), date(2027, 1, 31))
MOMENTS = st.datetimes(datetime(2026, 8, 1), datetime(2026, 11, 16), timezones=st.just(UTC))  # noqa: DTZ001
NAMES = st.lists(st.sampled_from((*IDS, "dua", "growth")), max_size=2, unique=True)
SOME_REFS = st.lists(st.sampled_from(REFS), max_size=2, unique=True).map(tuple)
WORDS = st.sampled_from(("Faster start", "with Platform", "heron title", "Product page", "okrs"))
STATES = st.sampled_from(LinkState)
PEOPLES_LABELS = st.lists(
    st.sampled_from(("okr-exempt", "okr-accept", "okr-decline", "okr-later", "platform")), max_size=2
)
IN_TURN = ("dependency-without-shared-okr", "unacknowledged-dependency", "priority-mismatch")


@st.composite
def tickets(draw: st.DrawFn) -> tuple[Initiative, ...]:
    return tuple(draw(ticket(ref)) for ref in REFS if draw(st.booleans()))


@st.composite
def ticket(draw: st.DrawFn, ref: Ref) -> Initiative:
    names, created = draw(NAMES), draw(MOMENTS)
    status = draw(st.sampled_from(StatusCategory))
    return replace(
        an_initiative(str(ref)),
        title=draw(WORDS),
        status=status,
        start=draw(DAYS),
        due=draw(DAYS),
        labels=frozenset([*draw(PEOPLES_LABELS), *(f"kr-{name}" for name in names)]),
        key_result_mentions=tuple(KeyResultMention(MentionSource.LABEL, name) for name in sorted(names)),
        blocked_by=draw(SOME_REFS),
        # A parent is of the same tracker: no tracker has others.
        parent=draw(
            st.none() | st.sampled_from([each_ref for each_ref in REFS if each_ref.connector == ref.connector])
        ),
        mentions=tuple(ref.key for ref in draw(SOME_REFS)),
        priority=draw(st.none() | st.sampled_from(PriorityBand)),
        created=created,
        closed=created + timedelta(days=20) if status is StatusCategory.DONE else None,
    )


@st.composite
def okrs(draw: st.DrawFn) -> Okrs:
    def a(id_: str, objective: str, **changes: Any) -> KeyResult:
        return a_key_result(
            id_, objective, current=draw(st.none() | st.floats(0, 110)), check_ins=draw(CHECK_INS), **changes
        )

    upper = (Alignment("revenue", state=draw(STATES)),) if draw(st.booleans()) else ()
    need = Need("platform", "p99", draw(st.none() | st.integers(1, 4)), draw(DAYS), draw(STATES), draw(DAYS))
    secret = {"visibility": Visibility.PRIVATE, "title": "Heron title", "aligns_to": upper}
    return some_okrs(
        teams=(a_team("product", "jira:ACME"), a_team("platform", "github:acme/app")),
        objectives=(
            an_objective("growth"),
            an_objective("adoption", "product"),
            an_objective("speed", "platform"),
            an_objective("both", "product", "platform", sync=draw(st.sampled_from((None, Sync("product"))))),
        ),
        key_results=(
            a("revenue", "growth", owners=("product",)),
            a("dau", "adoption", aligns_to=upper, depends_on=(need,), priority=1),
            a("p99", "speed", aligns_to=(Alignment("heron-loi"),), priority=3),
            a("shared", "both", aligns_to=(Alignment("revenue"),)),
            a("heron-loi", "adoption", **secret),
            a("other", "speed", title="Title of dau"),
        ),
    )


CHECK_INS = st.lists(
    st.builds(
        CheckIn,
        date=st.dates(date(2026, 10, 1), date(2026, 11, 16)),
        confidence=st.none() | st.sampled_from((0.2, 0.5, 0.8)),
        present=st.sampled_from(((), ("product",), ("product", "platform"))),
    ),
    max_size=2,
).map(tuple)


def judged(found: tuple[Initiative, ...], known: Okrs, gaps: tuple[Gap, ...] = ()) -> Judgement:
    judgement = check(a_portfolio(*found, okrs=known, gaps=gaps), ALL_RULES)
    assert not judgement.failed, judgement.findings
    return judgement


def fingerprints(judgement: Judgement, *rules: str) -> list[tuple[str, str]]:
    """Rule and fingerprint of each finding, of some rules or of all."""
    return sorted(
        (finding.rule, finding.fingerprint) for finding in judgement.findings if not rules or finding.rule in rules
    )


@many
@given(tickets(), okrs())
def test_a_rule_never_says_the_same_thing_twice(found: tuple[Initiative, ...], known: Okrs) -> None:
    said = fingerprints(judged(found, known))
    assert len(said) == len(set(said))


@many
@given(tickets(), okrs(), st.randoms(use_true_random=False))
def test_the_order_of_input_changes_nothing(found: tuple[Initiative, ...], known: Okrs, dice: random.Random) -> None:
    mixed = dice.sample(found, len(found))
    key_results = dict(dice.sample(list(known.key_results.items()), len(known.key_results)))
    teams = dict(dice.sample(list(known.teams.items()), len(known.teams)))
    before = judged(found, known)
    after = judged(tuple(mixed), replace(known, key_results=key_results, teams=teams))
    assert sorted(map(told, after.findings)) == sorted(map(told, before.findings))
    assert sorted(map(str, after.not_judged)) == sorted(map(str, before.not_judged))


def told(finding: Finding) -> tuple[str, ...]:
    return (
        finding.rule,
        finding.fingerprint,
        str(finding.severity),
        finding.subject.id,
        *sorted(map(str, finding.tickets)),
    )


@many
@given(tickets(), okrs())
def test_renaming_a_ticket_changes_no_fingerprint(found: tuple[Initiative, ...], known: Okrs) -> None:
    plain = tuple(replace(ticket, title="Work") for ticket in found)
    renamed = tuple(replace(ticket, title="Something else") for ticket in found)
    assert fingerprints(judged(plain, known)) == fingerprints(judged(renamed, known))


@many
@given(tickets(), okrs())
def test_moving_a_ticket_to_another_key_changes_no_fingerprint(found: tuple[Initiative, ...], known: Okrs) -> None:
    moved = {ref: Ref(ref.connector, ref.key.replace("ACME-", "ACME-10")) for ref in REFS if ref.key.startswith("ACME")}

    def at(ref: Ref) -> Ref:
        return moved.get(ref, ref)

    after = tuple(
        replace(
            ticket,
            ref=at(ticket.ref),
            blocked_by=tuple(map(at, ticket.blocked_by)),
            parent=ticket.parent and at(ticket.parent),
            mentions=tuple(at(next(r for r in REFS if r.key == key)).key for key in ticket.mentions),
        )
        for ticket in found
    )
    assert fingerprints(judged(found, known)) == fingerprints(judged(after, known))


@many
@given(tickets(), okrs(), st.sampled_from(GAPS))
def test_a_gap_never_adds_a_finding_of_absence(found: tuple[Initiative, ...], known: Okrs, gap: Gap) -> None:
    before, after = judged(found, known), judged(found, known, (gap,))
    assert set(fingerprints(after, *ABSENCE)) <= set(fingerprints(before))


@many
@given(tickets(), okrs(), st.sampled_from(("jira", "github")))
def test_half_the_picture_never_adds_a_finding_of_absence(
    found: tuple[Initiative, ...], known: Okrs, down: str
) -> None:
    half = tuple(ticket for ticket in found if ticket.ref.connector != down)
    before, after = judged(found, known), judged(half, known, (Gap(down, "is down"),))
    assert set(fingerprints(after, *ABSENCE)) <= set(fingerprints(before))


@many
@given(tickets(), okrs(), st.sampled_from(REFS), st.sampled_from(IDS))
def test_adding_a_valid_link_never_adds_work_without_a_key_result(
    found: tuple[Initiative, ...], known: Okrs, ref: Ref, key_result: str
) -> None:
    link = KeyResultMention(MentionSource.LABEL, key_result)
    linked = tuple(
        replace(ticket, key_result_mentions=(*ticket.key_result_mentions, link)) if ticket.ref == ref else ticket
        for ticket in found
    )
    before = judged(found, known)
    after = judged(linked, known)
    assert set(fingerprints(after, "initiative-without-key-result")) <= set(fingerprints(before))


@many
@given(tickets(), okrs())
def test_no_rule_names_a_private_key_result(found: tuple[Initiative, ...], known: Okrs) -> None:
    for finding in judged(found, known).findings:
        everything = f"{finding.advice} {finding.facts} {finding.subject}".casefold()
        assert "heron" not in everything


def of_dependencies(judgement: Judgement) -> list[Finding]:
    return [finding for finding in judgement.findings if finding.rule in IN_TURN]


@many
@given(tickets(), okrs())
def test_two_teams_get_one_finding_of_the_rules_that_ask_in_turn(found: tuple[Initiative, ...], known: Okrs) -> None:
    asked = [finding.subject.id for finding in of_dependencies(judged(found, known))]
    assert len(asked) == len(set(asked))


@many
@given(tickets(), okrs())
def test_a_settled_link_is_in_no_finding_but_of_a_late_provider(found: tuple[Initiative, ...], known: Okrs) -> None:
    by_teams = links_by_teams(portfolio := a_portfolio(*found, okrs=known))
    unsettled = {" -> ".join(teams): set[Ref]() for teams in by_teams}
    for teams, links in by_teams.items():
        for link in links:
            if not is_resolved(portfolio, link):
                unsettled[" -> ".join(teams)] |= {link.waiting, link.providing}
    agreed = {link.providing for links in by_teams.values() for link in links if link.state is State.AGREED}
    judgement = judged(found, known)
    for finding in of_dependencies(judgement):
        assert set(finding.tickets) <= unsettled.get(finding.subject.id, set())
    late = {Ref.parse(finding.subject.id) for finding in judgement.findings if finding.rule == "late-provider"}
    assert late <= agreed


@many
@given(tickets(), okrs())
def test_putting_the_waiting_work_off_ends_what_is_said_on_tickets(found: tuple[Initiative, ...], known: Okrs) -> None:
    later = tuple(replace(ticket, labels=ticket.labels | {"okr-later"}) for ticket in found)
    after = judged(later, known)
    spoken = [finding for finding in after.findings if finding.rule in (*IN_TURN, "late-provider")]
    assert [finding for finding in spoken if finding.tickets] == []


@many
@given(tickets(), okrs())
def test_a_yes_ends_the_question_of_an_agreement(found: tuple[Initiative, ...], known: Okrs) -> None:
    refused = {"okr-decline", "okr-later"}
    answered = tuple(replace(ticket, labels=ticket.labels - refused | {"okr-accept"}) for ticket in found)
    assert fingerprints(judged(answered, known), *IN_TURN[:2]) == []
