"""A gate that learns from a server's own refusals which parts of an issue it does not know, and asks without them."""

import re
from collections.abc import Collection
from dataclasses import replace

from connectors.github import api
from connectors.http import Gate
from connectors.wire import Kind, Request, Response

# An Enterprise Server knows them from some version on, or not at all; each stands on a line of its own.
OPTIONAL = frozenset({"blockedBy", "blocking", "issueType", "parent"})
_UNKNOWN = re.compile(r"Field '(\w+)' doesn't exist on type 'Issue'")
_HINT = b"exist on type"


class Capable(Gate):
    """What a server does not know is asked for once; nothing is missing then, for it has no such thing."""

    _lacks: frozenset[str] = frozenset()

    def send(self, request: Request) -> Response:
        """See `Gate.send`; a query that was refused for parts that may lack is sent again without them."""
        while True:
            answer = super().send(fitted(request, self._lacks))
            lacking = lacking_in(answer) - self._lacks if request.kind is Kind.GRAPHQL else frozenset()
            if not lacking:
                return answer
            self._lacks |= lacking


def lacking_in(answer: Response) -> frozenset[str]:
    """The optional parts that the answer says the server does not know."""
    if _HINT not in answer.body:
        return frozenset()
    troubles = api.read_answer(answer).troubles
    return OPTIONAL & {name for each in troubles for name in _UNKNOWN.findall(each.message)}


def fitted(request: Request, lacks: Collection[str]) -> Request:
    """The same question without what the server lacks."""
    if not lacks or request.kind is not Kind.GRAPHQL:
        return request
    without = re.compile(rf"^[ ]*(?:{'|'.join(sorted(lacks))})\b.*\n", re.MULTILINE)
    return replace(request, body={**request.body, "query": without.sub("", request.body["query"])})
