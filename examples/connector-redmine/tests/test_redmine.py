"""What the contract suite does not know of: Redmine's relations, custom fields, statuses, private notes and roles."""

from collections.abc import Callable

import pytest
from pydantic import SecretStr
from real_redmine import Redmine
from redmine_connector.connector import RedmineConnector
from redmine_connector.settings import RedmineSettings

from connectors.base import ConnectorContext
from hub.model.action import Target
from hub.model.errors import Health
from hub.model.initiative import (
    Initiative,
    KeyResultMention,
    MentionSource,
    PriorityBand,
    PullResult,
    PullState,
    Ref,
    StatusCategory,
    SyncMode,
)
from hub.model.message import HEADLINE, Code, Link, Message, Point, Strong, Text
from hub.testing.posting import HOSTILE
from hub.testing.tracker import contract_context

Connect = Callable[..., RedmineConnector]


def a_connector(redmine: Redmine, project: str, **settings: object) -> RedmineConnector:
    given: dict[str, object] = {"url": redmine.url, "projects": (project,), "api_key": SecretStr(redmine.made["hub"])}
    context: ConnectorContext = contract_context()
    return RedmineConnector("redmine", RedmineSettings.model_validate(given | settings), context)


def pulled(redmine: Redmine, project: str, **settings: object) -> dict[str, Initiative]:
    result = a_connector(redmine, project, **settings).pull()
    assert result.gaps == ()
    return {ticket.ref.key: ticket for ticket in result.initiatives}


def test_relations_and_texts_are_dependencies_also_of_other_projects(redmine: Redmine, project: str) -> None:
    other = f"{project}-other"
    redmine.add_project(other)
    blocker, first, after = (redmine.add_issue(name, "An issue") for name in (other, project, project))
    waiting = redmine.add_issue(project, "Waits", description=f"Depends on #{first}")
    for number, kind, to in ((blocker, "blocks", waiting), (waiting, "precedes", after), (first, "relates", after)):
        relation = {"issue_to_id": to, "relation_type": kind}
        redmine.call("POST", f"/issues/{number}/relations.json", {"relation": relation}, "boss")
    tickets = pulled(redmine, project)
    assert set(tickets[f"#{waiting}"].blocked_by) == {Ref("redmine", f"#{blocker}"), Ref("redmine", f"#{first}")}
    assert tickets[f"#{waiting}"].blocks == (Ref("redmine", f"#{after}"),)
    assert tickets[f"#{after}"].blocked_by == (Ref("redmine", f"#{waiting}"),)
    assert tickets[f"#{first}"].blocks == ()
    assert tickets[f"#{blocker}"].reference_only


def test_custom_fields_and_lines_of_text_name_key_results(redmine: Redmine, project: str) -> None:
    field = [{"id": redmine.made["field"], "value": "launch-dau, revenue"}]
    by_field = redmine.add_issue(project, "By field", custom_fields=field)
    by_text = redmine.add_issue(project, "By text", description="KR: p99\n\n<pre>\nKR: quoted\n</pre>")
    tickets = pulled(redmine, project)
    assert tickets[f"#{by_field}"].key_result_mentions == (
        KeyResultMention(MentionSource.FIELD, "launch-dau"),
        KeyResultMention(MentionSource.FIELD, "revenue"),
    )
    assert tickets[f"#{by_text}"].key_result_mentions == (KeyResultMention(MentionSource.TEXT, "p99"),)


def test_statuses_priorities_parents_and_dates(redmine: Redmine, project: str) -> None:
    urgent = redmine.add_issue(project, "Urgent", start_date="2026-11-02", due_date="2026-12-11", priority_id=4)
    parent = redmine.add_issue(project, "Parent")
    child = redmine.add_issue(project, "Child", parent_issue_id=parent)
    states = {}
    for status in ("In Progress", "Closed", "Rejected"):
        states[status] = redmine.add_issue(project, status)
        number = {"In Progress": 2, "Closed": 5, "Rejected": 6}[status]
        redmine.call("PUT", f"/issues/{states[status]}.json", {"issue": {"status_id": number}}, "boss")
    tickets = pulled(redmine, project)
    assert tickets[f"#{parent}"].level == 1
    above = tickets[f"#{urgent}"]
    assert (above.level, above.status, above.priority) == (1, StatusCategory.TO_DO, PriorityBand.HIGHEST)
    assert (str(above.start), str(above.due)) == ("2026-11-02", "2026-12-11")
    below = tickets[f"#{child}"]
    assert (below.level, below.parent) == (0, Ref("redmine", f"#{parent}"))
    read = {status: tickets[f"#{number}"] for status, number in states.items()}
    assert read["In Progress"].status is StatusCategory.IN_PROGRESS
    assert read["In Progress"].priority is None
    assert read["Closed"].status is StatusCategory.DONE
    assert read["Rejected"].status is StatusCategory.CANCELLED


def test_a_deleted_issue_is_gone_once_it_is_asked_for(redmine: Redmine, project: str) -> None:
    kept, deleted = redmine.add_issue(project, "Kept"), redmine.add_issue(project, "Deleted")
    connector = a_connector(redmine, project)
    full = connector.pull()
    redmine.call("DELETE", f"/issues/{deleted}.json")
    known = PullState(full.cursor or "", {t.id: t for t in full.initiatives}, recheck=frozenset({str(deleted)}))
    changes: PullResult = connector.pull(known)
    assert changes.mode is SyncMode.INCREMENTAL
    assert changes.deleted == {str(deleted)}
    assert str(kept) not in changes.deleted


def test_a_private_note_gives_no_command(redmine: Redmine, project: str) -> None:
    number = redmine.add_issue(project, "Talked about")
    private = {"issue": {"notes": "/okr exempt secret reason", "private_notes": True}}
    redmine.call("PUT", f"/issues/{number}.json", private)
    assert a_connector(redmine, project).pull().commands == ()


def test_doctor_names_the_permissions_that_are_missing(redmine: Redmine, project: str) -> None:
    closed = f"{project}-closed"
    redmine.call("POST", "/projects.json", {"project": {"name": closed, "identifier": closed}}, "boss")
    checks = list(a_connector(redmine, closed).diagnose())
    failed = [check for check in checks if check.outcome is Health.FAIL]
    assert "Add notes" in failed[0].message
    assert "role" in failed[0].remedy
    checks = list(a_connector(redmine, f"{project}-never-made").diagnose())
    assert any(check.configured for check in checks if check.outcome is Health.FAIL)


@pytest.mark.parametrize("formatting", ["textile", "common_mark"])
def test_no_words_become_markup(redmine: Redmine, project: str, formatting: str) -> None:
    """Looked at as Redmine shows it: the preview of its pages is not in the API, so that the source is compared."""
    number = redmine.add_issue(project, "Hostile")
    connector = a_connector(redmine, project, formatting=formatting)
    for words in HOSTILE:
        spans = (Text(words), Strong(words), Code(words), Link(words, "https://example.org/"))
        message = Message(f"{HEADLINE} one", (Point("one", spans),))
        posted = connector.create_comment(Target(Ref("redmine", f"#{number}"), str(number)), message)
        assert posted.rendered_text == connector.rendered_text(Target(Ref("redmine", "#1"), str(number)), message)
        connector.delete_comment(Target(Ref("redmine", f"#{number}"), str(number)), posted.id)
