"""OKRs that are kept as tickets say the same as those of the files: Acme's, in a Jira and in a GitHub."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from hub.cli.demo import TODAY
from hub.config.settings import load
from hub.core.insight.run_summary import RunResult
from hub.model.initiative import Ref, SyncMode
from hub.model.okr import Okrs
from hub.okr_files.loader import read_okrs
from hub.pipeline.run_context import Mode
from hub.pipeline.sync import sync
from hub.report.run_json import run_document
from hub.sandbox.jira.adf import from_text
from hub.wiring import open_run_context
from tests.end_to_end.workspace import Desk, desk_in
from tests.okr_tickets import every_okr, key_result_text, objective_text
from tests.sandbox_support.faults import Fault

WHERE = ("jira", "github")


@dataclass
class Kept:
    """The example with its OKRs on tickets; `tickets` names the ticket of each id."""

    desk: Desk
    where: str
    okrs: Okrs
    tickets: dict[str, str]

    def run(self, mode: Mode = Mode.PLAN) -> RunResult:
        with open_run_context(load(self.desk.config, {}), mode=mode, confirmed=True, today=TODAY) as job:
            return sync(job, run_document)

    def say(self, id_: str, old: str, new: str) -> None:
        """Change the words of an OKR's ticket."""
        if self.where == "jira":
            from hub.sandbox.jira.adf import from_text, to_text

            text = to_text(self.desk.jira.issue(self.tickets[id_]).description)
            assert old in text
            self.desk.jira.edit(self.tickets[id_], description=from_text(text.replace(old, new)))
        else:
            issue = next(issue for issue in self.desk.issues() if issue.key == self.tickets[id_])
            assert old in issue.body
            issue.body = issue.body.replace(old, new)


def found(outcome: RunResult) -> dict[tuple[str, str, tuple[str, ...]], str]:
    """The findings with the tickets of work that they concern; a key result's own ticket may carry one, too."""
    own = outcome.portfolio.okrs.okr_id_by_ticket
    return {
        (finding.rule, finding.subject.id, tuple(sorted(str(ref) for ref in finding.tickets if ref not in own))): str(
            finding.severity
        )
        for finding in outcome.judgement.findings
    }


def keep(desk: Desk, where: str) -> Kept:
    """Write every OKR on a ticket, and leave only teams and cycles in the files."""
    config = load(desk.config, {})
    kept = Kept(desk, where, read_okrs(config.okr_paths(), config.cycle), {})
    add = _on_jira if where == "jira" else _on_github
    for objective, key_results in every_okr(kept.okrs):
        above = add(desk, "Objective", objective.id, objective.title, text=objective_text(objective), parent=None)
        kept.tickets[objective.id] = above
        for key_result in key_results:
            kept.tickets[key_result.id] = add(
                desk, "Key Result", key_result.id, key_result.title, text=key_result_text(key_result), parent=above
            )
    for file in (desk.folder / "okrs").glob("*.toml"):
        text = file.read_text(encoding="utf-8")
        file.write_text(text[: text.index("[[objective]]")], encoding="utf-8")
    chosen = 'query = "project = OKR"' if where == "jira" else 'repositories = ["acme/okrs"]'
    desk.configure("[publish]", f"[connectors.{where}.okrs]\n{chosen}\n\n[publish]")
    return kept


def _on_jira(desk: Desk, kind: str, id_: str, title: str, *, text: str, parent: str | None) -> str:
    key = f"OKR-{len([id_ for id_ in desk.jira.ids if id_.startswith('OKR-')]) + 1}"
    desk.jira.add_issue(key, title, type=kind, description=text, labels=[f"id-{id_}"], parent=parent)
    return key


def _on_github(desk: Desk, kind: str, id_: str, title: str, *, text: str, parent: str | None) -> str:
    if "acme/okrs" not in desk.github.repositories:
        desk.github.add_repository("acme/okrs")
    issue = desk.github.add_issue("acme/okrs", title, body=text, type=kind, labels=[f"id-{id_}"])
    if parent:
        desk.github.set_parent(issue, parent)
    return str(issue.key)


@pytest.fixture(params=WHERE)
def kept(request: pytest.FixtureRequest, tmp_path: Path, new_state: Callable[[], str]) -> Iterator[Kept]:
    with desk_in(tmp_path) as desk:
        desk.keep_state_in(new_state())
        yield keep(desk, request.param)


