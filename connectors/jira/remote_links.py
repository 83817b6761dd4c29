"""Jira's remote links as requests: found again by their global id, and nobody is mailed of them.

developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-issue-remote-links/
developer.atlassian.com/server/jira/platform/using-fields-in-remote-issue-links/
"""

from connectors.http.client import ApiClient
from connectors.http.messages import Request, content_of
from connectors.jira.api import issue_path, write_request
from hub.model.action import RemoteLink, Target
from hub.model.errors import SourceError

APPLICATION = {"type": "alignment-hub", "name": "Alignment Hub"}
RELATIONSHIP = "key result"
MAX_TITLE = 255


def set_remote_link(target: Target, link: RemoteLink, root: str) -> Request:
    """Make the link, or change the one with its global id: it may be sent again."""
    body = {
        "globalId": link.global_id,
        "application": APPLICATION,
        "relationship": RELATIONSHIP,
        "object": {"url": link.url, "title": link.title[:MAX_TITLE], "summary": link.summary[:MAX_TITLE]},
    }
    return write_request("POST", f"{issue_path(target, root)}/remotelink", target, body=body)


def remove_remote_link(target: Target, global_id: str, root: str) -> Request:
    """Remove the link with that global id, and no other."""
    return write_request("DELETE", f"{issue_path(target, root)}/remotelink", target, params={"globalId": global_id})


def read_link_ids(client: ApiClient, name: str, target: Target, root: str) -> tuple[str, ...]:
    """The global ids of the ticket's links that have one, which come on one page; SourceError where they don't."""
    answer = client.send(Request("GET", f"{issue_path(target, root)}/remotelink", ticket=target.ref.key))
    rows = content_of(answer)
    if not isinstance(rows, list):
        raise SourceError(name, "the links of a ticket did not come", key=target.ref.key)
    return tuple(str(row["globalId"]) for row in rows if isinstance(row, dict) and row.get("globalId"))
