"""What should stand on each ticket, held against what does."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from hub.core.checking.check import check
from hub.core.display_names import Names
from hub.core.planning.comment import message_digest
from hub.core.planning.comment_plan import findings_key, is_overridden
from hub.core.planning.plan import Plan, plan
from hub.core.planning.ticket_plan import LabelRemovedByHuman
from hub.model.action import EARLIER, Action, ActionKind, LedgerEntries, LedgerEntry, PostedFinding, Target
from hub.model.finding import Finding, Judgement, NotJudged, Severity
from hub.model.initiative import Gap, Initiative
from hub.model.message import Wording
from hub.model.portfolio import DependencyHistory, Portfolio, ticket_dependency_key
from hub.model.ticket_input import Command, Verb
from rules.base import Rule
from tests.builders import TODAY, a_portfolio, a_ref, an_initiative, message_for
from tests.fakes.rule import a_rule, about, doubtful

TICKET = an_initiative("jira:ACME-1")
TARGET = Target(TICKET.ref, TICKET.id)
OURS = replace(TICKET, labels=frozenset({"okr-unaligned"}))
RULE = a_rule(answers=[about(TICKET)])
BOTH = frozenset({"jira", "github"})


def judged(*rules: Rule, portfolio: Portfolio | None = None) -> Judgement:
    return check(portfolio or a_portfolio(TICKET), rules)


def found(rule: Rule = RULE) -> Finding:
    return judged(rule).findings[0]


def posted(finding: Finding) -> PostedFinding:
    return PostedFinding(finding.rule, str(finding.severity), finding.fingerprint, finding.tickets, finding.label)


def standing(*rules: Rule, labels: frozenset[str] = frozenset({"okr-unaligned"}), **changes: Any) -> LedgerEntry:
    """The ledger's entry after the findings of these rules were posted."""
    findings = judged(*(rules or (RULE,))).findings
    made = LedgerEntry(
        TARGET,
        comment_id="c1",
        author="account-1",
        digest=message_digest(message_for(findings, Names(a_portfolio(TICKET), TICKET.ref))),
        findings=tuple(posted(finding) for finding in findings),
        labels=labels,
    )
    return replace(made, **changes)


def planned(
    ticket: Initiative | None, judgement: Judgement, known: LedgerEntry | None = None, *, gaps: tuple[Gap, ...] = (),
    publishing: frozenset[str] = BOTH,
) -> Plan:  # fmt: skip
    ledger: LedgerEntries = {("jira", TICKET.id): known} if known else {}
    return plan(a_portfolio(*([ticket] if ticket else []), gaps=gaps), judgement, ledger, publishing)


def kinds(made: Plan) -> list[tuple[str, str | None]]:
    return [(str(action.kind), action.label) for action in made.actions]


ADD = ("add_label", "okr-unaligned")
REMOVE = ("remove_label", "okr-unaligned")
CREATE, UPDATE, RESOLVE = ("create_comment", None), ("update_comment", None), ("resolve_comment", None)
REPLACE, DELETE = ("replace_comment", None), ("delete_comment", None)


def test_a_new_finding_is_a_label_and_a_comment_with_what_it_stands_for() -> None:
    made = planned(TICKET, judged(RULE))
    assert kinds(made) == [ADD, CREATE]
    label, comment = made.actions
    assert label.reason == comment.reason == "title=Work ACME-1"
    assert comment.findings == (posted(found()),)
    assert comment.message is not None
    assert comment.digest == message_digest(comment.message)


def test_what_stands_there_already_needs_no_write() -> None:
    assert planned(OURS, judged(RULE), standing()) == Plan()


def test_a_rule_without_label_writes_a_comment_alone() -> None:
    assert kinds(planned(TICKET, judged(a_rule(answers=[about(TICKET)], label=None)))) == [CREATE]


def test_findings_of_one_label_ask_for_it_once() -> None:
    other = a_rule("other-fault", [about(TICKET)])
    assert kinds(planned(TICKET, judged(RULE, other))) == [ADD, CREATE]


def test_other_words_update_the_comment_in_place() -> None:
    other = a_rule(answers=[about(TICKET, facts={"title": "new"})])
    made = planned(OURS, judged(other), standing())
    assert kinds(made) == [UPDATE]
    assert made.actions[0].comment_id == "c1"


