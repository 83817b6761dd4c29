"""What a verdict is about: subjects, and the ids that stay while a fault does."""

from hub.model.finding import Subject, SubjectKind
from hub.model.initiative import Initiative
from hub.model.okr import KeyResult
from hub.model.private_names import PRIVATE_NAME


def ticket_subject(initiative: Initiative) -> Subject:
    """The ticket as people name it."""
    return Subject(SubjectKind.INITIATIVE, str(initiative.ref), initiative.url)


def key_result_subject(key_result: KeyResult) -> Subject:
    """The key result by its id, which is veiled later where it is private."""
    return Subject(SubjectKind.KEY_RESULT, key_result.id, key_result.url)


def need_subject(waiting: KeyResult, providing: KeyResult) -> Subject:
    """Two key results as `waiting -> providing`, a private one by no name."""
    names = (PRIVATE_NAME if key_result.private else key_result.id for key_result in (waiting, providing))
    return Subject(SubjectKind.DEPENDENCY, " -> ".join(names))


def team_need_subject(waiting: KeyResult, team: str) -> Subject:
    """A key result that waits for a team as a whole."""
    return Subject(SubjectKind.DEPENDENCY, f"{PRIVATE_NAME if waiting.private else waiting.id} -> {team}")


def stable_identity(initiative: Initiative) -> tuple[str, str]:
    """The tracker's own id, which survives moves and renames."""
    return (initiative.ref.connector, initiative.id)
