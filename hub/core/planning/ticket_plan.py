"""One ticket's part of the plan: its labels and comment, and the findings that could not be re-evaluated."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from hub.core.display_names import Names
from hub.core.planning.comment_plan import CommentPlan, Mute, findings_key, is_overridden
from hub.core.planning.ticket_finding import TicketFinding, plan_reason
from hub.core.planning.write_refusals import MAX_EDIT_CONFLICTS, refused_parts
from hub.model.action import (
    COMMENT,
    EARLIER,
    HUB_LABELS,
    LABELS,
    Action,
    ActionKind,
    LedgerEntry,
    PostedFinding,
    Target,
)
from hub.model.finding import Finding, Judgement, SubjectKind
from hub.model.initiative import Initiative, Ref
from hub.model.portfolio import Portfolio


@dataclass(frozen=True, slots=True)
class Unevaluated:
    """What the rules could not judge: whole rules, and single tickets; `is_complete` is whether nothing was left
    unread.

    `undetermined` are findings that stand on a ticket which the last full read did not show.
    """

    rules: frozenset[str]
    tickets: frozenset[tuple[str, Ref]]
    affected_tickets: frozenset[Ref]
    is_complete: bool = True
    is_partial: bool = False
    open_fingerprints: frozenset[str] = frozenset()
    undetermined: frozenset[str] = frozenset()

    def may_affect(self, ref: Ref) -> bool:
        """Whether any finding of the ticket may be out of sight."""
        return bool(self.rules) or not self.is_complete or ref in self.affected_tickets

    @classmethod
    def of(cls, judgement: Judgement, portfolio: Portfolio) -> "Unevaluated":
        """From what the rules said, and what was read."""
        skipped = frozenset((skip.rule, ref) for skip in judgement.not_judged for ref in skip.tickets)
        is_complete = not (portfolio.gaps or portfolio.okrs.incomplete_reason)
        affected_tickets, is_partial = frozenset(ref for _, ref in skipped), portfolio.partial
        open_fingerprints = (
            frozenset(finding.fingerprint for finding in judgement.findings) if is_partial else frozenset()
        )
        absent = portfolio.absent
        undetermined = (
            finding.fingerprint for finding in judgement.findings if absent and not absent.isdisjoint(finding.tickets)
        )
        return cls(
            judgement.failed,
            skipped,
            affected_tickets,
            is_complete,
            is_partial,
            open_fingerprints,
            frozenset(undetermined),
        )


def depends_on_other_tickets(finding: Finding) -> bool:
    """Whether where it stands hangs on more than one ticket, so that a ticket that was not read may change it."""
    return finding.subject.kind is not SubjectKind.INITIATIVE or len(finding.tickets) > 1


def may_still_hold(old: PostedFinding, ticket: Ref, portfolio: Portfolio, unevaluated: Unevaluated) -> bool:
    """Whether a finding that is gone may only be out of sight: then it is not withdrawn."""
    if unevaluated.is_partial and old.fingerprint in unevaluated.open_fingerprints:
        return True  # it only stands elsewhere now, and that may hang on what was not read
    if old.fingerprint in unevaluated.undetermined:
        return True
    if portfolio.okrs.incomplete_reason or old.rule in unevaluated.rules or (old.rule, ticket) in unevaluated.tickets:
        return True
    return any(ref not in portfolio.initiatives and not portfolio.readable(ref) for ref in old.tickets)


@dataclass(frozen=True, slots=True)
class LabelRemovedByHuman:
    """A label of ours is gone from the ticket: an answer that counts while the findings stay the same.

    Where it stands for nothing any more (`findings_key` is empty), there is nothing to answer, only to remember.
    """

    target: Target
    label: str
    findings_key: str


@dataclass(frozen=True, slots=True)
class MigratedOverride:
    """An answer of before fingerprints stood for a fault's root: it counts for what stands on this ticket now.

    Without a `label` somebody deleted the comment; `is_unsettable` says that the tracker's screen does not take the
    label.
    """

    target: Target
    findings_key: str
    label: str | None = None
    is_unsettable: bool = False


class TicketPlan:
    """One ticket's part of the plan."""

    def __init__(
        self,
        initiative: Initiative,
        findings: Sequence[TicketFinding],
        entry: LedgerEntry | None,
        names: Names,
        *,
        unevaluated: Unevaluated,
    ) -> None:
        ref = initiative.ref
        self.initiative, self.entry, self._names, self._unevaluated = initiative, entry, names, unevaluated
        eligible = [x for x in findings if _may_show(x.finding, entry)] if unevaluated.is_partial else findings
        self.findings = [found for found in eligible if ref in found.commented_on]
        self.findings_by_label: dict[str, list[TicketFinding]] = {}
        for found in eligible:
            if found.finding.label in HUB_LABELS and ref in found.labelled_on:
                self.findings_by_label.setdefault(found.finding.label, []).append(found)
        removed = entry.labels_removed_by_human if entry is not None else {}
        labels = [label for label in self.findings_by_label if label not in removed]
        self.comment = CommentPlan(initiative, self.findings, entry, names, labels)
        self.refused_parts: frozenset[str] = frozenset()
        self.retained: tuple[PostedFinding, ...] = ()
        if entry is not None:
            if entry.write_refusal is not None:
                self.refused_parts = refused_parts(entry, names.portfolio.today, self.comment.updated_at())
            if entry.open_findings:
                self.retained = self._retained(entry.open_findings, [found.finding for found in findings])

    def _retained(self, recorded: Sequence[PostedFinding], findings: Sequence[Finding]) -> tuple[PostedFinding, ...]:
        """What was recorded and may still hold, though it is out of sight."""
        ref, unevaluated = self.initiative.ref, self._unevaluated
        fingerprints = {finding.fingerprint for finding in findings}
        missing = [old for old in recorded if old.fingerprint not in fingerprints and not _was_restated(old, findings)]
        retained = [old for old in missing if may_still_hold(old, ref, self._names.portfolio, unevaluated)]
        if unevaluated.is_partial:
            dependent = {finding.fingerprint for finding in findings if depends_on_other_tickets(finding)}
            retained += [old for old in recorded if old.fingerprint in dependent and old not in retained]
        return tuple(retained)

    def actions(self) -> list[Action]:
        """What the labels need, and then the comment; nothing that the ticket does not take."""
        actions: list[Action] = []
        if self._names.wording.labels and LABELS not in self.refused_parts:
            actions += self._labels()
        if not self.retained and COMMENT not in self.refused_parts:
            actions += self.comment.actions(leave_as_is=self._leaves_to_human())
        return actions

    def overrides(self) -> list[LabelRemovedByHuman]:
        """Labels that the hub put here and that somebody took away, wanted still or not."""
        entry, present = self.entry, self.initiative.labels
        if entry is None or entry.labels <= present or "labels" in self.initiative.missing_fields:
            return []
        keys = [(label, self._key_of(label)) for label in HUB_LABELS if label in entry.labels and label not in present]
        return [
            LabelRemovedByHuman(self.comment.target, label, key)
            for label, key in keys
            if key or not self._is_label_undetermined(label)
        ]

    def migrated_overrides(self) -> Iterator[MigratedOverride]:
        """Answers of an earlier edition, for the fingerprints of this one; they wait while something is not seen."""
        entry = self.entry
        if entry is None:
            return
        if entry.labels_removed_by_human or entry.unsettable_labels:
            yield from self._migrated_labels(entry)
        if entry.comment_removed_by_human == EARLIER and (self.findings or not self.retained):
            yield MigratedOverride(self.comment.target, findings_key(self.findings))

    def _migrated_labels(self, entry: LedgerEntry) -> Iterator[MigratedOverride]:
        for label in HUB_LABELS:
            key = self._key_of(label)
            if key or not self._is_label_undetermined(label):
                if entry.labels_removed_by_human.get(label) == EARLIER:
                    yield MigratedOverride(self.comment.target, key, label)
                if entry.unsettable_labels.get(label) == EARLIER:
                    yield MigratedOverride(self.comment.target, key, label, is_unsettable=True)

    def mute(self) -> Mute | None:
        """A mute with what was open when it was asked for, where all of that could be seen."""
        mute, unevaluated = self.comment.mute(), self._unevaluated
        is_undetermined = (
            self.retained
            or unevaluated.rules
            or unevaluated.is_partial
            or self.initiative.ref in unevaluated.affected_tickets
        )
        return None if is_undetermined else mute

    def skip_reason(self) -> str | None:
        """Why the ticket is left as it is; None where it is not."""
        if self.retained:
            return f"{self.retained[0].rule} not evaluated: data is incomplete"
        if self._leaves_to_human():
            return "someone keeps editing the hub's comment: not edited again until its content changes"
        return None

    def _leaves_to_human(self) -> bool:
        """Whether the hub gives way: it puts a comment right once for the same findings, and a few times in all."""
        entry = self.entry
        if entry is None or not self.findings:
            return False
        return entry.edit_conflicts >= MAX_EDIT_CONFLICTS or (
            entry.edited_by_human and is_overridden(findings_key(self.findings), entry.restored_for_findings)
        )

    def _refused(self, label: str, removed: Collection[str]) -> bool:
        """Whether the label is not wanted here: a person took it away, the screen lacks it, or the hub gave way."""
        entry, key = self.entry, self._key_of(label)
        if entry is None or label in removed:
            return label in removed
        overridden_keys = (entry.labels_removed_by_human.get(label), entry.unsettable_labels.get(label))
        return entry.edit_conflicts >= MAX_EDIT_CONFLICTS or any(
            is_overridden(key, answer) for answer in overridden_keys
        )

    def _labels(self) -> Iterator[Action]:
        if "labels" in self.initiative.missing_fields:
            return
        entry, present, removed = self.entry, self.initiative.labels, [override.label for override in self.overrides()]
        findings_by_label = {} if self._is_unexplained() else self.findings_by_label
        for label in HUB_LABELS:
            if findings := findings_by_label.get(label):
                if label not in present and not self._refused(label, removed):
                    yield self._added_label(label, findings)
            elif label in present and entry and label in entry.labels and not self._is_label_undetermined(label):
                yield self._action(ActionKind.REMOVE_LABEL, self._removal_reason(), label)

    def _added_label(self, label: str, findings: Sequence[TicketFinding]) -> Action:
        ref, posted = self.initiative.ref, findings[0].posted(self.initiative.ref)
        for found in findings[1:]:
            posted += found.posted(ref)
        return self._action(ActionKind.ADD_LABEL, plan_reason(findings), label, posted)

    def _action(self, kind: ActionKind, reason: str, label: str, findings: tuple[PostedFinding, ...] = ()) -> Action:
        return Action(
            kind,
            self.comment.target,
            reason,
            label=label,
            findings=findings,
            day=self._names.portfolio.today,
            ticket_updated_at=self.comment.updated_at(),
        )

    def _key_of(self, label: str) -> str:
        """What the label stands for; empty where nothing wants it."""
        return findings_key(self.findings_by_label.get(label, ()))

    def _is_label_undetermined(self, label: str) -> bool:
        """Whether something that was not seen may still want the label.

        One whose findings no comment recorded (they have theirs elsewhere, or the run was killed before it) is not
        known to be done while anything was not seen.
        """
        recorded = self.entry.open_findings if self.entry else ()
        return bool(self.retained) or (
            self._unevaluated.may_affect(self.initiative.ref) and all(old.label != label for old in recorded)
        )

    def _is_unexplained(self) -> bool:
        """Whether the comment that would explain the labels cannot stand here."""
        has_comment = self.entry is not None and self.entry.comment_id is not None
        return COMMENT in self.refused_parts and bool(self.findings) and not has_comment

    def _removal_reason(self) -> str:
        return "no comment can explain it here" if self._is_unexplained() else "all its findings are resolved"


def _may_show(finding: Finding, entry: LedgerEntry | None) -> bool:
    """Whether it may stand on the ticket while a source was not read: what stood stays, and nothing new is placed."""
    if not depends_on_other_tickets(finding) or entry is None:
        return not depends_on_other_tickets(finding)
    was_posted = any(old.fingerprint == finding.fingerprint for old in entry.open_findings)
    return was_posted or finding.label in entry.labels


def _was_restated(old: PostedFinding, findings: Sequence[Finding]) -> bool:
    """Whether what an earlier edition posted still stands: only its rule is known."""
    return old.fingerprint == EARLIER and any(finding.rule == old.rule for finding in findings)
