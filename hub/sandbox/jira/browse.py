"""The pages of the sandbox Jira: a list of tickets, and a page per ticket on which a label can be fixed."""

from collections.abc import Callable
from datetime import UTC, datetime
from itertools import islice
from urllib.parse import parse_qs

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from hub.sandbox.jira.adf_html import to_html
from hub.sandbox.jira.records import Comment, Issue
from hub.sandbox.jira.site import JiraSite
from hub.sandbox.page import CommentView, Relation, Row, Ticket, index_page, missing_page, ticket_page

TRACKER = "Jira"
MAX_LISTED = 200
KINDS = {"new": "new", "indeterminate": "active", "done": "done"}


def routes(site: JiraSite) -> list[Route]:
    """The pages' routes."""
    pages, under = _Pages(site), site.deployment.context
    return [
        Route(f"{under}/", pages.index),
        Route(f"{under}/browse/{{key}}", pages.ticket),
        Route(f"{under}/browse/{{key}}/labels", pages.change_labels, methods=["POST"]),
    ]


class _Pages:
    """Pages that anybody on this machine may look at; no credentials are asked for."""

    def __init__(self, site: JiraSite) -> None:
        self.site = site
        self.under = f"{site.deployment.context}/browse"

    async def index(self, _: Request) -> Response:
        with self.site.lock:
            rows = [self._row(self.site.issues[id_]) for id_ in islice(self.site.recency.since(0), MAX_LISTED)]
            return index_page(TRACKER, rows, len(self.site.issues))

    async def ticket(self, request: Request) -> Response:
        with self.site.lock:
            issue = self.site.find(request.path_params["key"])
            return missing_page(TRACKER, request.path_params["key"]) if issue is None else self._page(issue)

    async def change_labels(self, request: Request) -> Response:
        """What a person does by hand: add a label, or take one off."""
        fields = parse_qs((await request.body()).decode())
        with self.site.lock:
            issue = self.site.find(request.path_params["key"])
            if issue is None:
                return missing_page(TRACKER, request.path_params["key"])
            _each(fields.get("add", ()), lambda label: self.site.add_label(issue.key, label.replace(" ", "-")))
            _each(fields.get("remove", ()), lambda label: self.site.remove_label(issue.key, label))
        return RedirectResponse(f"{self.under}/{issue.key}", 303)

    def _page(self, issue: Issue) -> Response:
        ticket = Ticket(
            row=self._row(issue),
            body=to_html(issue.description),
            labels_at=f"{self.under}/{issue.key}/labels",
            facts=tuple(self._facts(issue)),
            relations=tuple(self._relations(issue)),
            comments=tuple(self._comment_view(self.site.comments[id_]) for id_ in issue.comments),
        )
        return ticket_page(TRACKER, ticket)

    def _row(self, issue: Issue) -> Row:
        kind = KINDS[self.site.statuses[issue.status].category]
        path = f"{self.under}/{issue.key}"
        return Row(issue.key, issue.summary, path, issue.status, kind, issue.labels, len(issue.comments))

    def _facts(self, issue: Issue) -> list[tuple[str, str]]:
        customs = [(field.name, issue.custom.get(field.id)) for field in self.site.fields.values()]
        named = [("Type", issue.type), ("Priority", issue.priority), ("Due", issue.due), *customs]
        return [(name, str(value)) for name, value in named if isinstance(value, str | int | float) and name != "Rank"]

    def _relations(self, issue: Issue) -> list[Relation]:
        relations = [] if issue.parent is None else [Relation("parent", self._row(self.site.issues[issue.parent]))]
        children = islice(self.site.children.get(issue.id, ()), MAX_LISTED)
        relations += [Relation("child", self._row(self.site.issues[child])) for child in children]
        for link in issue.links:
            kind = self.site.link_types[link.type]
            text = kind.source_text if link.is_source else kind.destination_text
            relations.append(Relation(text, self._row(self.site.issues[link.other])))
        return relations

    def _comment_view(self, comment: Comment) -> CommentView:
        account = self.site.accounts[comment.author]
        created_at = f"{datetime.fromtimestamp(comment.created / 1000, UTC):%d %b %Y %H:%M} UTC"
        edited = comment.updated != comment.created
        return CommentView(
            str(comment.id), account.name, created_at, to_html(comment.body), edited, account.kind == "app"
        )


def _each(labels: list[str] | tuple[str, ...], act: Callable[[str], None]) -> None:
    for label in labels:
        if label.strip():
            act(label.strip())
