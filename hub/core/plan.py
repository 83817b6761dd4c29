"""What should be on each ticket, held against what is: the difference is the plan."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from hub.core.commands import heard
from hub.core.labels import OURS
from hub.core.links import further
from hub.core.out_of_sight import OutOfSight, unsure
from hub.core.render import digest, message_for, posted, resolved_message, worse
from hub.model.action import Action, ActionKind, PostedFinding, Published, Target
from hub.model.finding import Finding, Judgement
from hub.model.initiative import Initiative, Ref
from hub.model.message import Message, plain
from hub.model.portfolio import Portfolio

WALL = 3
"""So often somebody may change the hub's comment on a ticket before the hub leaves it alone until all is settled."""
Ledger = Mapping[tuple[str, str], Published]


@dataclass(frozen=True, slots=True)
class Held:
    """A ticket that is left as it is this time, and why."""

    ref: Ref
    why: str


@dataclass(frozen=True, slots=True)
class LabelTaken:
    """A label of ours is gone from the ticket: an answer that counts while the findings stay the same.

    Where it stands for nothing any more (`standing_for` is empty), there is nothing to answer, only to remember.
    """

    target: Target
    label: str
    standing_for: str


@dataclass(frozen=True, slots=True)
class Plan:
    """The writes that are wanted, in ticket order; what is held back; what people answered."""

    actions: tuple[Action, ...] = ()
    held: tuple[Held, ...] = ()
    answers: tuple[LabelTaken, ...] = ()


def plan(
    portfolio: Portfolio,
    judgement: Judgement,
    ledger: Ledger,
    publishing: frozenset[str],
    *,
    rules_url: str = "",
    dashboard: Ref | None = None,
) -> Plan:
    """Findings + ledger + what stands on the tickets → Plan; only for connectors in `publishing`.

    The ticket of the dashboard has one comment of the hub's as well, and that is the dashboard.
    """
    wanted = _by_ticket(judgement)
    out_of_sight = OutOfSight.of(judgement)
    actions: list[Action] = []
    held: list[Held] = []
    answers: list[LabelTaken] = []
    for ref, initiative in portfolio.initiatives.items():
        known = ledger.get((ref.connector, initiative.id))
        concerns = ref in wanted or known or ref in portfolio.spoken or not initiative.labels.isdisjoint(OURS)
        if initiative.context or ref.connector not in publishing or not concerns or ref == dashboard:
            continue
        found = tuple(wanted.get(ref, ()))
        ticket = _Ticket(initiative, found, known, portfolio, out_of_sight=out_of_sight, rules_url=rules_url)
        actions += ticket.actions()
        answers += ticket.answers()
        held += [Held(ref, why) for why in ticket.held()]
    actions += (action for action in _left(portfolio, ledger, publishing) if action.target.ref != dashboard)
    return Plan(tuple(actions), tuple(held), tuple(answers))


def _by_ticket(judgement: Judgement) -> dict[Ref, list[Finding]]:
    found: dict[Ref, list[Finding]] = defaultdict(list)
    for finding in judgement.findings:
        if posted(finding):
            for ref in finding.tickets:
                found[ref].append(finding)
    return found


def standing_for(findings: Sequence[PostedFinding | Finding]) -> str:
    """What a label or a comment stands for: its findings, without wording."""
    return ",".join(sorted({finding.fingerprint for finding in findings}))


def answered(standing: str, refused: str | None) -> bool:
    """Whether a person's refusal covers all that stands now; what comes on top of it is news."""
    return refused is not None and set(standing.split(",")) <= set(refused.split(","))


