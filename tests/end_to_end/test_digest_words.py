"""What the teams of the example read on a Monday, word for word."""

from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from hub.cli.demo import TODAY
from hub.config.settings import load
from hub.service.digest_sender import DigestSender
from hub.usecases.assess import assess
from tests.end_to_end.workspace import AS_OF, Desk

GOLDEN = Path(__file__).parent / "golden" / "summaries.md"
JIRA, GITHUB = "https://acme.atlassian.example", "https://github.example"
MOMENTS = [datetime(2026, 11, day, 9, tzinfo=ZoneInfo("UTC")) for day in (9, 16)]


def test_the_first_summaries_of_the_example_read_like_this(desk: Desk) -> None:
    desk.configure("[service]", '[service]\npublic_url = "https://hub.acme.example"')
    assert desk.sync().code == 0
    teams = ("product", "platform", "bizdev", "data", "sales", "success")
    environ = {f"HUB_DIGESTS__CHANNELS__{team.upper()}__APPRISE_URL": "json://localhost" for team in teams}
    config, heard = load(desk.config, environ), []

    def send(_address: str, title: str, text: str) -> bool:
        heard.append(f"{title}\n\n{text}\n")
        return True

    for moment in MOMENTS:
        assessment = assess(config, TODAY, now=moment)
        DigestSender(config, lambda known=assessment: known, send, lambda now=moment: now).after_each_run()
    said = "\n---\n\n".join(sorted(heard)).replace(desk.here.jira_url, JIRA).replace(desk.here.github_url, GITHUB)
    assert said == GOLDEN.read_text(encoding="utf-8")


SETTLED = """
[cycle]
id = "2026-Q4"
start = 2026-10-01
end = 2026-12-31

[[team]]
id = "app"
name = "App"

[[objective]]
id = "company"
title = "Grow"

[[objective.key_result]]
id = "revenue"
title = "Revenue of 10M USD"
start = 6
target = 10
owners = ["app"]
contributions = [{ team = "app", share = 100 }]

[[objective]]
id = "growth"
title = "Sign up with ease"
teams = ["app"]

[[objective.key_result]]
id = "dau"
title = "20,000 sign-ups"
start = 0
target = 20000
aligns_to = [{ key_result = "revenue" }]
"""


def test_before_the_first_sync_nothing_is_said_to_have_stayed_as_it_was(desk: Desk) -> None:
    (desk.folder / "settled.toml").write_text(SETTLED, encoding="utf-8")
    desk.configure('okrs = ["okrs/*.toml"]', 'okrs = ["settled.toml"]')
    assert "There is no data about tickets yet. Run hub sync." in desk.hub("digest", *AS_OF).err
