"""The pages of the sandbox GitHub: a list of tickets, and a page per ticket on which a label can be fixed."""

from heapq import nlargest
from urllib.parse import parse_qs

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from hub.sandbox.github.markdown import to_html
from hub.sandbox.github.site import GitHubSite
from hub.sandbox.github.state import Comment, Issue
from hub.sandbox.page import CommentView, Relation, Row, Ticket, index_page, missing_page, ticket_page

TRACKER = "GitHub"
MAX_LISTED = 200
TICKET_PATH = "/{owner}/{repo}/{kind}/{number:int}"


def routes(site: GitHubSite) -> list[Route]:
    """The pages' routes."""
    pages = _Pages(site)
    return [
        Route("/", pages.index),
        Route(TICKET_PATH, pages.ticket),
        Route(TICKET_PATH + "/labels", pages.change_labels, methods=["POST"]),
    ]


class _Pages:
    """Pages that anybody on this machine may look at; no credentials are asked for."""

    def __init__(self, site: GitHubSite) -> None:
        self.site = site

    async def index(self, _: Request) -> Response:
        with self.site.lock:
            all_issues = [issue for repo in self.site.repositories.values() for issue in repo.issues.values()]
            latest = nlargest(MAX_LISTED, all_issues, key=lambda issue: (issue.updated, issue.id))
            return index_page(TRACKER, [_row(issue) for issue in latest], len(all_issues))

    async def ticket(self, request: Request) -> Response:
        with self.site.lock:
            issue = self._find(request)
            return missing_page(TRACKER, _key(request)) if issue is None else _page(issue)

    async def change_labels(self, request: Request) -> Response:
        """What a person does by hand: add a label, or take one off."""
        fields = parse_qs((await request.body()).decode())
        with self.site.lock:
            issue = self._find(request)
            if issue is None:
                return missing_page(TRACKER, _key(request))
            for name in filter(None, map(str.strip, fields.get("add", ()))):
                self.site.add_label_by_person(issue, name)
            for name in fields.get("remove", ()):
                self.site.remove_label(issue, name)
            return RedirectResponse(_path_of(issue), 303)

    def _find(self, request: Request) -> Issue | None:
        params = request.path_params
        repo = self.site.repositories.get(f"{params['owner']}/{params['repo']}".lower())
        issue = repo and (repo.issues.get(params["number"]) or repo.former_issues.get(params["number"]))
        return issue or None


def _key(request: Request) -> str:
    return "{owner}/{repo}#{number}".format(**request.path_params)


def _path_of(issue: Issue) -> str:
    kind = "issues" if issue.typename == "Issue" else "pull"
    return f"/{issue.repo.full_name}/{kind}/{issue.number}"


def _row(issue: Issue) -> Row:
    labels = tuple(label.name for label in issue.labels.values())
    kind = "done" if issue.state == "CLOSED" else "active" if labels or issue.items else "new"
    status = "Closed" if issue.state == "CLOSED" else "Open"
    return Row(issue.key, issue.title, _path_of(issue), status, kind, labels, len(issue.comments))


def _page(issue: Issue) -> Response:
    ticket = Ticket(
        row=_row(issue),
        body=to_html(issue.body),
        labels_at=f"{_path_of(issue)}/labels",
        facts=tuple(_facts(issue)),
        relations=tuple(_relations(issue)),
        comments=tuple(_comment_view(comment) for comment in issue.comments),
    )
    return ticket_page(TRACKER, ticket)


def _facts(issue: Issue) -> list[tuple[str, str]]:
    facts = [("Type", issue.type.name)] if issue.type else []
    facts += [("Milestone", issue.milestone.title)] if issue.milestone else []
    for item in issue.items:
        facts.append(("Project", item.project.title))
        facts += [(name, value.display_text) for name, value in item.values.items()]
    return facts


def _relations(issue: Issue) -> list[Relation]:
    relations = [Relation("parent", _row(issue.parent))] if issue.parent else []
    relations += [Relation("sub-issue", _row(child)) for child in issue.sub_issues[:MAX_LISTED]]
    relations += [Relation("blocked by", _row(other)) for other in issue.blocked_by]
    return relations + [Relation("blocks", _row(other)) for other in issue.blocking]


def _comment_view(comment: Comment) -> CommentView:
    author = comment.author.login if comment.author else "ghost"
    bot = comment.author is not None and comment.author.typename == "Bot"
    created_at = comment.created.replace("T", " ").replace("Z", " UTC")
    return CommentView(str(comment.id), author, created_at, to_html(comment.body), comment.edited is not None, bot)
