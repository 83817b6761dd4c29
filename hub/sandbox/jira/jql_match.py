"""Finds the issues that a query means, looking only at those that may fit, and puts them in order."""

import operator
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from hub.sandbox.jira.jql_dates import parse_time
from hub.sandbox.jira.jql_fields import TIME_FIELDS, QueryField, QueryFields
from hub.sandbox.jira.jql_parse import Clause, Group, JqlRefused, Node, parse
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
    matcher = _QueryMatcher(site, account, lenient=lenient)
    test = matcher.test(query.condition)
    orders = [(_order_key(matcher.fields, name), descending) for name, descending in query.order]
    issues = [issue for issue in matcher.candidates(query.condition) if test(issue)]
    issues.sort(key=lambda issue: issue.id, reverse=not orders)
    for key, descending in reversed(orders):
        issues.sort(key=key, reverse=descending)
    return issues


class _QueryMatcher:
    """One query of one account."""

    def __init__(self, site: Rows, account: Account, *, lenient: bool = False) -> None:
        self.site = site
        self.account = account
        self.fields = QueryFields(site, account, lenient=lenient)

    def test(self, node: Node) -> Test:
        """What decides whether one issue fits."""
        if isinstance(node, Clause):
            return self._clause(node)
        tests = [self.test(part) for part in node.parts]
        if node.every:
            return lambda issue: all(test(issue) for test in tests)
        return lambda issue: any(test(issue) for test in tests)

    def _clause(self, clause: Clause) -> Test:
        name, field = self.fields.check_clause(clause)
        if clause.op in {"is", "is not"} and not clause.values[0].empty:
            raise JqlRefused(f"The operator '{clause.op.upper()}' only supports EMPTY and NULL values.")
        if clause.op in {"is", "is not"} or clause.values[0].empty:
            expects_empty = clause.op in {"is", "=", "in"}
            return lambda issue: (not field.read(issue)) == expects_empty
        if name in TIME_FIELDS or (COMPARE.keys() & field.operators) > {"=", "!="}:
            return self._comparison(name, field, clause)
        if clause.op in {"~", "!~"}:
            return _contains(field, clause)
        return _membership(field, clause)

    def _comparison(self, name: str, field: QueryField, clause: Clause) -> Test:
        """Moments by the millisecond, days and numbers by their own order; no value never fits."""
        compare = COMPARE[clause.op]
        if name in TIME_FIELDS:
            bound: Any = self.time_of(name, clause)
        elif name == "duedate" or clause.values[0].text[4:5] in {"-", "/"}:
            bound = clause.values[0].text.replace("/", "-")
        else:
            bound = float(clause.values[0].text)

        def test(issue: Issue) -> bool:
            return any(compare(value, bound) for value in field.read(issue))

        return test

    def time_of(self, name: str, clause: Clause) -> int:
        return parse_time(name, clause.values[0], self.account.zone, int(self.site.clock().timestamp() * 1000))

    def candidates(self, node: Node) -> Iterator[Issue]:
        """The issues that may fit: as the index has them, in projects that the account sees."""
        ids: Iterable[int] | None = None
        for clause in _necessary(node):
            ids = self._narrow(clause) if ids is None else ids
        ids = self.site.issues if ids is None else ids
        sees = self.account.projects
        for id_ in dict.fromkeys((*ids, *self.site.lagging_ids())):
            issue = self.site.indexed(id_)
            if issue is not None and (sees is None or issue.project in sees):
                yield issue

    def _narrow(self, clause: Clause) -> list[int] | None:
        name, field = self.fields.check_clause(clause)
        if name == "updated" and clause.op in {">", ">="}:
            return list(self.site.recency.since(self.time_of(name, clause)))
        if clause.op not in {"=", "in"} or any(value.empty for value in clause.values):
            return None
        if name == "key":
            return [field.resolve(value) for value in clause.values]
        index: Mapping[Any, Iterable[int]] = {}
        if name == "project":
            index = self.site.in_project
        elif name == "parent":
            index = self.site.children
        else:
            return None
        return [id_ for value in clause.values for id_ in index.get(field.resolve(value), ())]


def _necessary(node: Node) -> list[Clause]:
    """Clauses that must hold whatever the others say, the narrowest kind first."""
    if isinstance(node, Group):
        clauses = [part for part in node.parts if isinstance(part, Clause)] if node.every else []
    else:
        clauses = [node]
    rank = {"key": 0, "id": 0, "issuekey": 0, "parent": 1, "updated": 2}
    return sorted(clauses, key=lambda clause: rank.get(clause.field.lower(), 3))


def _membership(field: QueryField, clause: Clause) -> Test:
    expected = frozenset(None if value.empty else field.resolve(value) for value in clause.values)
    positive = clause.op in {"=", "in"}

    def test(issue: Issue) -> bool:
        values = field.read(issue)
        if not values:
            # As the vendor has it: an issue without a value is not "other than" something.
            return positive and None in expected
        return any(value in expected for value in values) == positive

    return test


def _contains(field: QueryField, clause: Clause) -> Test:
    words = clause.values[0].text.lower().strip('"').rstrip("*").split()
    positive = clause.op == "~"

    def test(issue: Issue) -> bool:
        text = " ".join(field.read(issue)).lower()
        return bool(text) and all(word in text for word in words) == positive

    return test


def _order_key(fields: QueryFields, name: str) -> Callable[[Issue], Any]:
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
        values = field.read(issue)
        return (False, values[0]) if values else (True, "")

    return by_value
