"""Whether the comment on one ticket is created, edited, replaced or resolved, and what it says."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from hub.core.display_names import Names
from hub.core.mapping.comment_commands import mute_command
from hub.core.planning.comment import is_worse, message_digest, message_for, mute_message, resolved_message
from hub.core.planning.points import in_order, point_of
from hub.core.planning.receipts import not_applied, recorded_lines
from hub.model.action import EARLIER, Action, ActionKind, LedgerEntry, PostedFinding, Target
from hub.model.finding import Finding
from hub.model.message import Message, Point, plain
from hub.model.progress import working_days_between
from hub.model.ticket_input import Command


@dataclass(frozen=True, slots=True)
class Mute:
    """The comment by which somebody muted a ticket on which no comment of ours stands, and what was open then."""

    target: Target
    comment_id: str
    findings: tuple[PostedFinding, ...]


REPOST_AFTER_DAYS = 10
"""Working days after which points that come back are news: a new comment tells people."""


def findings_key(findings: Sequence[PostedFinding | Finding]) -> str:
    """What a label or a comment stands for: its findings, without wording."""
    if len(findings) == 1:
        return findings[0].fingerprint
    return ",".join(sorted({finding.fingerprint for finding in findings}))


def is_overridden(current_key: str, overridden_key: str | None) -> bool:
    """Whether a person's refusal covers all that stands now; what comes on top of it is news.

    One of an earlier edition covers whatever stands, for the one run that it takes to restate it.
    """
    return overridden_key is not None and (
        overridden_key == EARLIER or set(current_key.split(",")) <= set(overridden_key.split(","))
    )


def is_labelled(finding: Finding, names: Names) -> bool:
    """Whether the finding's label goes on this ticket; one finding may stand on very many."""
    tickets = names.once(("labelled", id(finding)), lambda: frozenset(finding.label_on if finding.label else ()))
    return names.ref in tickets


def as_posted(finding: Finding, names: Names, request: str = "") -> PostedFinding:
    """What the ledger remembers of a finding on this ticket."""
    label = finding.label if is_labelled(finding, names) else None
    return names.once(
        ("posted", id(finding), label, request),
        lambda: PostedFinding(
            finding.rule, str(finding.severity), finding.fingerprint, finding.tickets + finding.based_on, label, request
        ),
    )


def plan_reason(findings: Sequence[Finding], names: Names) -> str:
    """What people read in the plan: each finding's sentence once."""
    return " ".join(dict.fromkeys(_sentence(finding, names) for finding in findings))


def _sentence(finding: Finding, names: Names) -> str:
    return names.once(("sentence", id(finding)), lambda: plain(finding.advice.what))