@pytest.fixture(scope="module")
def by_files(tmp_path_factory: pytest.TempPathFactory, new_state: Callable[[], str]) -> Mapping[Any, str]:
    with desk_in(tmp_path_factory.mktemp("files")) as desk:
        desk.keep_state_in(new_state())
        config = load(desk.config, {})
        return found(Kept(desk, "files", read_okrs(config.okr_paths(), config.cycle), {}).run())


def test_okrs_on_tickets_give_the_findings_of_the_files(kept: Kept, by_files: Mapping[Any, str]) -> None:
    outcome = kept.run()
    assert found(outcome) == by_files
    assert outcome.judgement.not_judged == ()
    assert [gap for pull_result in outcome.snapshot.pulled for gap in pull_result.gaps] == []
    counted = {item["connector"]: item["okrs"] for item in run_document(outcome)["sources"]}
    assert counted[kept.where] == len(kept.tickets)
    assert sum(counted.values()) == len(kept.tickets)


def test_a_ticket_names_a_key_result_by_the_key_or_the_address_of_its_ticket(kept: Kept) -> None:
    key = kept.tickets["launch-conversion"]
    kept.run(Mode.PUBLISH)
    url = kept.run().portfolio.okrs.okr_tickets[Ref(kept.where, key)].url
    kept.desk.jira.edit("ACME-5", description=from_text(f"KR: {key}"))
    kept.desk.github.edit_issue("acme/platform#12", body=f"KR: {url}")
    kept.desk.jira.comment("ACME-6", f"/okr kr {url}")
    served = kept.run().portfolio.serves
    for ref in (Ref("jira", "ACME-5"), Ref("github", "acme/platform#12"), Ref("jira", "ACME-6")):
        assert [link.key_result for link in served.get(ref, ())] == ["launch-conversion"], ref


def test_a_key_result_with_a_ticket_of_its_own_is_told_there(kept: Kept) -> None:
    findings = {(finding.rule, finding.subject.id): finding for finding in kept.run().judgement.findings}
    for rule, id_ in (("initiative-on-unaligned-key-result", "agency-desk"), ("stale-key-result", "data-freshness")):
        assert [ref.key for ref in findings[rule, id_].act_on] == [kept.tickets[id_]]


def test_okrs_on_tickets_are_the_very_okrs_of_the_files(kept: Kept) -> None:
    okrs = kept.run().portfolio.okrs
    bare = {
        id_: replace(key_result, location=None, url=None)
        for id_, key_result in okrs.key_results.items()
        if not key_result.private
    }
    told = {id_: key_result for id_, key_result in kept.okrs.key_results.items() if not key_result.private}
    assert bare == {id_: replace(key_result, location=None, url=None) for id_, key_result in told.items()}
    assert okrs.key_results.keys() == kept.okrs.key_results.keys()
    objectives = {id_: replace(objective, location=None) for id_, objective in okrs.objectives.items()}
    assert objectives == {id_: replace(objective, location=None) for id_, objective in kept.okrs.objectives.items()}
    assert okrs.other_key_results.keys() == kept.okrs.other_key_results.keys()
    assert all(kept.tickets[id_].split("#")[-1] in (okrs.key_results[id_].url or "") for id_ in told)


def test_tickets_that_are_okrs_are_no_work(kept: Kept) -> None:
    outcome = kept.run()
    assert not {ref.key for ref in outcome.portfolio.initiatives} & set(kept.tickets.values())


def test_a_changed_value_counts_in_the_next_sync(kept: Kept) -> None:
    kept.run()
    kept.say("launch-dau", "Current: 120000", "Current: 500,000")
    outcome = kept.run()
    assert outcome.portfolio.okrs.key_results["launch-dau"].current == 500_000
    (fresh,) = [pull_result for pull_result in outcome.snapshot.delta if pull_result.connector == kept.where]
    assert fresh.mode is SyncMode.INCREMENTAL


def test_a_faulty_ticket_is_told_and_stops_nothing_else(kept: Kept, by_files: Mapping[Any, str]) -> None:
    kept.say("cloud-bill", "Target: 0.8", "Target: as low as it gets")
    outcome = kept.run()
    gaps = [gap for pull_result in outcome.snapshot.pulled for gap in pull_result.gaps]
    assert [(gap.of_line, gap.key) for gap in gaps] == [(True, f"line of {kept.tickets['cloud-bill']}")]
    assert "`Target: as low as it gets` does not count: 'as low as it gets' is no number" in gaps[0].reason
    assert outcome.portfolio.okrs.key_results["cloud-bill"].stated == {"start"}
    assert set(found(outcome)) <= set(by_files)
    assert {row[1] for row in set(by_files) - set(found(outcome))} <= {"cloud-bill"}


