"""The gate to GitHub: it learns from a server's own refusals what that does not know, and asks without it."""

import re
from collections.abc import Collection
from dataclasses import replace
from datetime import timedelta

from connectors.github import api
from connectors.http import Gate
from connectors.wire import Kind, Refuse, Request, Response

# An Enterprise Server knows them from some version on, or not at all; each stands on a line of its own.
OPTIONAL = frozenset({"blockedBy", "blocking", "closedByPullRequestsReferences", "issueType", "parent", "stateReason"})
_UNKNOWN = re.compile(r"Field '(\w+)' doesn't exist on type 'Issue'")
_NO_FILTER = re.compile(r"of type IssueFilters!? was provided invalid value for type \(Field is not defined")
# Issues can be chosen by type on the server's side; whoever cannot do that may know the types all the same.
FILTERS = "IssueFilters"
FILTER = "IssueFilters.type"
_HINTS = (b"exist on type", FILTERS.encode())


class Capable(Gate):
    """What a server does not know is asked for once; nothing is missing then, for it has no such thing."""

    _lacks: frozenset[str] = frozenset()

    def wait_for_turn(self, request: Request) -> None:
        """Wait as the request would, for one that goes another way; TryLater where that takes too long."""
        turn = self._turns.take(request, self._world.now() + timedelta(seconds=self._limits.total))
        if isinstance(turn, Refuse):
            raise self._error(request, turn)

    def send(self, request: Request) -> Response:
        """See `Gate.send`; a query that was refused for parts that may lack is sent again without them."""
        while True:
            answer = super().send(fitted(request, self._lacks))
            lacking = lacking_in(answer) - self._lacks if request.kind is Kind.GRAPHQL else frozenset()
            if not lacking or (FILTER in lacking and "issueType" in self._lacks):
                # Where issues have no types none can be chosen by its type: the refusal stands, and is told.
                return answer
            self._lacks |= lacking


def lacking_in(answer: Response) -> frozenset[str]:
    """The optional parts that the answer says the server does not know."""
    if not any(hint in answer.body for hint in _HINTS):
        return frozenset()
    troubles = api.read_answer(answer).troubles
    fields = OPTIONAL & {name for each in troubles for name in _UNKNOWN.findall(each.message)}
    return fields | {FILTER} if any(_NO_FILTER.search(each.message) for each in troubles) else fields


def fitted(request: Request, lacks: Collection[str]) -> Request:
    """The same question without what the server lacks."""
    if not lacks or request.kind is not Kind.GRAPHQL:
        return request
    query, variables = request.body["query"], dict(request.body["variables"])
    if names := "|".join(sorted(OPTIONAL & frozenset(lacks))):
        query = re.sub(rf"^[ ]*(?:{names})\b.*\n", "", query, flags=re.MULTILINE)
    if FILTER in lacks and "filter" in variables:
        variables["filter"] = {name: value for name, value in variables["filter"].items() if name != "type"}
    return replace(request, body={**request.body, "query": query, "variables": variables})