def test_a_fault_that_is_gone_is_resolved_and_its_label_taken_off() -> None:
    made = planned(OURS, judged(), standing())
    assert kinds(made) == [REMOVE, RESOLVE]
    assert made.actions[1].findings == ()


def test_a_resolved_comment_is_not_resolved_again() -> None:
    assert kinds(planned(TICKET, judged(), standing(findings=(), labels=frozenset(), resolved=True))) == []


def test_a_fault_that_is_back_takes_the_old_comment() -> None:
    known = standing(findings=(), labels=frozenset(), resolved=True, digest="resolved")
    assert kinds(planned(TICKET, judged(RULE), known)) == [ADD, UPDATE]


def test_a_label_that_a_person_took_off_is_answered_and_not_put_back() -> None:
    made = planned(TICKET, judged(RULE), standing())
    assert made.actions == ()
    assert made.overrides == (LabelRemovedByHuman(TARGET, "okr-unaligned", found().fingerprint),)


def test_a_refused_label_stays_off_while_the_finding_is_the_same() -> None:
    known = standing(labels=frozenset(), labels_removed_by_human={"okr-unaligned": found().fingerprint})
    assert planned(TICKET, judged(RULE), known) == Plan()


def test_a_refused_label_is_put_on_for_a_new_finding() -> None:
    known = standing(labels=frozenset(), labels_removed_by_human={"okr-unaligned": found().fingerprint})
    other = a_rule("other-fault", [about(TICKET)])
    assert ADD in kinds(planned(TICKET, judged(RULE, other), known))


def test_a_refusal_of_two_findings_covers_one_of_them() -> None:
    other = a_rule("other-fault", [about(TICKET)])
    both = findings_key(judged(RULE, other).findings)
    known = standing(labels=frozenset(), labels_removed_by_human={"okr-unaligned": both})
    assert ADD not in kinds(planned(TICKET, judged(RULE), known))


def test_a_label_that_a_person_took_off_with_the_fault_is_put_on_for_the_next_fault() -> None:
    made = planned(TICKET, judged(), standing())
    assert made.overrides == (LabelRemovedByHuman(TARGET, "okr-unaligned", ""),)
    known = standing(findings=(), labels=frozenset(), labels_removed_by_human={"okr-unaligned": ""}, resolved=True)
    assert ADD in kinds(planned(TICKET, judged(RULE), known))


def test_a_persons_own_label_is_left_even_where_the_hub_commented() -> None:
    assert kinds(planned(OURS, judged(), standing(labels=frozenset()))) == [RESOLVE]


def test_a_persons_own_label_on_an_unknown_ticket_is_left() -> None:
    assert planned(OURS, judged()) == Plan()


def test_a_label_that_is_there_already_is_not_added() -> None:
    assert kinds(planned(OURS, judged(RULE))) == [CREATE]


def test_labels_that_could_not_be_read_are_not_touched() -> None:
    blind = replace(TICKET, missing_fields=frozenset({"labels"}))
    made = planned(blind, judged(RULE), standing())
    assert (made.actions, made.overrides) == ((), ())


def test_a_deleted_comment_is_not_put_back_for_the_same_findings() -> None:
    known = standing(comment_id=None, comment_removed_by_human=found().fingerprint)
    assert planned(OURS, judged(RULE), known).actions == ()


def test_a_deleted_comment_is_followed_by_a_new_one_for_a_new_finding() -> None:
    other = a_rule("other-fault", [about(TICKET)])
    known = standing(comment_id=None, comment_removed_by_human=found().fingerprint)
    assert kinds(planned(OURS, judged(RULE, other), known)) == [CREATE]


@pytest.mark.parametrize(
    ("now", "refused", "covered"),
    [("a", "a", True), ("a", "a,b", True), ("a,b", "a", False), ("a", "", False), ("a", None, False)],
)
def test_a_refusal_answers_what_it_covers_and_nothing_new(now: str, refused: str | None, covered: bool) -> None:
    assert is_overridden(now, refused) is covered


