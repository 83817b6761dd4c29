"""OKRs that are kept as tickets, and those of a file beside them."""

from dataclasses import replace
from datetime import date
from typing import Any

from hub.model.initiative import LINE_OF
from hub.model.okr import Cycle, Okrs, Phase
from hub.model.ticket_input import OkrKind, OkrTicket
from hub.okr_files.loader import okrs_from_text
from hub.okr_files.merge_tickets import MergedOkrs
from tests.builders import a_team, some_okrs

PAST = Cycle("2026-Q3", date(2026, 7, 1), date(2026, 9, 30), Phase.CLOSED)


def files(**changes: Any) -> Okrs:
    teams = (a_team("product", "jira:ACME"), a_team("platform", "jira:PLAT", name="Platform Crew"))
    return some_okrs(**({"teams": teams, "cycles": (PAST,)} | changes))


def a_row(key: str, kind: OkrKind = OkrKind.KEY_RESULT, **changes: Any) -> OkrTicket:
    values = tuple(changes.pop("says", {}).items())
    made = OkrTicket(
        kind, "jira", key, f"id-{key}", f"Title of {key}", f"https://t.test/{key}", (key.split("-", maxsplit=1)[0],)
    )
    return replace(made, values=values, **changes)


def an_objective_row(key: str = "ACME-1", **changes: Any) -> OkrTicket:
    return a_row(key, OkrKind.OBJECTIVE, **changes)


FILE = """
[cycle]
id = "2026-Q4"
start = 2026-10-01
end = 2026-12-31
[[team]]
id = "product"
[[team]]
id = "platform"
[[objective]]
id = "growth"
title = "Grow"
[[objective.key_result]]
id = "revenue"
title = "Revenue"
[[objective]]
id = "launch"
title = "Launch"
aligns_to = ["{above}"]
[[objective.key_result]]
id = "dau"
title = "Daily users"
aligns_to = [{{ key_result = "{aligns}" }}, {{ key_result = "revenue" }}]
depends_on = [{{ team = "platform", key_result = "{needs}" }}]
replaced_by = "{successor}"
"""


def tracked(aligns: str = "revenue", needs: str = "revenue", successor: str = "revenue", above: str = "growth") -> Okrs:
    """The OKRs of a file beside a tracker that keeps some too."""
    text = FILE.format(aligns=aligns, needs=needs, successor=successor, above=above)
    return okrs_from_text(text, "okrs.toml", tracked=True)


def blamed(joined: MergedOkrs) -> dict[str | None, str]:
    return {gap.key and gap.key.removeprefix(LINE_OF): gap.reason for gap in joined.gaps}
