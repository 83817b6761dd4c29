"""Whether the comment on one ticket is created, edited, replaced or resolved, and what it says."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from hub.core.commands import mute_of
from hub.core.planning.comment import digest, message_for, muted_message, resolved_message, worse
from hub.core.planning.names import Names
from hub.core.planning.points import in_order, point_of
from hub.core.planning.recorded import not_applied, recorded
from hub.model.action import EARLIER, Action, ActionKind, PostedFinding, Published, Target
from hub.model.calendar import working_days_between
from hub.model.command import Command
from hub.model.finding import Finding
from hub.model.initiative import Ref
from hub.model.message import Message, Point, plain


@dataclass(frozen=True, slots=True)
class Mute:
    """The comment `by` which somebody muted a ticket on which no comment of ours stands, and what was open then."""

    target: Target
    by: str
    findings: tuple[PostedFinding, ...]


WALL = 3
"""So often somebody may change the hub's comment on a ticket before the hub leaves it alone until all is resolved."""

BACK_AFTER = 10
"""Working days after which points that come back are news: a new comment tells people."""


def standing_for(findings: Sequence[PostedFinding | Finding]) -> str:
    """What a label or a comment stands for: its findings, without wording."""
    return ",".join(sorted({finding.fingerprint for finding in findings}))


def answered(standing: str, refused: str | None) -> bool:
    """Whether a person's refusal covers all that stands now; what comes on top of it is news.

    One of an earlier edition covers whatever stands, for the one run that it takes to restate it.
    """
    return refused is not None and (refused == EARLIER or set(standing.split(",")) <= set(refused.split(",")))


def as_posted(one: Finding, here: Ref, asks: str = "") -> PostedFinding:
    """What the ledger remembers of a finding on this ticket."""
    label = one.label if one.label and here in one.label_on else None
    return PostedFinding(one.rule, str(one.severity), one.fingerprint, one.tickets + one.rests_on, label, asks)


def why(findings: Sequence[Finding]) -> str:
    """What people read in the plan: each finding's sentence once."""
    return " ".join(dict.fromkeys(plain(finding.advice.what) for finding in findings))