def test_a_crashed_rule_keeps_what_it_said_before() -> None:
    def crash(*_: object) -> None:
        raise ValueError

    made = planned(OURS, judged(a_rule(check=crash)), standing())
    assert made.actions == ()
    assert [held.ref for held in made.skipped] == [TICKET.ref]


def test_what_could_not_be_judged_on_a_ticket_keeps_standing_there() -> None:
    assert planned(OURS, judged(a_rule(answers=[doubtful(TICKET)])), standing()).actions == ()


def test_what_could_not_be_judged_elsewhere_does_not_keep_it() -> None:
    other = doubtful(an_initiative("jira:ACME-9"))
    assert kinds(planned(OURS, judged(a_rule(answers=[other])), standing())) == [REMOVE, RESOLVE]


def test_a_finding_of_another_rule_is_withdrawn_beside_a_crashed_one_only_when_nothing_is_kept() -> None:
    other = a_rule("other-fault", [about(TICKET)], label="okr-stale")
    crashed = Judgement(failed=frozenset({"some-fault"}))
    known = standing(RULE, other, labels=frozenset({"okr-unaligned", "okr-stale"}))
    ticket = replace(TICKET, labels=known.labels)
    assert planned(ticket, crashed, known).actions == ()
    alone = standing(other, labels=frozenset({"okr-stale"}))
    assert kinds(planned(replace(TICKET, labels=alone.labels), crashed, alone))[-1] == RESOLVE


def test_a_label_whose_findings_were_never_recorded_waits_for_a_whole_view() -> None:
    known = LedgerEntry(TARGET, labels=frozenset({"okr-unaligned"}), create_pending=True)
    assert planned(OURS, Judgement(failed=frozenset({"some-fault"})), known) == Plan()
    skipped = Judgement(not_judged=(NotJudged(about(TICKET).subject, "?", (TICKET.ref,), "some-fault"),))
    assert planned(OURS, skipped, known) == Plan()
    assert kinds(planned(OURS, Judgement(), known)) == [REMOVE]


def test_a_finding_that_rests_on_the_missing_half_is_not_withdrawn() -> None:
    github = a_ref("github:acme/app#1")
    for verdict in (about(TICKET, tickets=(TICKET.ref, github)), about(TICKET, based_on=(github,))):
        action = planned(TICKET, judged(a_rule(answers=[verdict]))).actions[-1]
        known = standing(findings=action.findings)
        assert planned(OURS, judged(), known, gaps=(Gap("github", "down"),)).actions == ()
        assert planned(OURS, judged(), known, gaps=(Gap("github", "row", "acme/app#1"),)).actions == ()
        assert kinds(planned(OURS, judged(), known)) == [REMOVE, RESOLVE]


def test_a_gap_elsewhere_keeps_nothing_that_does_not_rest_on_it() -> None:
    assert kinds(planned(OURS, judged(), standing(), gaps=(Gap("github", "down"),))) == [REMOVE, RESOLVE]


def test_a_ticket_that_left_the_query_is_withdrawn_when_it_is_missed_twice() -> None:
    assert planned(None, Judgement(), standing(absences=0)).actions == ()
    assert kinds(planned(None, Judgement(), standing(absences=1))) == [REMOVE, RESOLVE]


def test_a_ticket_that_left_with_a_resolved_comment_needs_nothing() -> None:
    known = standing(labels=frozenset(), resolved=True, absences=3)
    assert planned(None, Judgement(), known).actions == ()


@pytest.mark.parametrize("gap", [Gap("jira", "did not end"), Gap("jira", "row", "ACME-1")])
def test_a_source_or_a_row_with_a_gap_keeps_everything(gap: Gap) -> None:
    assert planned(None, Judgement(), standing(absences=5), gaps=(gap,)).actions == ()


def test_a_ticket_with_another_key_is_the_same_ticket() -> None:
    moved = replace(OURS, ref=a_ref("jira:PLAT-9"))
    made = planned(moved, judged(), standing(absences=2))
    assert {action.target.ref.key for action in made.actions} == {"PLAT-9"}


def test_a_connector_that_does_not_publish_gets_no_plan() -> None:
    assert planned(TICKET, judged(RULE), publishing=frozenset({"github"})) == Plan()
    assert planned(None, Judgement(), standing(absences=2), publishing=frozenset()) == Plan()