def test_an_alignment_that_is_not_understood_is_not_taken_for_missing(kept: Kept, by_files: Mapping[Any, str]) -> None:
    kept.say("launch-dau", "Aligns to: ", "Aligns to: whatever helps with ")
    outcome = kept.run()
    assert set(found(outcome)) <= set(by_files)
    waiting = {not_judged.rule for not_judged in outcome.judgement.not_judged}
    assert {"initiative-on-unaligned-key-result", "key-result-without-vertical-link"} & waiting


def test_a_line_may_name_a_key_result_by_its_title(kept: Kept, by_files: Mapping[Any, str]) -> None:
    upper = kept.okrs.key_results["launch-dau"].aligns_to[0].key_result
    kept.say("launch-dau", f"Aligns to: {upper} (", f"Aligns to: {kept.okrs.key_results[upper].title} (")
    outcome = kept.run()
    assert found(outcome) == by_files


def test_a_key_result_whose_ticket_was_given_up_counts_for_nothing(kept: Kept) -> None:
    kept.run()
    ticket = kept.tickets["launch-nps"]
    if kept.where == "jira":
        kept.desk.jira.edit(ticket, status="Done", resolution="Won't Do")
    else:
        issue = next(issue for issue in kept.desk.issues() if issue.key == ticket)
        issue.state, issue.state_reason = "CLOSED", "NOT_PLANNED"
    outcome = kept.run()
    assert "launch-nps" in outcome.portfolio.okrs.closed_key_results
    reasons = {(f.rule, f.facts["reason"]) for f in outcome.judgement.findings if f.facts.get("raw") == "launch-nps"}
    assert reasons == {("unresolvable-link", "closed")}
    assert "launch-nps" not in {f.subject.id for f in outcome.judgement.findings}


def test_work_right_under_a_key_result_serves_it(kept: Kept) -> None:
    if kept.where == "jira":
        kept.desk.jira.add_issue("ACME-900", status="In Progress", parent=kept.tickets["launch-dau"])
        kept.desk.jira.add_issue("ACME-901", status="In Progress")
        kept.desk.jira.link("ACME-901", kept.tickets["launch-nps"], "Relates")
        wanted = {"ACME-900": "launch-dau", "ACME-901": "launch-nps"}
    else:
        issue = kept.desk.github.add_issue("acme/app", "More of it", parent=None)
        kept.desk.github.set_parent(issue, kept.tickets["launch-dau"])
        wanted = {issue.key: "launch-dau"}
    served = kept.run().portfolio.serves
    by_key = {ref.key: links for ref, links in served.items()}
    assert {
        key: [(key_result_link.key_result, key_result_link.source) for key_result_link in by_key[key]] for key in wanted
    } == {key: [(id_, "parent")] for key, id_ in wanted.items()}


def test_okrs_that_do_not_come_leave_what_they_could_change_unjudged(kept: Kept, by_files: Mapping[Any, str]) -> None:
    other = "github" if kept.where == "jira" else "jira"
    kept.desk.sandbox[kept.where].faults.add(Fault("status", path="", times=400, status=500))
    code, outcome = kept.desk.impatient_sync()
    assert code == 3
    nameless = {row for row in found(outcome) if row[0] == "initiative-without-key-result"}
    assert nameless <= set(by_files), "only what names nothing at all"
    assert "unresolvable-link" not in {row[0] for row in found(outcome)}
    assert [receipt for receipt in outcome.receipts if receipt.action.target.ref.connector == kept.where] == []
    assert any(ref.connector == other for ref in outcome.portfolio.initiatives)


def test_a_source_that_is_left_out_lends_what_was_read_of_it(kept: Kept, by_files: Mapping[Any, str]) -> None:
    other = "github" if kept.where == "jira" else "jira"
    kept.desk.sync()
    ran = kept.desk.sync("--only", other, "--format", "json")
    said = json.loads(ran.out)
    assert [item for item in said["not_judged"] if item["rule"] == "unresolvable-link"] == []
    assert "unresolvable-link" in {item["rule"] for item in said["findings"]} | {rule for rule, _, _ in by_files}


