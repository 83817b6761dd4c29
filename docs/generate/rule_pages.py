"""A page for each rule, from its docstring and its metadata, and their index."""

from collections.abc import Iterator, Mapping

from docs.generate.markdown import code, page, table
from rules.base import Evidence, Rule
from rules.registry import ALL_RULES

FAMILIES = {
    "work": "Is the work linked to key results?",
    "contribution": "Are ownership and shares of organization key results sound?",
    "vertical": "Do team key results lead to organization key results?",
    "horizontal": "Do teams that need each other agree?",
    "rhythm": "Are the OKRs looked after, shared and safe to show?",
    "quality": "Are the OKRs themselves well written?",
}
INTRODUCTION = """
There is one finding for a fault, at its root: the topmost ticket without a key result, the mistyped value, the
dependency between two teams. What is only affected is listed with it (`affects`). `act_on` names the tickets with the
comment, where people can resolve it; `label_on` those that carry the label only. What nobody can fix on a ticket goes
to the audit, the pages, the weekly summary and `hub check`. New tickets, key results and cycles have five working days
of grace.

`hub rules` lists the rules, and `hub rules NAME` shows one of these pages. `[rules.NAME]` in the
[configuration](configuration.md#rulesname) changes a rule's severity and thresholds, and a
[waiver](configuration.md#waivers) accepts a finding until a day.
"""
EXAMPLES = """
The examples on the pages are run by the tests. They show what matters for the rule and leave out the rest.
`[[objective]]` and `[[team]]` are as in an [OKR file](okr-files.md), and `[[initiative]]` stands for a ticket, with
what the hub knows of it. `serves` names the key results that the ticket is linked to, and `blocked_by` the tickets that
it waits for.
"""
READING = "The examples are [in a short form](../rules.md#how-to-read-the-examples)."
CLOSING = """
The rules are tested against small organizations as real companies have them, each with what a coach would say of it:
`python -m tests.truth` prints precision and recall for each rule.
"""
NEEDS = {
    "needs_tickets": "the tickets of the trackers",
    "needs_all_okrs": "all OKRs, so it isn't evaluated while a source of OKRs can't be read",
    "needs_running_cycle": "a cycle that hasn't ended",
    "needs_organization": "at least one key result of the organization",
}


def rule_pages() -> Mapping[str, str]:
    """The index and the pages, by path."""
    return {"rules.md": _index(), **{f"rules/{rule.name}.md": _page(rule) for rule in ALL_RULES}}


def _index() -> str:
    parts = [INTRODUCTION]
    for family, question in FAMILIES.items():
        rows = [
            (f"[`{rule.name}`](rules/{rule.name}.md)", str(rule.severity), rule.summary)
            for rule in ALL_RULES
            if rule.family == family
        ]
        parts += [f"## {question}", table(("rule", "severity", "finds"), rows)]
        if family == "quality":
            parts.append("These are notes in reports and in `hub check`; nothing is posted on tickets.")
    parts += ["## How to read the examples", EXAMPLES]
    return page("Rules", *parts, "## How the rules are tested", CLOSING)


def _page(rule: Rule) -> str:
    first, _, rest = rule.page.strip().partition("\n")
    parts = [first, table(("property", "value"), _facts(rule)), READING, rest.strip()]
    if not rule.options:
        parts += ["## Options", "None but `severity`."]
    return page(rule.name, *parts)


def _facts(rule: Rule) -> Iterator[tuple[str, str]]:
    yield "severity", code(rule.severity)
    yield "label on tickets", code(rule.label) if rule.label else "none"
    absent = rule.evidence is Evidence.ABSENCE
    yield "looks for", "something that is missing" if absent else "something that is there"
    needs = [words for name, words in NEEDS.items() if getattr(rule, name)]
    yield "needs", "; ".join(needs) or "the OKR files only"
    yield "setting", code(f"[rules.{rule.name}]")