def test_a_finding_on_two_tickets_stands_on_both() -> None:
    other = an_initiative("github:acme/app#1")
    verdict = about(TICKET, tickets=(TICKET.ref, other.ref))
    portfolio = a_portfolio(TICKET, other)
    made = plan(portfolio, judged(a_rule(answers=[verdict]), portfolio=portfolio), {}, BOTH)
    commented = {str(action.target.ref) for action in made.actions if action.kind is ActionKind.CREATE_COMMENT}
    assert commented == {"jira:ACME-1", "github:acme/app#1"}


WAITING = an_initiative("github:acme/app#1", blocked_by=(TICKET.ref,))


def asking(name: str, waiting: str = "platform") -> Rule:
    """A rule about work of another team that waits for this ticket; the two questions share fault and fingerprint."""
    facts = {"waiting_team": waiting, "providing_team": "product"}
    return a_rule(name, [about(TICKET, facts=facts, identity=(waiting,))], label=None, fault="unsettled-dependency")


FIRST, SECOND = asking("dependency-without-shared-okr"), asking("unacknowledged-dependency")


def asked(rule: Rule, known: LedgerEntry | None = None) -> Plan:
    """The plan for a ticket that another team waits for: since today, or for so long that an answer is owed."""
    portfolio = a_portfolio(TICKET, WAITING)
    known_since = TODAY if rule is FIRST else TODAY - timedelta(days=7)
    portfolio = replace(portfolio, first_seen={ticket_dependency_key(WAITING, TICKET): known_since})
    ledger = {("jira", TICKET.id): known} if known else {}
    return plan(portfolio, check(portfolio, [rule]), ledger, frozenset({"jira"}))


def only(made: Plan) -> Action:
    (action,) = made.actions
    return action


def after(action: Action, **changes: Any) -> LedgerEntry:
    """The ledger's entry once this action is carried out."""
    assert action.message is not None
    made = LedgerEntry(
        action.target,
        comment_id="c1",
        author="account-1",
        digest=action.digest,
        findings=action.findings,
        resolved=action.message.resolved,
        resolved_on=action.day if action.message.resolved else None,
        mute_comment_id=action.mute_comment_id,
    )
    return replace(made, **changes)


def test_an_answer_that_is_newly_owed_replaces_the_comment() -> None:
    first = only(asked(FIRST))
    assert (first.kind, [finding.request for finding in first.findings]) == (ActionKind.CREATE_COMMENT, [""])
    second = only(asked(SECOND, after(first)))
    assert (second.kind, second.comment_id) == (ActionKind.REPLACE_COMMENT, "c1")
    assert [finding.request for finding in second.findings] == ["answer owed"]
    assert [finding.fingerprint for finding in second.findings] == [finding.fingerprint for finding in first.findings]
    assert second.message is not None
    assert second.message.headline == "OKR check: Platform is still waiting for an answer"


def test_an_answer_that_is_still_owed_replaces_nothing() -> None:
    second = only(asked(SECOND, after(only(asked(FIRST)))))
    assert asked(SECOND, after(second)) == Plan()
    assert kinds(asked(SECOND, after(second, digest="other words"))) == [UPDATE]


def test_a_comment_that_asks_for_nothing_any_more_is_edited() -> None:
    second = only(asked(SECOND, after(only(asked(FIRST)))))
    assert kinds(asked(FIRST, after(second))) == [UPDATE]


@pytest.mark.parametrize(
    "unknown", [{"digest": ""}, {"edited_by_human": True}], ids=["no digest", "changed by somebody"]
)
def test_a_comment_is_not_replaced_while_what_it_says_is_not_known(unknown: dict[str, Any]) -> None:
    known = after(only(asked(FIRST)), **unknown)
    assert kinds(asked(SECOND, known)) == [UPDATE]


def test_a_comment_of_an_earlier_edition_is_not_replaced() -> None:
    known = after(only(asked(FIRST)), findings=(PostedFinding(SECOND.name, "warning", EARLIER),))
    assert kinds(asked(SECOND, known)) == [UPDATE]


def test_a_comment_that_people_keep_changing_is_not_replaced_either() -> None:
    made = asked(SECOND, after(only(asked(FIRST)), edit_conflicts=3))
    assert made.actions == ()
    assert [held.ref for held in made.skipped] == [TICKET.ref]