class CommentPlan:
    """The comment's part of one ticket's plan."""

    def __init__(self, findings: Sequence[Finding], known: Published | None, target: Target, names: Names) -> None:
        spoken = names.portfolio.spoken.get(target.ref, ())
        self._findings, self._known, self._target, self._names = findings, known, target, names
        self._worked_out: Mapping[str, Point] | None = None
        self._recorded = recorded(names) if spoken else ()
        self._answers_somebody = any(self._wants_an_answer(one) for one in spoken)
        self._mute = mute_of(target.ref, names.portfolio) if spoken else None

    def actions(self, *, give_way: bool) -> Iterator[Action]:
        """The writes that the comment needs; with `give_way` it is left as people keep changing it."""
        known = self._known
        if known is not None and known.replaces and known.replaces != known.comment_id:
            yield Action(ActionKind.DELETE_COMMENT, self._target, "a newer one replaces it", comment_id=known.replaces)
        for double in known.doubles if known is not None else ():
            yield Action(ActionKind.DELETE_COMMENT, self._target, "another of the hub's stays", comment_id=double)
        if not self._findings:
            yield from self._resolved()
        elif known is None or known.comment_id is None:
            yield from self._first()
        elif not give_way:
            yield from self._edited(known)

    def mutes(self) -> Iterator[Mute]:
        """What is to be remembered where no comment does: without it nobody could tell what is new or worse."""
        known = self._known
        if self._mute is None or (known is not None and known.comment_id) or not self._muted():
            return
        mute = Mute(self._target, self._mute.comment, self._posted())
        if known is None or (known.muted_by, known.findings) != (mute.by, mute.findings):
            yield mute

    def _first(self) -> Iterator[Action]:
        known, muted = self._known, self._muted()
        if known is not None and answered(standing_for(self._findings), known.comment_refused):
            return
        if not muted or self._answers_somebody:
            yield self._write(ActionKind.CREATE_COMMENT, why(self._findings), self._open_message())

    def _edited(self, known: Published) -> Iterator[Action]:
        message = self._open_message()
        if known.drifted:
            yield self._write(ActionKind.UPDATE_COMMENT, "somebody changed the hub's comment: put right once", message)
        elif known.digest and not message.muted and self._is_news(known):
            yield self._write(ActionKind.REPLACE_COMMENT, why(self._findings), message)
        elif known.digest != digest(message):
            louder = replace(message, loud=worse(self._findings, known.findings))
            yield self._write(ActionKind.UPDATE_COMMENT, why(self._findings), louder)

    def _resolved(self) -> Iterator[Action]:
        """Nothing is wrong: said where something was, and where somebody asked for something."""
        known = self._known
        before = {one.rule for one in known.findings} if known else set()
        if known is not None and known.comment_id:
            if known.resolved and known.digest and not self._recorded:
                return
            message = resolved_message(before, self._names, self._recorded)
            if not known.resolved:
                yield self._write(ActionKind.RESOLVE_COMMENT, "nothing is wrong any more", message)
            elif not known.digest:
                yield self._write(ActionKind.RESOLVE_COMMENT, "what stands there is not known to be resolved", message)
            elif known.digest != digest(message):
                yield self._write(ActionKind.RESOLVE_COMMENT, "a command was recorded", message)
        elif self._answers_somebody and (known is None or known.comment_refused is None):
            message = resolved_message(before, self._names, self._recorded)
            yield self._write(ActionKind.CREATE_COMMENT, "a command was recorded", message)

    def _open_message(self) -> Message:
        if self._muted():
            return muted_message(len(self._findings), self._names, self._recorded)
        found = self._points()
        points = list(dict.fromkeys(found[one.fingerprint] for one in in_order(self._findings)))
        return message_for(self._findings, self._names, self._recorded, points)

    def _points(self) -> Mapping[str, Point]:
        """Each finding's point by its fingerprint, worked out once."""
        if self._worked_out is None:
            self._worked_out = {one.fingerprint: point_of(one, self._names) for one in self._findings}
        return self._worked_out

    def _muted(self) -> bool:
        """Whether people asked for silence, and nothing new or worse came since."""
        if self._mute is None:
            return False
        known, by = self._known, self._mute.comment
        if known is None or known.muted_by not in (by, _lifted(by)):
            return True
        return known.muted_by == by and not worse(self._findings, known.findings)

    def _muted_by(self) -> str:
        if self._mute is None:
            return ""
        muted = self._muted() or not self._findings
        return self._mute.comment if muted else _lifted(self._mute.comment)

    def _is_news(self, known: Published) -> bool:
        """Whether somebody must be told anew: an answer is owed since now, or the points were gone for long."""
        asked = [(one.fingerprint, one.asks) for one in self._posted() if one.asks]
        if known.resolved:
            since = known.resolved_on or self._names.portfolio.today
            return bool(asked) or working_days_between(since, self._names.portfolio.today) >= BACK_AFTER
        if any(one.fingerprint == EARLIER for one in known.findings):
            return False
        before = {(one.fingerprint, one.asks) for one in known.findings}
        return not before.issuperset(asked)

    def _wants_an_answer(self, command: Command) -> bool:
        """Whether a comment is worth creating only to say what became of it."""
        return not command.quiet and (not self._names.wording.reacts or not_applied(command, self._names))

    def _write(self, kind: ActionKind, reason: str, message: Message) -> Action:
        return Action(
            kind,
            self._target,
            reason,
            message,
            digest(message),
            comment_id=self._known.comment_id if self._known else None,
            findings=self._posted(),
            muted_by=self._muted_by(),
            day=self._names.portfolio.today,
        )

    def _posted(self) -> tuple[PostedFinding, ...]:
        """What the comment will stand for."""
        found = self._points() if self._findings else {}
        return tuple(as_posted(one, self._target.ref, found[one.fingerprint].asks) for one in self._findings)


def _lifted(by: str) -> str:
    """What is remembered of a request for silence that something new has ended."""
    return f"-{by}"
