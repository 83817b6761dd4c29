"""Whether the comment on one ticket is created, edited, replaced or resolved, and what it says."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from hub.core.display_names import Names
from hub.core.mapping.comment_commands import mute_command
from hub.core.planning.comment import is_worse, message_digest, message_of, mute_message, resolved_message
from hub.core.planning.points import in_order, point_of
from hub.core.planning.receipts import BRINGS_BACK, ENDED_BY_NEWS, has_agreed_link, recorded_lines
from hub.core.planning.refused_commands import not_applied
from hub.core.planning.ticket_finding import TicketFinding, plan_reason
from hub.core.planning.write_refusals import updated_at
from hub.model.action import EARLIER, Action, ActionKind, LedgerEntry, PostedFinding, Target
from hub.model.finding import Finding
from hub.model.initiative import Initiative
from hub.model.message import Line, Message, Point
from hub.model.progress import working_days_between
from hub.model.ticket_input import Command


@dataclass(frozen=True, slots=True)
class Mute:
    """The comment by which somebody muted a ticket on which no comment of ours stands, and what was open then."""

    target: Target
    comment_id: str
    findings: tuple[PostedFinding, ...]


AS_PRIVATE = "-private"
WAIVED = "waived"
"""Under which name the tickets of one plan share the fingerprints of what is waived."""
REPOST_AFTER_DAYS = 10
"""Working days after which points that come back are news: a new comment tells people."""


def findings_key(findings: Sequence[PostedFinding | Finding | TicketFinding]) -> str:
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


class CommentPlan:
    """The comment's part of one ticket's plan; `labels` of ours stand there, whether or not the comment says why."""

    def __init__(
        self,
        initiative: Initiative,
        findings: Sequence[TicketFinding],
        entry: LedgerEntry | None,
        names: Names,
        labels: Sequence[str] = (),
    ) -> None:
        self._labels = labels
        self._initiative, self._findings, self._entry, self._names = initiative, findings, entry, names
        self.target = Target(initiative.ref, initiative.id)
        self._updated_at: str | None = None
        self._cached_points: Sequence[Point] | None = None
        self._recorded: tuple[Line, ...] = ()
        self._must_acknowledge, self._mute = False, None
        if commands := names.portfolio.effective_commands.get(initiative.ref):
            self._must_acknowledge = any(self._needs_acknowledgement(command) for command in commands)
            self._mute = mute_command(initiative.ref, names.portfolio)
            note = () if not findings else BRINGS_BACK if self._is_mute_active() else ENDED_BY_NEWS
            self._recorded = recorded_lines(names, mute_note=note)

    def updated_at(self) -> str:
        """When the ticket had last changed."""
        if self._updated_at is None:
            self._updated_at = updated_at(self._initiative)
        return self._updated_at

    def actions(self, *, leave_as_is: bool) -> list[Action]:
        """The writes that the comment needs; with `leave_as_is` it is left as people keep changing it."""
        entry = self._entry
        actions = [] if entry is None else self._deletions(entry)
        write = None
        if not self._findings:
            write = self._resolved()
        elif entry is None or entry.comment_id is None:
            write = self._first()
        elif not leave_as_is:
            write = self._edited(entry)
        if write is not None:
            actions.append(write)
        return actions

    def mute(self) -> Mute | None:
        """What is to be remembered where no comment does: without it nobody could tell what is new or worse."""
        entry = self._entry
        if self._mute is None or (entry is not None and entry.comment_id) or not self._is_mute_active():
            return None
        mute = Mute(self.target, self._mute.comment, self._posted())
        is_known = entry is not None and (entry.mute_comment_id, entry.findings) == (mute.comment_id, mute.findings)
        return None if is_known else mute

    def _deletions(self, entry: LedgerEntry) -> list[Action]:
        deletions = [self._delete(id_, "duplicate of another comment by the hub") for id_ in entry.duplicates]
        if entry.replaces and entry.replaces != entry.comment_id:
            deletions.insert(0, self._delete(entry.replaces, "a newer one replaces it"))
        return deletions

    def _first(self) -> Action | None:
        entry, is_mute = self._entry, self._is_mute_active()
        if entry is not None and is_overridden(findings_key(self._findings), entry.comment_removed_by_human):
            return None
        if is_mute and not self._must_acknowledge:
            return None
        return self._write(ActionKind.CREATE_COMMENT, plan_reason(self._findings), self._open_message())

    def _edited(self, entry: LedgerEntry) -> Action | None:
        message = self._open_message()
        if entry.edited_by_human:
            return self._write(ActionKind.UPDATE_COMMENT, "someone edited the hub's comment: restored once", message)
        if entry.digest and not message.is_mute and self._is_news(entry):
            return self._write(ActionKind.REPLACE_COMMENT, plan_reason(self._findings), message)
        if entry.digest == message_digest(message):
            return None
        notifying = replace(message, notify=self._is_worse(entry))
        return self._write(ActionKind.UPDATE_COMMENT, plan_reason(self._findings), notifying)

    def _resolved(self) -> Action | None:
        """Nothing is wrong: said where something was, and where somebody asked for something."""
        entry = self._entry
        if entry is not None and entry.comment_id:
            return self._resolved_comment(entry)
        if self._must_acknowledge and (entry is None or entry.comment_removed_by_human is None):
            return self._write(ActionKind.CREATE_COMMENT, "a command was recorded", self._resolved_message())
        return None

    def _resolved_comment(self, entry: LedgerEntry) -> Action | None:
        if entry.resolved and entry.digest and not (self._recorded or self._serves_private()):
            return None
        message, reason = self._resolved_message(), "a command was recorded"
        if not entry.resolved:
            reason = "nothing is wrong any more"
        elif not entry.digest:
            reason = "the posted comment may not say that all is resolved"
        elif entry.digest == self._resolved_digest(message):
            return None
        return self._write(ActionKind.RESOLVE_COMMENT, reason, message)

    def _serves_private(self) -> bool:
        portfolio = self._names.portfolio
        return any(portfolio.key_result(link.key_result).private for link in portfolio.serves.get(self.target.ref, ()))

    def _resolved_digest(self, message: Message) -> str:
        """Of a ticket that serves what is private another one: what a comment says may have been public once."""
        return message_digest(message) + (AS_PRIVATE if self._serves_private() else "")

    def _resolved_message(self) -> Message:
        # What is waived still stands, so that nothing says that it was put right.
        waived: frozenset[str] = self._names.once(WAIVED, frozenset)
        posted = self._entry.findings if self._entry else ()
        before = {finding.rule for finding in posted if finding.fingerprint not in waived}
        return resolved_message(before, self._names, self._recorded, self._labels)

    def _open_message(self) -> Message:
        if self._is_mute_active():
            return mute_message(len(self._findings), self._names, self._recorded)
        points = self._points()
        if len(points) > 1:
            point_by_fingerprint = dict(zip([found.fingerprint for found in self._findings], points, strict=True))
            in_reading_order = in_order((found.finding for found in self._findings), self._names.own_team())
            points = list(dict.fromkeys(point_by_fingerprint[finding.fingerprint] for finding in in_reading_order))
        return message_of(points, self._names, self._recorded)

    def _points(self) -> Sequence[Point]:
        """Each finding's point, worked out once."""
        if self._cached_points is None:
            self._cached_points = [point_of(found.finding, self._names) for found in self._findings]
        return self._cached_points

    def _is_mute_active(self) -> bool:
        """Whether people asked for silence, and nothing new or worse came since."""
        if self._mute is None:
            return False
        entry, comment_id = self._entry, self._mute.comment
        if entry is None or entry.mute_comment_id not in (comment_id, _lifted(comment_id)):
            return True
        return entry.mute_comment_id == comment_id and not self._is_worse(entry)

    def _is_worse(self, entry: LedgerEntry) -> bool:
        return is_worse([found.finding for found in self._findings], entry.findings)

    def _mute_comment_id(self) -> str:
        if self._mute is None:
            return ""
        is_mute = self._is_mute_active() or not self._findings
        return self._mute.comment if is_mute else _lifted(self._mute.comment)

    def _is_news(self, entry: LedgerEntry) -> bool:
        """Whether somebody must be told anew: an answer is owed since now, or the points were gone for long."""
        requests = [
            (found.fingerprint, point.request)
            for found, point in zip(self._findings, self._points(), strict=True)
            if point.request
        ]
        before = {(finding.fingerprint, finding.request) for finding in entry.findings}
        if entry.resolved:
            since, today = entry.resolved_on or self._names.portfolio.today, self._names.portfolio.today
            return not before.issuperset(requests) or working_days_between(since, today) >= REPOST_AFTER_DAYS
        if not requests or any(finding.fingerprint == EARLIER for finding in entry.findings):
            return False
        return not before.issuperset(requests)

    def _needs_acknowledgement(self, command: Command) -> bool:
        """Whether a comment is worth creating only to say what became of it."""
        return not command.predates_retraction and (not self._names.wording.reacts or not_applied(command, self._names))

    def _write(self, kind: ActionKind, reason: str, message: Message) -> Action:
        return Action(
            kind,
            self.target,
            reason,
            message,
            message_digest(message) if self._findings else self._resolved_digest(message),
            comment_id=self._entry.comment_id if self._entry else None,
            findings=self._posted(),
            mute_comment_id=self._mute_comment_id(),
            day=self._names.portfolio.today,
            ticket_updated_at=self.updated_at(),
        )

    def _delete(self, comment_id: str, reason: str) -> Action:
        return Action(
            ActionKind.DELETE_COMMENT,
            self.target,
            reason,
            comment_id=comment_id,
            day=self._names.portfolio.today,
            ticket_updated_at=self.updated_at(),
        )

    def _posted(self) -> tuple[PostedFinding, ...]:
        """What the comment will stand for; a resolved one knows what it last asked, unless that was agreed on.

        Where the same is open again soon, because a waiver or a status was changed back, nobody is told twice.
        """
        if not self._findings and self._entry is not None:
            is_agreed = has_agreed_link(self._names)
            return tuple(finding for finding in self._entry.findings if finding.request and not is_agreed)
        posted: tuple[PostedFinding, ...] = ()
        for found, point in zip(self._findings, self._points(), strict=True):
            posted += found.posted(self.target.ref, point.request)
        return posted


def _lifted(comment_id: str) -> str:
    """What is remembered of a request for silence that something new has ended."""
    return f"-{comment_id}"