@pytest.mark.parametrize(
    ("resolved_on", "kind"),
    [(date(2026, 11, 2), REPLACE), (date(2026, 11, 3), UPDATE), (date(2026, 11, 16), UPDATE), (None, UPDATE)],
    ids=["ten working days ago", "nine working days ago", "today", "not known when"],
)
def test_points_that_come_back_are_news_after_ten_working_days(
    resolved_on: date | None, kind: tuple[str, None]
) -> None:
    known = standing(findings=(), labels=frozenset(), resolved=True, resolved_on=resolved_on, digest="resolved")
    made = planned(TICKET, judged(RULE), known)
    assert kinds(made) == [ADD, kind]
    assert made.actions[1].comment_id == "c1"


def test_the_day_on_which_nothing_was_open_is_the_day_of_the_plan() -> None:
    assert planned(OURS, judged(), standing()).actions[-1].day == date(2026, 11, 16)


def test_what_an_interrupted_replacement_left_over_is_deleted() -> None:
    left = standing(replaces="c0")
    made = planned(OURS, judged(RULE), left)
    assert kinds(made) == [DELETE]
    assert (made.actions[0].comment_id, made.actions[0].message) == ("c0", None)
    assert kinds(planned(OURS, judged(), left)) == [REMOVE, DELETE, RESOLVE]


def test_a_comment_that_was_not_replaced_yet_is_not_deleted() -> None:
    assert planned(OURS, judged(RULE), standing(replaces="c1")) == Plan()


OTHER = a_rule("other-fault", [about(TICKET)])


def muted(
    judgement: Judgement,
    known: LedgerEntry | None,
    comment: str = "m1",
    *,
    reacts: bool = False,
    quiet: bool = False,
    verb: Verb = Verb.MUTE,
) -> Plan:
    """The plan for a ticket on which somebody asked for silence in this comment."""
    said = Command(
        TICKET.id, comment, "Ana Silva", verb, "", datetime(2026, 11, 13, tzinfo=UTC), predates_retraction=quiet
    )
    portfolio = a_portfolio(OURS, memory=DependencyHistory(commands={"jira": (said,)}))
    ledger = {("jira", TICKET.id): known} if known else {}
    return plan(portfolio, judgement, ledger, BOTH, wordings={"jira": Wording(reacts=reacts)})


def test_a_comment_whose_people_asked_for_silence_shrinks_to_one_line_and_keeps_its_label() -> None:
    action = only(muted(judged(RULE), standing()))
    assert (action.kind, action.comment_id, action.mute_comment_id) == (ActionKind.UPDATE_COMMENT, "c1", "m1")
    assert action.message is not None
    assert (action.message.headline, action.message.is_mute) == ("OKR check: muted.", True)
    assert action.findings == (posted(found()),)
    assert muted(judged(RULE), after(action)) == Plan()


def test_silence_that_was_asked_for_before_any_comment_is_kept() -> None:
    """A comment is created only to record the command, and only where no reaction does."""
    recording = only(muted(judged(RULE), None))
    assert (recording.kind, recording.mute_comment_id) == (ActionKind.CREATE_COMMENT, "m1")
    assert recording.message is not None
    assert recording.message.is_mute
    assert muted(judged(RULE), None, reacts=True).actions == ()


def silent_after(made: Plan, known: LedgerEntry | None = None) -> LedgerEntry:
    """The ledger's entry once a request for silence is remembered where no comment stands."""
    (mute,) = made.mutes
    return replace(known or LedgerEntry(TARGET), mute_comment_id=mute.comment_id, findings=mute.findings)


SEVERE = a_rule(answers=[about(TICKET)], severity=Severity.ERROR)


