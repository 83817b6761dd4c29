"""One ticket's part of the plan: which labels it should carry, what its comment should say, what people answered."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from hub.core.out_of_sight import OutOfSight, leans_on_others, unsure
from hub.core.planning.comment_plan import WALL, CommentPlan, Mute, answered, as_posted, standing_for, why
from hub.core.planning.names import Names
from hub.core.planning.shut import moment, shut_parts
from hub.model.action import COMMENT, EARLIER, LABELS, Action, ActionKind, PostedFinding, Published, Target
from hub.model.finding import Finding, Severity
from hub.model.initiative import Initiative
from hub.model.labels import OURS


@dataclass(frozen=True, slots=True)
class LabelTaken:
    """A label of ours is gone from the ticket: an answer that counts while the findings stay the same.

    Where it stands for nothing any more (`standing_for` is empty), there is nothing to answer, only to remember.
    """

    target: Target
    label: str
    standing_for: str


@dataclass(frozen=True, slots=True)
class Restated:
    """An answer of before fingerprints stood for a fault's root: it counts for what stands on this ticket now.

    Without a `label` somebody deleted the comment; `barred` says that the tracker's screen does not take the label.
    """

    target: Target
    standing_for: str
    label: str | None = None
    barred: bool = False


class TicketPlan:
    """One ticket's part of the plan."""

    def __init__(
        self,
        initiative: Initiative,
        findings: tuple[Finding, ...],
        known: Published | None,
        names: Names,
        *,
        out_of_sight: OutOfSight,
    ) -> None:
        portfolio = names.portfolio
        self.initiative = initiative
        # What this ticket's people can end is said in the comment; what is only felt here is shown by a label.
        here = initiative.ref
        placed = [f for f in findings if not out_of_sight.partial or _may_stand(f, known)]
        self.findings = tuple(f for f in placed if f.severity >= Severity.WARNING and here in f.act_on)
        self.labelling = {label: [f for f in placed if f.label == label and here in f.label_on] for label in OURS}
        self.known = known
        self.target = Target(here, initiative.id)
        self.comment = CommentPlan(self.findings, known, self.target, names)
        self.shut = shut_parts(known, portfolio.today, moment(initiative))
        self._day = portfolio.today
        self.standing = {label: standing_for(found) for label, found in self.labelling.items()}
        recorded = known.findings if known else ()
        gone = (old for old in recorded if not any(_same(old, one) for one in findings))
        self.kept = tuple(old for old in gone if unsure(old, here, portfolio, out_of_sight))
        if out_of_sight.partial:
            leaning = {f.fingerprint for f in findings if leans_on_others(f)}
            self.kept += tuple(old for old in recorded if old.fingerprint in leaning and old not in self.kept)
        # A label whose findings no comment recorded (they have theirs elsewhere, or the run was killed before it) is
        # not known to be done while anything was not seen.
        told = {old.label for old in recorded}
        unseen = out_of_sight.partly(here)
        self._unsure = bool(self.kept or out_of_sight.rules or out_of_sight.partial or here in out_of_sight.anything)
        self.in_doubt = {label: bool(self.kept) or (unseen and label not in told) for label in OURS}

    def actions(self) -> Iterator[Action]:
        """What the labels need, and then the comment; nothing that the ticket does not take."""
        wanted = [] if LABELS in self.shut else [*self._labels()]
        if not self.kept and COMMENT not in self.shut:
            wanted += self.comment.actions(give_way=self._yields())
        now = moment(self.initiative)
        yield from (replace(action, day=self._day, moment=now) for action in wanted)

    def answers(self) -> Iterator[LabelTaken]:
        """Labels that the hub put here and that somebody took away, wanted still or not."""
        for label in OURS:
            standing = self.standing[label]
            taken = self.known is not None and label in self.known.labels and label not in self.initiative.labels
            if taken and (standing or not self.in_doubt[label]) and "labels" not in self.initiative.unread:
                yield LabelTaken(self.target, label, standing)

    def restated(self) -> Iterator[Restated]:
        """Answers of an earlier edition, for the fingerprints of this one; they wait while something is not seen."""
        known = self.known
        if known is None:
            return
        for label in OURS:
            if self.standing[label] or not self.in_doubt[label]:
                if known.refused_labels.get(label) == EARLIER:
                    yield Restated(self.target, self.standing[label], label)
                if known.barred.get(label) == EARLIER:
                    yield Restated(self.target, self.standing[label], label, barred=True)
        if known.comment_refused == EARLIER and (self.findings or not self.kept):
            yield Restated(self.target, standing_for(self.findings))

    def mutes(self) -> Iterator[Mute]:
        """A mute with what was open when it was asked for, where all of that could be seen."""
        if not self._unsure:
            yield from self.comment.mutes()

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
            mute = self._unexplained()
            standing, present = "" if mute else self.standing[label], label in self.initiative.labels
            if standing and not present and not self._refused(label, taken):
                yield Action(
                    ActionKind.ADD_LABEL, self.target, self._why(label), label=label, findings=self._posted(label)
                )
            elif present and not standing and known and label in known.labels and not self.in_doubt[label]:
                yield Action(ActionKind.REMOVE_LABEL, self.target, self._gone(), label=label)

    def _unexplained(self) -> bool:
        """Whether the comment that would explain the labels cannot stand here."""
        stands = self.known is not None and self.known.comment_id is not None
        return COMMENT in self.shut and bool(self.findings) and not stands

    def _posted(self, label: str) -> tuple[PostedFinding, ...]:
        """What the label will stand for."""
        return tuple(as_posted(finding, self.initiative.ref) for finding in self.labelling[label])

    def _gone(self) -> str:
        return "no comment can explain it here" if self._unexplained() else "nothing that it stands for is left"

    def _why(self, label: str) -> str:
        return why(self.labelling[label])


def _may_stand(finding: Finding, known: Published | None) -> bool:
    """Whether it may stand on the ticket while a source was not read: what stood stays, and nothing new is placed."""
    if not leans_on_others(finding) or known is None:
        return not leans_on_others(finding)
    stood = any(old.fingerprint == finding.fingerprint for old in known.findings)
    return stood or finding.label in known.labels


def _same(old: PostedFinding, now: Finding) -> bool:
    """Whether the finding still stands; of what an earlier edition posted only the rule is known."""
    return old.rule == now.rule if old.fingerprint == EARLIER else old.fingerprint == now.fingerprint