def test_an_id_in_the_files_and_on_a_ticket_counts_once(kept: Kept) -> None:
    file = kept.desk.folder / "okrs" / "2026-Q4.toml"
    with file.open("a", encoding="utf-8") as text:
        text.write('\n[[objective]]\nid = "cost"\ntitle = "From the file"\nteams = ["platform"]\nstandalone = "told"\n')
    outcome = kept.run()
    assert outcome.portfolio.okrs.objectives["cost"].title == "From the file"
    assert outcome.portfolio.okrs.objectives["cost"].key_results == ("cloud-bill",)
    assert [gap for pull_result in outcome.snapshot.pulled for gap in pull_result.gaps] == []
    (note,) = [note for pull_result in outcome.snapshot.pulled for note in pull_result.notes]
    assert note.startswith(f"{kept.where}:{kept.tickets['cost']} stands at ")
    assert outcome.portfolio.okrs.incomplete_reason == ""


def test_what_the_state_remembers_answers_why(kept: Kept) -> None:
    kept.desk.sync()
    ran = kept.desk.hub("why", "ACME-1", "--today", TODAY.isoformat())
    assert ran.code == 0
    assert "launch-dau" in ran.out
    assert "500,000 daily active users" in ran.out


def test_a_private_key_result_on_a_ticket_is_named_nowhere(kept: Kept) -> None:
    kept.desk.jira.comment("ACME-7", "/okr kr heron-loi")
    ran = kept.desk.sync()
    texts = " ".join(text for marks in kept.desk.marks().values() for _, text in marks.comments)
    assert "The value in a command doesn't match a current key result." in texts
    assert "heron" not in (texts + ran.said).casefold()


def test_an_okr_that_stands_twice_is_told_and_leaves_no_sync_partial(kept: Kept) -> None:
    file = kept.desk.folder / "okrs" / "2026-Q4.toml"
    objective = kept.okrs.objectives["launch"]
    table = f'[[objective]]\nid = "launch"\ntitle = "{objective.title}"\nteams = {list(objective.teams)}\n'
    file.write_text(file.read_text(encoding="utf-8") + "\n" + table, encoding="utf-8")
    ran = kept.desk.sync()
    assert ran.code == 0, ran.said
    said = " ".join(ran.out.split())
    assert f"{kept.where}:{kept.tickets['launch']} stands at" in said
    assert "the file counts" in said


def test_a_key_result_of_a_file_may_align_to_one_on_a_ticket(kept: Kept) -> None:
    file = kept.desk.folder / "okrs" / "2026-Q4.toml"
    lines = (
        '[[objective]]\nid = "more"\ntitle = "More"\nteams = ["product"]\n[[objective.key_result]]\nid = "more-dau"\n'
    )
    link = 'title = "More users"\naligns_to = [{ key_result = "revenue", kind = "indirect" }]\n'
    file.write_text(file.read_text(encoding="utf-8") + "\n" + lines + link, encoding="utf-8")
    outcome = kept.run()
    assert [alignment.key_result for alignment in outcome.portfolio.okrs.key_results["more-dau"].aligns_to] == [
        "revenue"
    ]
    assert outcome.portfolio.aligned("more-dau")
    checked = kept.desk.hub("check", "--today", "2026-11-16")
    assert checked.code in (0, 1), checked.said


def test_an_okr_that_one_answer_lacks_changes_nothing_and_one_that_is_deleted_goes_with_the_second(kept: Kept) -> None:
    kept.desk.sync()
    before, written, ticket = kept.desk.marks(), kept.desk.writes, kept.tickets["launch-nps"]
    id_ = kept.desk.github.issue(ticket).node_id if kept.where == "github" else str(kept.desk.jira.issue(ticket).id)
    kept.desk.sandbox[kept.where].faults.add(Fault("rewrite", path="search|graphql", times=None, change=without(id_)))
    assert "kept until a second full sync confirms it" in kept.desk.sync().out
    assert (kept.desk.marks(), kept.desk.writes) == (before, written)
    kept.desk.sync()
    assert kept.desk.marks() != before


def without(id_: str) -> Any:
    """An answer without one row, that counts as if it had never been."""

    def change(answer: Any) -> Any:
        connection = ((answer.get("data") or {}).get("repository") or {}).get("issues") or answer
        for name in ("nodes", "issues"):
            rows = connection.get(name)
            kept = [row for row in rows or () if str((row or {}).get("id")) != id_]
            if rows and len(kept) < len(rows):
                counts = {"totalCount": connection["totalCount"] - 1} if "totalCount" in connection else {}
                connection |= {name: kept, **counts}
        return answer

    return change
