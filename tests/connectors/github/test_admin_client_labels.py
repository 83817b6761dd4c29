"""What GitHub shows beside the hub's labels: one sentence each, within GitHub's 100 characters."""

from connectors.github.admin_client import LABELS

LONGEST = 100
"""https://docs.github.com/en/rest/issues/labels#create-a-label"""


def test_each_label_explains_itself_in_one_sentence() -> None:
    assert {name: about for name, (_, about) in LABELS.items()} == {
        "okr-unaligned": "Its link to the OKRs needs a look.",
        "okr-dependency": "Another team is involved and something is open.",
        "okr-stale": "This key result's check-ins need a look.",
    }
    assert max(len(about) for _, about in LABELS.values()) <= LONGEST
