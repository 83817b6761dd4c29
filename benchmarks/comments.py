"""How long the comments are that the hub would post, and whether each can be answered by who reads it.

Run: python -m benchmarks.comments [--tickets 2000]
"""

import argparse
import random
import re
import statistics
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from benchmarks import portfolio as synthetic
from benchmarks.measure import table
from connectors.github.markdown import body
from connectors.jira.adf import document
from connectors.jira.wiki import markup
from hub.cli.demo import TODAY, start_environment
from hub.config.settings import load
from hub.core.checking.check import check
from hub.core.mapping.build_portfolio import build_portfolio
from hub.core.planning.plan import plan
from hub.model.action import Action
from hub.model.initiative import Ref
from hub.model.message import Code, Line, Link, Message, Wording
from hub.pipeline.run_context import Mode
from hub.pipeline.sync import sync
from hub.report.run_json import run_document as report
from hub.wiring import open_run_context
from rules.registry import ALL_RULES

HUB = "https://hub.acme.example"
SEED = 11
ANSWERED_BY = ("/okr ", "okr-", "KR: ", "kr-")
# What belongs into reports and configuration files, and is of no use to who reads a ticket.
INTERNAL_TERMS = re.compile(r"\w+ = [\[{\"']|\[\[\w|\bhub (?:why|check|sync|rules)\b|aligns_to|depends_on|standalone =")
NAMED = re.compile(r"(?<![\w/.-])(?:[A-Z][A-Z0-9_]+-\d+|[\w.-]+/[\w.-]+#\d+)(?![\w-])")


@dataclass(frozen=True, slots=True)
class Posted:
    """One comment: its ticket, what it says, and its words in view as each tracker shows them."""

    ref: Ref
    message: Message
    words: Mapping[str, int]

    @property
    def spans(self) -> Line:
        """All that stands in view and folded, but for lists of key results and what people wrote."""
        points = (*self.message.points, *self.message.folded)
        return tuple(span for point in points for part in (point.what, point.step, point.alternative) for span in part)


def posted(actions: Iterable[Action]) -> Iterator[Posted]:
    """Every comment that a plan writes, in all three layouts."""
    for action in actions:
        if action.message is not None:
            yield Posted(action.target.ref, action.message, words_in_view(action.message))


def words_in_view(message: Message) -> dict[str, int]:
    """How many words people see before they unfold anything: link texts and code count, addresses don't."""
    github = re.sub(r"<details>.*?</details>", "", body(message, "acme", "ACME-1"), flags=re.DOTALL)
    github = re.sub(r"<!--.*?-->|</?sub>|&#8203;|\u200b|[`*_\\]", "", github, flags=re.DOTALL)
    github = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", github)
    wiki = re.sub(r"\[([^\]|]*)\|[^\]]*\]", r"\1", markup(message)).replace("{noformat}", " ")
    return {
        "GitHub": _count(github),
        "Jira Cloud": _count(_visible_text(document(message))),
        "Data Center": _count(wiki),
    }


def _visible_text(node: object) -> str:
    if not isinstance(node, dict) or node.get("type") == "expand":
        return ""
    inner = " ".join(_visible_text(item) for item in node.get("content", ())) if node.get("type") != "paragraph" else ""
    text = "".join(_visible_text(item) for item in node.get("content", ())) if node.get("type") == "paragraph" else ""
    return f"{node.get('text', '')}{text}{inner}"


def _count(text: str) -> int:
    return sum(any(char.isalnum() for char in word) for word in text.split())


def unlinked_names(posted: Posted) -> list[str]:
    """Names of other tickets that stand in the hub's own words and are no links."""
    words = " ".join(span.text for span in posted.spans if not isinstance(span, Link | Code) and not _quoted(span.text))
    return [name for name in NAMED.findall(words) if name != posted.ref.key]


def _quoted(text: str) -> bool:
    """Titles without a page stand in quotation marks, and people may name tickets in them."""
    return text.startswith("“")


def internal_terms(posted: Posted, rules: Iterable[str]) -> list[str]:
    """Configuration, names of rules and commands of the hub's that stand in the comment."""
    words = " ".join(span.text for span in posted.spans)
    return [*INTERNAL_TERMS.findall(words), *(rule for rule in rules if rule in words)]


def has_no_answer(posted: Posted) -> bool:
    """Whether a point asks for an answer in a comment or label and prints none."""
    for point in (*posted.message.points, *posted.message.folded):
        asks_for_answer = any(
            word in "".join(s.text for s in point.step) for word in ("Comment", "comment:", "Set a label")
        )
        commands = [command for _, command in point.commands]
        commands += [span.text for part in (point.step, point.alternative) for span in part if isinstance(span, Code)]
        if asks_for_answer and not any(command.startswith(ANSWERED_BY) for command in commands):
            return True
    return False


def of_acme() -> list[Posted]:
    """What a first run posts over the Acme example."""
    with tempfile.TemporaryDirectory() as folder, start_environment(Path(folder)) as environment:
        config = load(environment.config, {})
        with open_run_context(config, mode=Mode.PREVIEW, confirmed=True, today=TODAY) as job:
            outcome = sync(replace(job, hub_url=HUB), report)
    return list(posted(outcome.plan.actions))


def of_a_crowd(tickets: int) -> list[Posted]:
    """The same over a made-up company of that many tickets."""
    dice = random.Random(SEED)
    okrs = synthetic.okrs(dice)
    portfolio = build_portfolio(synthetic.snapshot(tickets, dice), okrs, synthetic.TODAY)
    judgement = check(portfolio, ALL_RULES)
    wordings = {"jira": Wording(), "github": Wording(text="")}
    planned = plan(portfolio, judgement, {}, frozenset({"jira", "github"}), wordings=wordings, hub_url=HUB)
    return list(posted(planned.actions))


def row(name: str, comments: list[Posted]) -> tuple[object, ...]:
    """The figures of one set of comments."""
    rules = [rule.name for rule in ALL_RULES]
    counts = {
        tracker: [posted.words[tracker] for posted in comments] for tracker in ("GitHub", "Jira Cloud", "Data Center")
    }
    medians = "/".join(f"{statistics.median(values):.0f}" for values in counts.values())
    maxima = "/".join(str(max(values)) for values in counts.values())
    faults = [sum(bool(has_fault(posted)) for posted in comments) for has_fault in _fault_checks(rules)]
    return (name, len(comments), medians, maxima, *faults)


def _fault_checks(rules: list[str]) -> tuple[Callable[[Posted], object], ...]:
    return (lambda posted: internal_terms(posted, rules), unlinked_names, has_no_answer)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tickets", type=int, default=2000)
    crowd = parser.parse_args().tickets
    head = ("comments of", "count", "median words", "most words", "foreign words", "bare names", "no answer printed")
    print("words in view on GitHub/Jira Cloud/Data Center\n")
    print(table(head, [row("Acme", of_acme()), row(f"a crowd of {crowd:,}", of_a_crowd(crowd))]))


if __name__ == "__main__":
    main()
