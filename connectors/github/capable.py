"""The gate to GitHub: it learns from a server's own refusals what that does not know, and asks without it."""

import re
from collections.abc import Collection
from dataclasses import replace
from datetime import timedelta

from connectors.github import api
from connectors.http import ApiClient
from connectors.wire import CallKind, Fail, Request, Response

# An Enterprise Server knows them from some version on, or not at all; each stands on a line of its own.
OPTIONAL = frozenset({"blockedBy", "blocking", "closedByPullRequestsReferences", "issueType", "parent", "stateReason"})
_UNKNOWN = re.compile(r"Field '(\w+)' doesn't exist on type 'Issue'")
_NO_FILTER = re.compile(r"of type IssueFilters!? was provided invalid value for type \(Field is not defined")
# Issues can be chosen by type on the server's side; whoever cannot do that may know the types all the same.
FILTERS = "IssueFilters"
FILTER = "IssueFilters.type"
_ERROR_MARKERS = (b"exist on type", FILTERS.encode())


class FeatureDetectingClient(ApiClient):
    """What a server does not know is asked for once; nothing is missing then, for it has no such thing."""

    _missing_features: frozenset[str] = frozenset()

    def wait_for_slot(self, request: Request) -> None:
        """Wait as the request would, for one that goes another way; TryLater where that takes too long."""
        slot = self._throttle.acquire(request, self._context.now() + timedelta(seconds=self._limits.total))
        if isinstance(slot, Fail):
            raise self._error(request, slot)

    def send(self, request: Request) -> Response:
        """See `Gate.send`; a query that was refused for parts that may lack is sent again without them."""
        while True:
            answer = super().send(without_features(request, self._missing_features))
            missing = (
                missing_features_in(answer) - self._missing_features
                if request.kind is CallKind.GRAPHQL
                else frozenset()
            )
            if not missing or (FILTER in missing and "issueType" in self._missing_features):
                # Where issues have no types none can be chosen by its type: the refusal stands, and is told.
                return answer
            self._missing_features |= missing


def missing_features_in(answer: Response) -> frozenset[str]:
    """The optional parts that the answer says the server does not know."""
    if not any(hint in answer.body for hint in _ERROR_MARKERS):
        return frozenset()
    errors = api.read_answer(answer).errors
    fields = OPTIONAL & {name for error in errors for name in _UNKNOWN.findall(error.message)}
    return fields | {FILTER} if any(_NO_FILTER.search(error.message) for error in errors) else fields


def without_features(request: Request, missing: Collection[str]) -> Request:
    """The same question without what the server lacks."""
    if not missing or request.kind is not CallKind.GRAPHQL:
        return request
    query, variables = request.body["query"], dict(request.body["variables"])
    if names := "|".join(sorted(OPTIONAL & frozenset(missing))):
        query = re.sub(rf"^[ ]*(?:{names})\b.*\n", "", query, flags=re.MULTILINE)
    if FILTER in missing and "filter" in variables:
        variables["filter"] = {name: value for name, value in variables["filter"].items() if name != "type"}
    return replace(request, body={**request.body, "query": query, "variables": variables})
