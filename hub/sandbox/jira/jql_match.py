"""Finds the issues that a query means, looking only at those that may fit, and puts them in order."""

import operator
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from hub.sandbox.jira.jql_dates import moment
from hub.sandbox.jira.jql_fields import MOMENTS, Askable, FieldsOf
from hub.sandbox.jira.jql_parse import Both, Clause, JqlRefused, Node, parse
from hub.sandbox.jira.records import Account, Issue
from hub.sandbox.jira.rows import Rows
from hub.sandbox.jira.site_defaults import PRIORITIES

Test = Callable[[Issue], bool]
COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def find(site: Rows, account: Account, jql: str, *, lenient: bool = False) -> list[Issue]:
    """The issues that the account may see and the query means, in its order; raises JqlRefused.

    A lenient search passes over issues that it names and that are not there.
    """
    query = parse(jql)
    asked = _Asked(site, account, lenient=lenient)
    test = asked.test(query.where)
    orders = [(_order_key(asked.fields, name), descending) for name, descending in query.order]
    found = [issue for issue in asked.candidates(query.where) if test(issue)]
    found.sort(key=lambda issue: issue.id, reverse=not orders)
    for key, descending in reversed(orders):
        found.sort(key=key, reverse=descending)
    return found


class _Asked:
    """One query of one account."""

    def __init__(self, site: Rows, account: Account, *, lenient: bool = False) -> None:
        self.site = site
        self.account = account
        self.fields = FieldsOf(site, account, lenient=lenient)

    def test(self, node: Node) -> Test:
        """What decides whether one issue fits."""
        if isinstance(node, Clause):
            return self._clause(node)
        tests = [self.test(part) for part in node.parts]
        if node.every:
            return lambda issue: all(test(issue) for test in tests)
        return lambda issue: any(test(issue) for test in tests)

    def _clause(self, clause: Clause) -> Test:
        name, field = self.fields.checked(clause)
        if clause.op in {"is", "is not"} and not clause.values[0].empty:
            raise JqlRefused(f"The operator '{clause.op.upper()}' only supports EMPTY and NULL values.")
        if clause.op in {"is", "is not"} or clause.values[0].empty:
            wanted = clause.op in {"is", "=", "in"}
            return lambda issue: (not field.read(issue)) == wanted
        if name in MOMENTS or (COMPARE.keys() & field.operators) > {"=", "!="}:
            return self._comparison(name, field, clause)
        if clause.op in {"~", "!~"}:
            return _contains(field, clause)
        return _membership(field, clause)

    def _comparison(self, name: str, field: Askable, clause: Clause) -> Test:
        """Moments by the millisecond, days and numbers by their own order; no value never fits."""
        compare = COMPARE[clause.op]
        if name in MOMENTS:
            bound: Any = self.moment(name, clause)
        elif name == "duedate" or clause.values[0].text[4:5] in {"-", "/"}:
            bound = clause.values[0].text.replace("/", "-")
        else:
            bound = float(clause.values[0].text)

        def test(issue: Issue) -> bool:
            return any(compare(held, bound) for held in field.read(issue))

        return test

    def moment(self, name: str, clause: Clause) -> int:
        return moment(name, clause.values[0], self.account.zone, int(self.site.clock().timestamp() * 1000))

    def candidates(self, node: Node) -> Iterator[Issue]:
        """The issues that may fit: as the index has them, in projects that the account sees."""
        ids: Iterable[int] | None = None
        for clause in _necessary(node):
            ids = self._narrowed(clause) if ids is None else ids
        ids = self.site.issues if ids is None else ids
        sees = self.account.projects
        for id_ in dict.fromkeys((*ids, *self.site.unsettled())):
            issue = self.site.indexed(id_)
            if issue is not None and (sees is None or issue.project in sees):
                yield issue

    def _narrowed(self, clause: Clause) -> list[int] | None:
        name, field = self.fields.checked(clause)
        if name == "updated" and clause.op in {">", ">="}:
            return list(self.site.recency.since(self.moment(name, clause)))
        if clause.op not in {"=", "in"} or any(value.empty for value in clause.values):
            return None
        if name == "key":
            return [field.resolve(value) for value in clause.values]
        held: Mapping[Any, Iterable[int]] = {}
        if name == "project":
            held = self.site.in_project
        elif name == "parent":
            held = self.site.children
        else:
            return None
        return [id_ for value in clause.values for id_ in held.get(field.resolve(value), ())]


def _necessary(node: Node) -> list[Clause]:
    """Clauses that must hold whatever the others say, the narrowest kind first."""
    if isinstance(node, Both):
        clauses = [part for part in node.parts if isinstance(part, Clause)] if node.every else []
    else:
        clauses = [node]
    rank = {"key": 0, "id": 0, "issuekey": 0, "parent": 1, "updated": 2}
    return sorted(clauses, key=lambda clause: rank.get(clause.field.lower(), 3))


def _membership(field: Askable, clause: Clause) -> Test:
    wanted = frozenset(None if value.empty else field.resolve(value) for value in clause.values)
    positive = clause.op in {"=", "in"}

    def test(issue: Issue) -> bool:
        held = field.read(issue)
        if not held:
            # As the vendor has it: an issue without a value is not "other than" something.
            return positive and None in wanted
        return any(value in wanted for value in held) == positive

    return test


def _contains(field: Askable, clause: Clause) -> Test:
    words = clause.values[0].text.lower().strip('"').rstrip("*").split()
    positive = clause.op == "~"

    def test(issue: Issue) -> bool:
        held = " ".join(field.read(issue)).lower()
        return bool(held) and all(word in held for word in words) == positive

    return test


def _order_key(fields: FieldsOf, name: str) -> Callable[[Issue], Any]:
    canonical, field = fields.named(name)
    if name.lower() == "id":
        return lambda issue: issue.id
    if canonical == "key":
        return lambda issue: (issue.project, issue.number)
    if canonical == "updated":
        return lambda issue: issue.updated
    if canonical == "priority":
        return lambda issue: -PRIORITIES.index(issue.priority) if issue.priority else -len(PRIORITIES)
    if canonical in {"labels", "parent", "description"}:
        raise JqlRefused(f"Not able to sort using field '{name}'.")

    def by_value(issue: Issue) -> tuple[bool, Any]:
        held = field.read(issue)
        return (False, held[0]) if held else (True, "")

    return by_value
