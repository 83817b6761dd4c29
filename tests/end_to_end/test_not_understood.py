"""What people wrote where the hub looks and that made no sense: `hub why` tells it, `hub doctor` sums it up."""

import json
from collections.abc import Callable
from pathlib import Path

from tests.end_to_end.workspace import hub_in

OKRS = """
[cycle]
id = "2026-Q4"
start = 2026-10-01
end = 2026-12-31

[[team]]
id = "product"
name = "Product"
owns = ["jira:ACME"]

[[objective]]
id = "growth"
title = "Grow"

[[objective.key_result]]
id = "revenue"
title = "Revenue"
target = 10

[[objective.key_result]]
id = "merger"
title = "Buy Initech"
target = 1
visibility = "private"
"""
CONFIG = """
state = "{state}"
okrs = ["okrs.toml"]
[connectors.jira]
kind = "csv"
paths = ["tickets.csv"]
"""
HEADER = "Summary,Issue key,Issue Type,Status,Priority,Due date,Outward issue link (Delays)\n"
TODAY = ("--today", "2026-11-16")


def test_why_and_doctor_tell_what_was_seen_and_not_understood(tmp_path: Path, new_state: Callable[[], str]) -> None:
    (tmp_path / "okrs.toml").write_text(OKRS)
    (tmp_path / "config.toml").write_text(CONFIG.format(state=new_state()))
    rows = "A,ACME-1,Epic,In Progress,Wichtig,soon,ACME-2\nB,ACME-2,Epic,In Progress,Buy Initech,2026-12-01,\n"
    (tmp_path / "tickets.csv").write_text(HEADER + rows)
    assert hub_in(tmp_path, "sync", *TODAY).code == 0
    told = hub_in(tmp_path, "why", "ACME-1", *TODAY)
    assert "seen, not understood: priority “Wichtig”" in told.out
    assert "seen, not understood: due date “soon”" in told.out
    assert "`links` of the connector jira" in told.out
    assert "not understood" not in hub_in(tmp_path, "why", "ACME-2", *TODAY).out
    document = json.loads(hub_in(tmp_path, "why", "ACME-1", "--format", "json", *TODAY).out)
    assert [item["field"] for item in document["not_understood"]] == ["priority", "due date", "link type"]
    doctor = hub_in(tmp_path, "doctor")
    assert "seen, not understood: the priority of 1 ticket, such as 'Wichtig' (ACME-1)" in doctor.out
    assert "Set connectors.jira.priorities" in doctor.out
    assert "Initech" not in doctor.said
