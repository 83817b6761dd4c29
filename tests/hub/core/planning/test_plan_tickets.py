"""Where a finding stands: its comment where the fault can be ended, its label where it is felt."""

from typing import Any

from hub.core.checking.check import check
from hub.core.planning.plan import Plan, plan
from hub.model.action import ActionKind, LedgerEntry, Target
from hub.model.finding import Finding, Judgement, NotJudged, Severity, Verdict
from hub.model.initiative import Gap, Initiative
from hub.model.message import plain
from rules.base import Rule
from tests.builders import a_portfolio, an_initiative
from tests.fakes.rule import a_rule, about

HERE = an_initiative("jira:ACME-1")
THERE = an_initiative("github:acme/app#1")
BOTH = frozenset({"jira", "github"})


def judged(*verdicts: Verdict, **changes: Any) -> Judgement:
    return check(a_portfolio(HERE, THERE), [a_rule(answers=verdicts, **changes)])


def planned(judgement: Judgement, *known: LedgerEntry, here: Initiative = HERE, gaps: tuple[Gap, ...] = ()) -> Plan:
    ledger = {(ledger_entry.target.ref.connector, ledger_entry.target.id): ledger_entry for ledger_entry in known}
    return plan(a_portfolio(here, THERE, gaps=gaps), judgement, ledger, BOTH)


def writes(made: Plan) -> set[tuple[str, str]]:
    return {(str(action.target.ref), str(action.kind)) for action in made.actions}


FELT = about(HERE, act_on=(THERE.ref,), label_on=(HERE.ref,))


def test_the_comment_goes_where_the_fault_can_be_ended_and_the_label_where_it_is_felt() -> None:
    assert writes(planned(judged(FELT))) == {("jira:ACME-1", "add_label"), ("github:acme/app#1", "create_comment")}


def test_a_note_that_somebody_feels_is_a_label_and_no_comment() -> None:
    assert writes(planned(judged(FELT, severity=Severity.INFO))) == {("jira:ACME-1", "add_label")}


def test_a_note_without_a_place_for_its_label_is_on_no_ticket() -> None:
    assert planned(judged(about(HERE, label_on=()), severity=Severity.INFO)) == Plan()


def test_a_rule_without_a_label_shows_nothing_where_its_fault_is_felt() -> None:
    assert writes(planned(judged(FELT, label=None))) == {("github:acme/app#1", "create_comment")}


def test_what_only_feels_a_fault_is_evidence_and_is_not_written_on() -> None:
    finding = about(HERE, affects=(THERE.ref,))
    assert {ref for ref, _ in writes(planned(judged(finding)))} == {"jira:ACME-1"}


def test_a_comment_holds_only_what_can_be_ended_on_its_ticket() -> None:
    made = planned(judged(FELT, about(HERE, identity=("own",), facts={"own": 1})))
    (comment,) = (action for action in made.actions if action.target.ref == HERE.ref and action.message)
    assert comment.message is not None
    assert [plain(point.what) for point in comment.message.points] == ["own=1"]
    assert len(comment.findings) == 1


def labelled(**changes: Any) -> tuple[Initiative, LedgerEntry]:
    ticket = an_initiative("jira:ACME-1", labels=frozenset({"okr-unaligned"}))
    return ticket, LedgerEntry(Target(HERE.ref, HERE.id), labels=frozenset({"okr-unaligned"}), **changes)


def test_a_label_alone_is_taken_off_when_nothing_is_felt_any_more() -> None:
    ticket, known = labelled()
    assert writes(planned(judged(), known, here=ticket)) == {("jira:ACME-1", "remove_label")}


def test_a_label_alone_stays_while_something_was_not_read_or_judged() -> None:
    ticket, known = labelled()
    assert planned(judged(), known, here=ticket, gaps=(Gap("github", "down"),)) == Plan()
    assert planned(Judgement(failed=frozenset({"some-fault"})), known, here=ticket) == Plan()
    unjudged = NotJudged(about(HERE).subject, "?", (HERE.ref,), "some-fault")
    assert planned(Judgement(not_judged=(unjudged,)), known, here=ticket) == Plan()


def test_a_label_alone_that_a_person_took_away_stays_away() -> None:
    _, known = labelled()
    made = planned(judged(FELT), known)
    assert ("jira:ACME-1", "add_label") not in writes(made)
    assert [answer.findings_key for answer in made.overrides] == [finding(judged(FELT)).fingerprint]


def test_a_comment_is_settled_where_its_fault_is_only_felt_from_now_on() -> None:
    ticket, known = labelled(comment_id="c1", author="account-1", digest="old")
    assert ("jira:ACME-1", str(ActionKind.RESOLVE_COMMENT)) in writes(planned(judged(FELT), known, here=ticket))


def finding(judgement: Judgement) -> Finding:
    return judgement.findings[0]


def test_a_finding_tells_its_tickets_apart() -> None:
    each_finding = finding(judged(about(HERE, act_on=(THERE.ref,), label_on=(HERE.ref,), severity=Severity.INFO)))
    assert (each_finding.on_tickets, each_finding.tickets) == ((HERE.ref,), (THERE.ref, HERE.ref))


def test_rules_of_one_fault_share_the_label_that_a_person_took_away() -> None:
    first: Rule = a_rule("first-question", [FELT], fault="one-fault")
    second: Rule = a_rule("second-question", [FELT], fault="one-fault")
    portfolio = a_portfolio(HERE, THERE)
    standing = check(portfolio, [first]).findings[0].fingerprint
    _, known = labelled()
    refused = LedgerEntry(known.target, labels_removed_by_human={"okr-unaligned": standing})
    made = plan(portfolio, check(portfolio, [second]), {("jira", HERE.id): refused}, BOTH)
    assert ("jira:ACME-1", "add_label") not in writes(made)