class _Ticket:
    """One ticket's part of the plan."""

    def __init__(
        self,
        initiative: Initiative,
        findings: tuple[Finding, ...],
        known: Published | None,
        portfolio: Portfolio,
        *,
        out_of_sight: OutOfSight,
        rules_url: str,
    ) -> None:
        self.initiative = initiative
        self.heard = heard(initiative.ref, portfolio)
        self.answers_somebody = any(not one.quiet for one in portfolio.spoken.get(initiative.ref, ()))
        self.links = lambda finding: further(finding, portfolio, rules_url)
        self.findings = findings
        self.known = known
        self.target = Target(initiative.ref, initiative.id)
        self.standing = {label: standing_for([f for f in findings if f.label == label]) for label in OURS}
        now = {finding.fingerprint for finding in findings}
        gone = tuple(old for old in (known.findings if known else ()) if old.fingerprint not in now)
        self.kept = tuple(old for old in gone if unsure(old, initiative.ref, portfolio, out_of_sight))
        # A label whose findings were never recorded (the run was killed before its comment) is not known to be done.
        recorded = known is not None and bool(known.findings)
        self.in_doubt = bool(self.kept) or (not recorded and out_of_sight.partly(initiative.ref))

    def actions(self) -> Iterator[Action]:
        """Labels first, for they are cheap and silent; then the comment."""
        yield from self._labels()
        if not self.kept:
            yield from self._comment()

    def answers(self) -> Iterator[LabelTaken]:
        """Labels that the hub put here and that somebody took away, wanted still or not."""
        for label in OURS:
            standing = self.standing[label]
            taken = self.known is not None and label in self.known.labels and label not in self.initiative.labels
            if taken and (standing or not self.in_doubt) and "labels" not in self.initiative.unread:
                yield LabelTaken(self.target, label, standing)

    def held(self) -> Iterator[str]:
        """Why the ticket is left as it is, where it is."""
        if self.kept:
            yield f"{self.kept[0].rule} could not be judged: something was not read"
        elif self._yields():
            yield "somebody keeps changing the hub's comment: left as it is until what it says changes"

    def _yields(self) -> bool:
        """Whether the hub gives way: it puts a comment right once for the same findings, and a few times in all."""
        known = self.known
        if known is None or not self.findings:
            return False
        put_right = answered(standing_for(self.findings), known.restored_for)
        return known.contests >= WALL or (known.drifted and put_right)

    def _refused(self, label: str, taken: frozenset[str]) -> bool:
        """Whether the label is not wanted here: a person took it away, the screen lacks it, or the hub gave way."""
        known, standing = self.known, self.standing[label]
        if known is None or label in taken:
            return label in taken
        answers = (known.refused_labels.get(label), known.barred.get(label))
        return known.contests >= WALL or any(answered(standing, one) for one in answers)

    def _labels(self) -> Iterator[Action]:
        if "labels" in self.initiative.unread:
            return
        known, taken = self.known, frozenset(answer.label for answer in self.answers())
        for label in OURS:
            standing, present = self.standing[label], label in self.initiative.labels
            if standing and not present and not self._refused(label, taken):
                yield Action(
                    ActionKind.ADD_LABEL, self.target, self._why(label), label=label, findings=self._posted(label)
                )
            elif present and not standing and known is not None and label in known.labels and not self.in_doubt:
                yield Action(ActionKind.REMOVE_LABEL, self.target, "nothing that it stands for is left", label=label)

    def _comment(self) -> Iterator[Action]:
        known = self.known
        if not self.findings:
            yield from self._settled()
            return
        message = message_for(self.initiative.ref, self.findings, self.heard, self.links)
        if known is None or known.comment_id is None:
            if known is None or not answered(standing_for(self.findings), known.comment_refused):
                yield self._write(ActionKind.CREATE_COMMENT, self._why(None), message)
        elif known.drifted and not self._yields():
            yield self._write(ActionKind.UPDATE_COMMENT, "somebody changed the hub's comment: put right once", message)
        elif known.digest != digest(message) and not self._yields():
            louder = replace(message, loud=worse(self.findings, known.findings))
            yield self._write(ActionKind.UPDATE_COMMENT, self._why(None), louder)

    def _settled(self) -> Iterator[Action]:
        """Nothing is wrong: said where something was, and where somebody asked for something."""
        known, message = self.known, resolved_message(self.initiative.ref, self.heard)
        if known is not None and known.comment_id:
            if not known.resolved:
                yield self._write(ActionKind.RESOLVE_COMMENT, "nothing is wrong any more", message)
            elif not known.digest:
                yield self._write(ActionKind.RESOLVE_COMMENT, "what stands there is not known to be settled", message)
            elif self.heard and known.digest != digest(message):
                yield self._write(ActionKind.RESOLVE_COMMENT, "a command was heard", message)
        elif self.answers_somebody and (known is None or known.comment_refused is None):
            yield self._write(ActionKind.CREATE_COMMENT, "a command was heard", message)

    def _write(self, kind: ActionKind, why: str, message: Message) -> Action:
        comment_id = self.known.comment_id if self.known else None
        return Action(
            kind, self.target, why, message, digest(message), comment_id=comment_id, findings=self._posted(None)
        )

    def _posted(self, label: str | None) -> tuple[PostedFinding, ...]:
        """What the comment, or a label, will stand for."""
        shown = (one for one in self.findings if label is None or one.label == label)
        return tuple(PostedFinding(f.rule, str(f.severity), f.fingerprint, f.tickets + f.rests_on) for f in shown)

    def _why(self, label: str | None) -> str:
        shown = [f for f in self.findings if label is None or f.label == label]
        return " ".join(dict.fromkeys(plain(finding.advice.what) for finding in shown))


def _left(portfolio: Portfolio, ledger: Ledger, publishing: frozenset[str]) -> Iterator[Action]:
    """Tickets that two complete enumerations did not show: what stands there is withdrawn."""
    if not ledger:
        return
    present = {(ref.connector, one.id) for ref, one in portfolio.initiatives.items() if not one.context}
    for key, known in ledger.items():
        ref = known.target.ref
        if key in present or ref.connector not in publishing or not portfolio.readable(ref) or known.misses < 1:
            continue
        for label in sorted(known.labels):
            yield Action(ActionKind.REMOVE_LABEL, known.target, "the ticket left the query", label=label)
        if known.comment_id and not known.resolved:
            message = resolved_message(ref)
            yield Action(
                ActionKind.RESOLVE_COMMENT,
                known.target,
                "the ticket left the query",
                message=message,
                digest=digest(message),
                comment_id=known.comment_id,
            )