@pytest.mark.parametrize("quiet", [False, True], ids=["on GitHub", "after a retraction"])
@pytest.mark.parametrize("open_then", [judged(), judged(RULE)], ids=["nothing was open", "something was open"])
@pytest.mark.parametrize("worse", [judged(RULE, OTHER), judged(SEVERE)], ids=["a new finding", "a more severe one"])
def test_silence_without_a_comment_ends_with_something_worse(
    quiet: bool, open_then: Judgement, worse: Judgement
) -> None:
    asked = {"reacts": not quiet, "quiet": quiet}
    first = muted(open_then, None, **asked)
    assert first.actions == ()
    silent = silent_after(first)
    assert silent.mute_comment_id == "m1"
    assert muted(open_then, silent, **asked) == Plan()
    lifted = only(muted(worse, silent, **asked))
    assert (lifted.kind, lifted.mute_comment_id) == (ActionKind.CREATE_COMMENT, "-m1")
    assert lifted.message is not None
    assert not lifted.message.is_mute
    stays = muted(worse, after(lifted, labels=OURS.labels), **asked)
    assert (stays.actions, stays.mutes) == ((), ())


def test_what_was_settled_in_silence_is_new_when_it_comes_back() -> None:
    silent = silent_after(muted(judged(RULE), None, reacts=True))
    settled = silent_after(muted(judged(), silent, reacts=True), silent)
    assert settled.findings == ()
    back = only(muted(judged(RULE), settled, reacts=True))
    assert (back.kind, back.mute_comment_id) == (ActionKind.CREATE_COMMENT, "-m1")


def test_silence_without_a_comment_is_taken_back_and_asked_for_again() -> None:
    silent = silent_after(muted(judged(RULE), None, reacts=True))
    again = only(muted(judged(RULE), silent, "m2", reacts=True, verb=Verb.UNMUTE))
    assert (again.kind, again.mute_comment_id) == (ActionKind.CREATE_COMMENT, "")
    assert [mute.comment_id for mute in muted(judged(RULE, OTHER), silent, "m3", reacts=True).mutes] == ["m3"]


def test_a_comment_that_a_person_deleted_stays_away_while_the_ticket_is_muted() -> None:
    refused = LedgerEntry(
        TARGET, comment_removed_by_human=found().fingerprint, mute_comment_id="m1", findings=(posted(found()),)
    )
    assert muted(judged(RULE), refused) == Plan()


@pytest.mark.parametrize("known", [None, LedgerEntry(TARGET, mute_comment_id="m1", findings=(posted(found()),))])
def test_nothing_is_remembered_of_silence_while_the_ticket_cannot_be_judged(known: LedgerEntry | None) -> None:
    """What comes to light later was there before: it is no reason to speak."""
    unseen = a_rule(answers=[doubtful(TICKET)])
    made = muted(judged(unseen), known, reacts=True)
    assert (made.actions, made.mutes) == ((), ())


@pytest.mark.parametrize(
    "worse",
    [judged(RULE, OTHER), judged(a_rule(answers=[about(TICKET)], severity=Severity.ERROR))],
    ids=["a new finding", "a more severe one"],
)
def test_silence_ends_with_something_worse_and_stays_ended(worse: Judgement) -> None:
    silent = after(only(muted(judged(RULE), standing())), labels=frozenset({"okr-unaligned"}))
    lifted = only(muted(worse, silent))
    assert (lifted.kind, lifted.mute_comment_id) == (ActionKind.UPDATE_COMMENT, "-m1")
    assert lifted.message is not None
    assert not lifted.message.is_mute
    assert len(lifted.message.points) == len(worse.findings)
    known = after(lifted, labels=silent.labels)
    assert muted(worse, known) == Plan()
    back = only(muted(judged(RULE), replace(known, digest="other words")))
    assert (back.mute_comment_id, back.message and back.message.is_mute) == ("-m1", False)


def test_silence_that_ended_can_be_asked_for_again() -> None:
    known = standing(RULE, OTHER, mute_comment_id="-m1")
    again = only(muted(judged(RULE, OTHER), known, "m2"))
    assert again.mute_comment_id == "m2"
    assert again.message is not None
    assert again.message.is_mute


def test_a_muted_ticket_on_which_nothing_is_open_is_resolved() -> None:
    silent = after(only(muted(judged(RULE), standing())))
    action = only(muted(judged(), silent))
    assert (action.kind, action.mute_comment_id) == (ActionKind.RESOLVE_COMMENT, "m1")


def test_a_muted_comment_is_not_replaced() -> None:
    known = standing(findings=(), resolved=True, resolved_on=date(2026, 1, 5), digest="resolved")
    assert kinds(muted(judged(RULE), known)) == [UPDATE]
