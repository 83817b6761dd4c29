"""An item of a project that the account may not see: told once, and accepted by the line that the hub prints."""

import json
import re

from hub.sandbox.github.site import TOKEN
from tests.end_to_end.workspace import Desk
from tests.sandbox_support.faults import Fault

LINE = re.compile(r"\[connectors\.github\] (accepted_gaps = \[.*?\])")


def hide_an_item(desk: Desk) -> str:
    return str(desk.github.add_item("acme/5", desk.github.add_issue("acme/secret", "Not for everybody")).node_id)


def test_a_hidden_item_is_told_once_and_accepted_by_name(synced: Desk) -> None:
    before, written = synced.marks(), synced.writes
    synced.github.add_token(TOKEN, repositories=frozenset(synced.github.repositories))
    synced.github.add_repository("acme/secret", private=True)
    first = hide_an_item(synced)
    ran = synced.sync("--full")
    assert ran.code == 3
    assert f'accepted_gaps = ["hidden:{first}"]' in ran.out
    again = synced.sync()
    assert again.code == 3
    assert f"not read, as before: hidden:{first}" in again.out
    assert LINE.search(again.out) is None
    (line,) = LINE.findall(synced.hub("status").out)
    assert line in synced.hub("doctor").said
    synced.configure("[connectors.github]\n", f"[connectors.github]\n{line}\n")
    told = json.loads(synced.sync("--format", "json").out)
    assert (told["sources"][1]["gaps"], told["not_judged"]) == ([], [])
    assert [synced.sync(*words).code for words in ((), ("--full",), ())] == [0, 0, 0]
    assert (synced.marks(), synced.writes) == (before, written)
    other = hide_an_item(synced)
    ran = synced.sync("--full")
    assert ran.code == 3
    assert "hub status -v shows the line to paste" in ran.out
    (pasted,) = LINE.findall(" ".join(synced.hub("status", "-v").out.split()))
    assert f"hidden:{other}" in pasted
    assert f"hidden:{first}" in pasted


def test_a_tracker_that_is_down_is_no_gap_that_can_be_accepted(synced: Desk) -> None:
    synced.configure("[connectors.github]\n", '[connectors.github]\naccepted_gaps = ["down", ""]\n')
    synced.sandbox["github"].faults.add(Fault("status", status=403, times=None))
    code, outcome = synced.impatient_sync()
    assert code == 3
    assert [gap.acceptable for gap in outcome.failures] == [False]
