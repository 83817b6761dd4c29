"""Replay: earlier pictures judged as of their own day, held against what was reported then."""

from datetime import UTC, datetime

from hub.core.checking.evaluate import RuleSetting
from hub.core.insight.explain import replay
from hub.model.finding import Severity
from hub.model.initiative import PullResult, Snapshot
from hub.model.portfolio import DependencyHistory
from rules.work.initiative_without_key_result import initiative_without_key_result as rule
from tests.builders import acme_okrs, an_initiative

DAY = datetime(2026, 11, 16, 9, tzinfo=UTC)


def picture(*keys: str) -> Snapshot:
    return Snapshot((PullResult("jira", tuple(an_initiative(f"jira:{key}") for key in keys)),), DAY)


def test_what_the_rule_would_add_and_what_it_would_drop_is_told() -> None:
    (before,) = replay(
        [picture("ACME-1", "ACME-2")], acme_okrs(), rule, RuleSetting(), reported={}, history=DependencyHistory()
    )
    first = before.findings[0].fingerprint
    (told,) = replay(
        [picture("ACME-2", "ACME-1")],
        acme_okrs(),
        rule,
        RuleSetting(),
        reported={DAY: frozenset({first, "old"})},
        history=DependencyHistory(),
    )
    assert before.reported is None
    assert len(before.new) == 2
    assert told.reported == 2
    assert [finding.fingerprint for finding in told.new] == [before.findings[1].fingerprint]
    assert told.dropped == ("old",)


def test_a_rule_that_is_off_is_replayed_as_if_it_were_on_with_its_settings() -> None:
    setting = RuleSetting(Severity.INFO, off=True)
    (told,) = replay([picture("ACME-1")], acme_okrs(), rule, setting, reported={}, history=DependencyHistory())
    assert [finding.severity for finding in told.findings] == [Severity.INFO]


def test_a_picture_is_judged_as_of_its_own_day() -> None:
    fresh = an_initiative("jira:ACME-1", created=datetime(2026, 11, 13, tzinfo=UTC))
    snapshot = Snapshot((PullResult("jira", (fresh,)),), DAY)
    (told,) = replay([snapshot], acme_okrs(), rule, RuleSetting(), reported={}, history=DependencyHistory())
    assert [finding.severity for finding in told.findings] == [Severity.INFO]