class CommentPlan:
    """The comment's part of one ticket's plan."""

    def __init__(
        self, findings: Sequence[Finding], entry: LedgerEntry | None, target: Target, names: Names, updated_at: str
    ) -> None:
        commands = names.portfolio.effective_commands.get(target.ref, ())
        self._findings, self._entry, self._target, self._names = findings, entry, target, names
        self._updated_at = updated_at
        self._cached_points: Mapping[str, Point] | None = None
        self._recorded = recorded_lines(names) if commands else ()
        self._must_acknowledge = any(self._needs_acknowledgement(command) for command in commands)
        self._mute = mute_command(target.ref, names.portfolio) if commands else None

    def actions(self, *, leave_as_is: bool) -> Iterator[Action]:
        """The writes that the comment needs; with `leave_as_is` it is left as people keep changing it."""
        entry = self._entry
        if entry is not None and entry.replaces and entry.replaces != entry.comment_id:
            yield self._delete(entry.replaces, "a newer one replaces it")
        for duplicate_id in entry.duplicates if entry is not None else ():
            yield self._delete(duplicate_id, "duplicate of another comment by the hub")
        if not self._findings:
            yield from self._resolved()
        elif entry is None or entry.comment_id is None:
            yield from self._first()
        elif not leave_as_is:
            yield from self._edited(entry)

    def mutes(self) -> Iterator[Mute]:
        """What is to be remembered where no comment does: without it nobody could tell what is new or worse."""
        entry = self._entry
        if self._mute is None or (entry is not None and entry.comment_id) or not self._is_mute_active():
            return
        mute = Mute(self._target, self._mute.comment, self._posted())
        if entry is None or (entry.mute_comment_id, entry.findings) != (mute.comment_id, mute.findings):
            yield mute

    def _first(self) -> Iterator[Action]:
        entry, is_mute = self._entry, self._is_mute_active()
        if entry is not None and is_overridden(findings_key(self._findings), entry.comment_removed_by_human):
            return
        if not is_mute or self._must_acknowledge:
            yield self._write(ActionKind.CREATE_COMMENT, plan_reason(self._findings, self._names), self._open_message())

    def _edited(self, entry: LedgerEntry) -> Iterator[Action]:
        message = self._open_message()
        if entry.edited_by_human:
            yield self._write(ActionKind.UPDATE_COMMENT, "someone edited the hub's comment: restored once", message)
        elif entry.digest and not message.is_mute and self._is_news(entry):
            yield self._write(ActionKind.REPLACE_COMMENT, plan_reason(self._findings, self._names), message)
        elif entry.digest != message_digest(message):
            notifying = replace(message, notify=is_worse(self._findings, entry.findings))
            yield self._write(ActionKind.UPDATE_COMMENT, plan_reason(self._findings, self._names), notifying)

    def _resolved(self) -> Iterator[Action]:
        """Nothing is wrong: said where something was, and where somebody asked for something."""
        entry = self._entry
        before = {finding.rule for finding in entry.findings} if entry else set()
        if entry is not None and entry.comment_id:
            if entry.resolved and entry.digest and not self._recorded:
                return
            message = resolved_message(before, self._names, self._recorded)
            if not entry.resolved:
                yield self._write(ActionKind.RESOLVE_COMMENT, "nothing is wrong any more", message)
            elif not entry.digest:
                reason = "the posted comment may not say that all is resolved"
                yield self._write(ActionKind.RESOLVE_COMMENT, reason, message)
            elif entry.digest != message_digest(message):
                yield self._write(ActionKind.RESOLVE_COMMENT, "a command was recorded", message)
        elif self._must_acknowledge and (entry is None or entry.comment_removed_by_human is None):
            message = resolved_message(before, self._names, self._recorded)
            yield self._write(ActionKind.CREATE_COMMENT, "a command was recorded", message)

    def _open_message(self) -> Message:
        if self._is_mute_active():
            return mute_message(len(self._findings), self._names, self._recorded)
        by_fingerprint = self._points()
        if len(self._findings) == 1:
            return message_for(self._findings, self._names, self._recorded, list(by_fingerprint.values()))
        points = list(dict.fromkeys(by_fingerprint[finding.fingerprint] for finding in in_order(self._findings)))
        return message_for(self._findings, self._names, self._recorded, points)

    def _points(self) -> Mapping[str, Point]:
        """Each finding's point by its fingerprint, worked out once."""
        if self._cached_points is None:
            self._cached_points = {finding.fingerprint: point_of(finding, self._names) for finding in self._findings}
        return self._cached_points

    def _is_mute_active(self) -> bool:
        """Whether people asked for silence, and nothing new or worse came since."""
        if self._mute is None:
            return False
        entry, comment_id = self._entry, self._mute.comment
        if entry is None or entry.mute_comment_id not in (comment_id, _lifted(comment_id)):
            return True
        return entry.mute_comment_id == comment_id and not is_worse(self._findings, entry.findings)

    def _mute_comment_id(self) -> str:
        if self._mute is None:
            return ""
        is_mute = self._is_mute_active() or not self._findings
        return self._mute.comment if is_mute else _lifted(self._mute.comment)

    def _is_news(self, entry: LedgerEntry) -> bool:
        """Whether somebody must be told anew: an answer is owed since now, or the points were gone for long."""
        requests = [
            (posted_finding.fingerprint, posted_finding.request)
            for posted_finding in self._posted()
            if posted_finding.request
        ]
        if entry.resolved:
            since = entry.resolved_on or self._names.portfolio.today
            return bool(requests) or working_days_between(since, self._names.portfolio.today) >= REPOST_AFTER_DAYS
        if any(finding.fingerprint == EARLIER for finding in entry.findings):
            return False
        before = {(finding.fingerprint, finding.request) for finding in entry.findings}
        return not before.issuperset(requests)

    def _needs_acknowledgement(self, command: Command) -> bool:
        """Whether a comment is worth creating only to say what became of it."""
        return not command.predates_retraction and (not self._names.wording.reacts or not_applied(command, self._names))

    def _write(self, kind: ActionKind, reason: str, message: Message) -> Action:
        return Action(
            kind,
            self._target,
            reason,
            message,
            message_digest(message),
            comment_id=self._entry.comment_id if self._entry else None,
            findings=self._posted(),
            mute_comment_id=self._mute_comment_id(),
            day=self._names.portfolio.today,
            ticket_updated_at=self._updated_at,
        )

    def _delete(self, comment_id: str, reason: str) -> Action:
        return Action(
            ActionKind.DELETE_COMMENT,
            self._target,
            reason,
            comment_id=comment_id,
            day=self._names.portfolio.today,
            ticket_updated_at=self._updated_at,
        )

    def _posted(self) -> tuple[PostedFinding, ...]:
        """What the comment will stand for."""
        points = self._points() if self._findings else {}
        return tuple(as_posted(finding, self._names, points[finding.fingerprint].request) for finding in self._findings)


def _lifted(comment_id: str) -> str:
    """What is remembered of a request for silence that something new has ended."""
    return f"-{comment_id}"
