"""The REST endpoints: each takes a call and gives a reply."""

from collections.abc import Callable
from typing import Any

from hub.sandbox.github import payloads, profiles
from hub.sandbox.github.label_endpoints import label_name
from hub.sandbox.github.listing import page, page_with_cursor, since
from hub.sandbox.github.request import Call, Failure, Reply, invalid, missing
from hub.sandbox.github.result_cache import ORDERS, IssueFilter, issues_of
from hub.sandbox.github.state import Comment

Endpoint = Callable[[Call], Reply]
MAX_BODY_LENGTH = 65_536
SORTS = {"created": "CREATED_AT", "updated": "UPDATED_AT", "comments": "COMMENTS"}
STATES = {"open": frozenset({"OPEN"}), "closed": frozenset({"CLOSED"}), "all": frozenset()}


def user(call: Call) -> Reply:
    """The caller's account."""
    return Reply(profiles.profile(call.access.account))


def rate_limit(call: Call) -> Reply:
    """What is left of the hour; asking is free."""
    login = call.access.account.login
    limits = call.site.limits
    return Reply(payloads.rate_limit({name: limits.numbers(name, login) for name in limits.allowed}))


def meta(_call: Call) -> Reply:
    """Facts about the installation."""
    return Reply({"verifiable_password_authentication": False})


def repository(call: Call) -> Reply:
    """One repository."""
    return Reply(profiles.repository(call.repo))


def list_issues(call: Call) -> Reply:
    """A page of issues and pull requests: open ones and the newest first, unless asked otherwise."""
    query = call.query
    sort, state = query.get("sort", "created"), query.get("state", "open")
    if sort not in SORTS or state not in STATES:
        raise invalid("Issue", "sort" if sort not in SORTS else "state", "invalid")
    issue_filter = IssueFilter(
        states=STATES[state],
        labels=frozenset(name.lower() for name in query.get("labels", "").split(",") if name),
        all_labels=True,
        since=since(call),
        pulls=True,
        order=SORTS[sort],
    )
    rows = issues_of(call.site, call.repo, issue_filter)
    down = query.get("direction", "desc") == "desc"
    visible, headers = page_with_cursor(call, rows, ORDERS[issue_filter.order], down=down)
    return Reply(payloads.issues(visible), headers=headers)


def issue(call: Call) -> Reply:
    """One issue."""
    return Reply(payloads.issue(call.issue))


def edit_issue(call: Call) -> Reply:
    """Change an issue; labels given here replace all."""
    call.require_write_access()
    target, values = call.issue, call.body()
    by = call.access.account
    if "labels" in values:
        new_labels = {label_name(name) for name in values["labels"]}
        for name in [name for name in target.labels if name not in {text.lower() for text in new_labels}]:
            call.site.take_label(target, name)
        for name in sorted(new_labels):
            call.site.put_label(target, name, by)
    names = ("title", "body", "state", "state_reason", "type")
    call.site.edit_issue(target, **{name: values[name] for name in names if name in values})
    return Reply(payloads.issue(target))


def create_issue(call: Call) -> Reply:
    """Open an issue."""
    call.require_write_access()
    values = call.body()
    if not values.get("title"):
        raise invalid("Issue", "title", "missing_field")
    names = [label_name(name) for name in values.get("labels") or ()]
    author = call.access.account
    created = call.site.add_issue(call.repo, values["title"], body=values.get("body"), author=author.login)
    for name in names:
        call.site.put_label(created, name, author)
    return Reply(payloads.issue(created), 201)


def list_comments(call: Call) -> Reply:
    """An issue's comments, the oldest first."""
    changed_since = since(call)
    rows = [comment for comment in call.issue.comments if comment.updated >= changed_since]
    visible, headers = page(call, rows)
    return Reply([payloads.comment(item) for item in visible], headers=headers)


def list_all_comments(call: Call) -> Reply:
    """The comments of a whole repository, in order of their making or of their last change."""
    changed_since, repo = since(call), call.repo
    order: Callable[[Comment], Any] = lambda comment: comment.id  # noqa: E731
    if call.query.get("sort") == "updated":
        order = lambda comment: (comment.updated, comment.id)  # noqa: E731
    rows = sorted(
        (
            comment
            for comment in call.site.comments.values()
            if comment.issue.repo is repo and comment.updated >= changed_since
        ),
        key=order,
    )
    visible, headers = page(call, rows, down=call.query.get("direction") == "desc")
    return Reply([payloads.comment(item) for item in visible], headers=headers)


def create_comment(call: Call) -> Reply:
    """Say something on an issue."""
    call.require_write_access()
    target = call.issue
    created = call.site.add_comment(target, _comment_body(call), call.access.account.login)
    return Reply(payloads.comment(created), 201, {"location": payloads.comment(created)["url"]})


def comment(call: Call) -> Reply:
    """One comment."""
    return Reply(payloads.comment(call.comment))


def edit_comment(call: Call) -> Reply:
    """Put another text into one's own comment."""
    target = _own_comment(call)
    call.site.edit_comment(target, _comment_body(call))
    return Reply(payloads.comment(target))


def delete_comment(call: Call) -> Reply:
    """Remove one's own comment."""
    call.site.delete_comment(_own_comment(call))
    return Reply(None, 204)


def react(call: Call) -> Reply:
    """Put the caller's reaction under a comment; one that is there already is answered with 200."""
    call.require_write_access()
    target, content = call.comment, call.body().get("content")
    if content not in payloads.REACTIONS:
        raise invalid("Reaction", "content", "invalid")
    own_reaction = (call.access.account.login, str(content))
    new = own_reaction not in target.reactions
    target.reactions.add(own_reaction)
    return Reply(payloads.reaction(target, *own_reaction), 201 if new else 200)


def parent(call: Call) -> Reply:
    """The issue's parent."""
    parent_issue = call.issue.parent
    if parent_issue is None or not call.access.sees(parent_issue.repo):
        raise missing()
    return Reply(payloads.issue(parent_issue))


def related(name: str) -> Endpoint:
    """The issues in one of the relations of an issue."""

    def listed(call: Call) -> Reply:
        rows = [item for item in getattr(call.issue, name) if call.access.sees(item.repo)]
        visible, headers = page(call, rows)
        return Reply(payloads.issues(visible), headers=headers)

    return listed


def issue_fields(call: Call) -> Reply:
    """The fields of an organization."""
    fields = call.site.issue_fields.get(call.path["owner"].lower(), {})
    if not call.access.reads_issue_fields:
        raise Failure(403, "Resource not accessible by personal access token")
    return Reply([payloads.issue_field(field) for field in fields.values()])


def issue_field_values(call: Call) -> Reply:
    """What the issue says in them."""
    visible, headers = page(call, list(call.issue.field_values.values()))
    return Reply([payloads.issue_field_value(value) for value in visible], headers=headers)


def _own_comment(call: Call) -> Comment:
    call.require_write_access()
    target = call.comment
    if target.author is not call.access.account:
        raise Failure(403, "Must have admin rights to Repository.")
    return target


def _comment_body(call: Call) -> str:
    body = call.body().get("body")
    if not isinstance(body, str) or not body.strip():
        raise invalid("IssueComment", "body", "missing_field")
    if len(body) > MAX_BODY_LENGTH:
        message = f"Body is too long (maximum is {MAX_BODY_LENGTH} characters)"
        raise invalid("IssueComment", "body", "custom", message)
    return body
