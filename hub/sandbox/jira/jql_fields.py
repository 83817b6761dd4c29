"""What JQL may ask of each field: which operators it knows, which values exist, and what an issue holds."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from hub.sandbox.jira.adf import to_text
from hub.sandbox.jira.jql_parse import Clause, JqlRefused, Value
from hub.sandbox.jira.records import Account, CustomField, Issue
from hub.sandbox.jira.rows import Rows
from hub.sandbox.jira.site_defaults import CATEGORIES, PRIORITIES, RESOLUTIONS

CHOICE = frozenset({"=", "!=", "in", "not in", "is", "is not"})
TEXT = frozenset({"~", "!~", "is", "is not"})
DATE = frozenset({"=", "!=", "<", "<=", ">", ">=", "is", "is not"})
ALIASES = {
    "type": "issuetype",
    "issue": "key",
    "id": "key",
    "issuekey": "key",
    "updateddate": "updated",
    "createddate": "created",
    "due": "duedate",
    "resolutiondate": "resolved",
}
NO_ISSUE = -1
TIME_FIELDS = frozenset({"updated", "created", "resolved"})


@dataclass(frozen=True, slots=True)
class QueryField:
    """A field as JQL sees it: `read` gives what an issue holds, `resolve` what a value in the query stands for."""

    operators: frozenset[str]
    read: Callable[[Issue], tuple[Any, ...]]
    resolve: Callable[[Value], Any]


class QueryFields:
    """The fields that one account may ask about on one site."""

    def __init__(self, site: Rows, account: Account, *, lenient: bool = False) -> None:
        self.site = site
        self.account = account
        self.lenient = lenient

    def named(self, name: str) -> tuple[str, QueryField]:
        """The field's one name and what may be asked of it; raises JqlRefused."""
        plain = ALIASES.get(name.lower(), name.lower())
        maker = getattr(self, f"_{plain}", None) if plain.isalpha() else None
        if maker is not None:
            return plain, maker()
        for field in self.site.fields.values():
            if plain in {field.name.lower(), field.id, f"cf[{field.number}]"}:
                return field.id, _custom(field)
        raise JqlRefused(f"Field '{name}' does not exist or you do not have permission to view it.")

    def check_clause(self, clause: Clause) -> tuple[str, QueryField]:
        """As `named`, after the operator was checked."""
        name, field = self.named(clause.field)
        if clause.op not in field.operators:
            raise JqlRefused(f"The operator '{clause.op.upper()}' is not supported by the '{clause.field}' field.")
        return name, field

    def _project(self) -> QueryField:
        visible = [p for p in self.site.projects.values() if _sees(self.account, p.key)]
        known = {text.lower(): p.key for p in visible for text in (p.name, p.id, p.key)}
        known |= {old.lower(): new for old, new in self.site.former_keys.items() if new.lower() in known}
        return QueryField(CHOICE, lambda issue: (issue.project,), _one_of(known, "project"))

    def _issuetype(self) -> QueryField:
        known = {text.lower(): t.name for t in self.site.types.values() for text in (t.name, t.id)}
        return QueryField(CHOICE, lambda issue: (issue.type,), _one_of(known, "issuetype"))

    def _status(self) -> QueryField:
        known = {text.lower(): s.name for s in self.site.statuses.values() for text in (s.name, s.id)}
        return QueryField(CHOICE, lambda issue: (issue.status,), _one_of(known, "status"))

    def _statuscategory(self) -> QueryField:
        known = {str(text).lower(): key for key, (id_, name, _) in CATEGORIES.items() for text in (key, id_, name)}
        category = {status.name: (status.category,) for status in self.site.statuses.values()}
        return QueryField(CHOICE, lambda issue: category[issue.status], _one_of(known, "statusCategory"))

    def _priority(self) -> QueryField:
        known = {name.lower(): name for name in PRIORITIES}
        return QueryField(CHOICE, lambda issue: _as_tuple(issue.priority), _one_of(known, "priority"))

    def _labels(self) -> QueryField:
        return QueryField(CHOICE, lambda issue: issue.labels, lambda value: value.text)

    def _key(self) -> QueryField:
        return QueryField(CHOICE, lambda issue: (issue.id,), self._issue_for("key"))

    def _parent(self) -> QueryField:
        return QueryField(CHOICE, lambda issue: _as_tuple(issue.parent), self._issue_for("parent"))

    def _resolution(self) -> QueryField:
        known = {name.lower(): name for name in RESOLUTIONS} | {"unresolved": None}
        resolve = _one_of(known, "resolution")
        return QueryField(CHOICE, lambda issue: () if issue.resolved is None else (issue.resolution,), resolve)

    def _updated(self) -> QueryField:
        return QueryField(DATE, lambda issue: (issue.updated,), _raw_text)

    def _created(self) -> QueryField:
        return QueryField(DATE, lambda issue: (issue.created,), _raw_text)

    def _resolved(self) -> QueryField:
        return QueryField(DATE, lambda issue: _as_tuple(issue.resolved), _raw_text)

    def _duedate(self) -> QueryField:
        return QueryField(DATE, lambda issue: _as_tuple(issue.due), _raw_text)

    def _summary(self) -> QueryField:
        return QueryField(TEXT, lambda issue: (issue.summary,), _raw_text)

    def _description(self) -> QueryField:
        def read(issue: Issue) -> tuple[str, ...]:
            return () if issue.description is None else (to_text(issue.description),)

        return QueryField(TEXT, read, _raw_text)

    def _comment(self) -> QueryField:
        def read(issue: Issue) -> tuple[str, ...]:
            comments = (self.site.comments.get(id_) for id_ in issue.comments)
            return tuple(to_text(comment.body) for comment in comments if comment is not None)

        return QueryField(frozenset({"~", "!~"}), read, _raw_text)

    def _issue_for(self, field: str) -> Callable[[Value], int]:
        def resolve(value: Value) -> int:
            issue = self.site.find(value.text)
            if issue is None or not _sees(self.account, issue.project):
                if self.lenient:
                    return NO_ISSUE
                word = "id" if value.text.isdigit() else "key"
                raise JqlRefused(f"An issue with {word} '{value.text}' does not exist for field '{field}'.")
            return issue.id

        return resolve


def _custom(field: CustomField) -> QueryField:
    def read(issue: Issue) -> tuple[Any, ...]:
        value = issue.custom.get(field.id)
        return tuple(_plain(item) for item in value) if isinstance(value, list) else _as_tuple(_plain(value))

    text = field.custom.endswith((":textfield", ":textarea"))
    operators = DATE if field.type in {"date", "datetime", "number"} else TEXT if text else CHOICE
    return QueryField(operators, read, _raw_text)


def _plain(value: Any) -> Any:
    """An option, a team or a sprint by the name that people see."""
    return value.get("value") or value.get("name") if isinstance(value, Mapping) else value


def _as_tuple(value: Any) -> tuple[Any, ...]:
    return () if value is None else (value,)


def _raw_text(value: Value) -> str:
    return value.text


def _one_of(known: Mapping[str, Any], field: str) -> Callable[[Value], Any]:
    def resolve(value: Value) -> Any:
        if value.text.lower() not in known:
            raise JqlRefused(f"The value '{value.text}' does not exist for the field '{field}'.")
        return known[value.text.lower()]

    return resolve


def _sees(account: Account, project: str) -> bool:
    return account.projects is None or project in account.projects
