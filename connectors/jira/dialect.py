"""What differs between Jira Cloud and Jira Data Center, chosen once and passed on as a value."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from connectors.jira import api, comment_api, window_api
from connectors.jira.format import document
from connectors.jira.wiki import markup
from connectors.wire import Request, Response
from hub.model.message import Message


@dataclass(frozen=True, slots=True)
class Dialect:
    """How one kind of Jira is spoken to.

    `root` begins every path. `body` writes a message. `fetch` asks for tickets by id, and `fetched` reads them.
    `windows` says that searches are paged by offsets, and not by tokens. `expand` makes lists of comments come with
    their properties; `ask_marks` asks for those of up to `marks_at_once` comments that came without. `edit_params`
    keep the edit of a comment silent. `links_up` says that fields other than `parent` lead to epics and above.
    """

    name: str
    root: str
    body: Callable[[Message], Any]
    fetch: Callable[[Sequence[str], Sequence[str]], Request]
    comment_properties: Callable[[Sequence[str]], Request]
    read_marks: Callable[[Response, Sequence[str], str], dict[str, bool]]
    comments_per_request: int
    offset_paging: bool = False
    expand: str = ""
    legacy_parents: bool = False
    edit_params: Mapping[str, str | int] | None = None

    @property
    def version(self) -> str:
        """The version of the API."""
        return self.root.rpartition("/")[2]


CLOUD = Dialect(
    name="Cloud",
    root=api.ROOT,
    body=document,
    fetch=api.fetch_issues,
    comment_properties=comment_api.comments_with_properties,
    read_marks=comment_api.read_marks,
    comments_per_request=100,
    edit_params=api.WITHOUT_NOTIFICATIONS,
)
DATA_CENTER = Dialect(
    name="Data Center",
    root=comment_api.DATA_CENTER_ROOT,
    body=markup,
    fetch=window_api.fetch_by_search,
    comment_properties=comment_api.mark_property,
    read_marks=comment_api.read_mark,
    comments_per_request=1,
    offset_paging=True,
    expand="properties",
    legacy_parents=True,
)
DIALECTS: Mapping[str, Dialect] = {"Cloud": CLOUD, "Server": DATA_CENTER, "DataCenter": DATA_CENTER}


def dialect_of(deployment: Any) -> Dialect | None:
    """The dialect of a site that names its kind so; None for a kind that nobody knows."""
    return DIALECTS.get(str(deployment).replace(" ", ""))
