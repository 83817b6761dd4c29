"""Why a key result's query was not answered, in words that repeat nothing of a private key result.

Trackers repeat in their errors what they are asked, such as a project or a field, and so does what the hub says of it.
"""

from hub.core.checking.redaction import redact_words
from hub.core.mapping.okr_tables import overlapping_key_results
from hub.model.errors import CredentialsRefused, QueryRefused, RetryLater, SourceError
from hub.model.initiative import CANNOT
from hub.model.measure import CANNOT_MEASURE, NOT_MEASURED
from hub.model.okr import Okrs

REFUSED = "the tracker refuses the query"
NOT_ALLOWED = "the account may not ask this"
NO_ANSWER = "the tracker did not answer"
NO_RESULT = "the query gave no result that can be used"
_GENERAL_REASONS = frozenset({REFUSED, NOT_ALLOWED, NO_ANSWER, NO_RESULT, CANNOT, CANNOT_MEASURE, NOT_MEASURED})

PrivateQueries = frozenset[tuple[str, str]]
"""Connectors, each with a query."""


def private_queries(okrs: Okrs) -> PrivateQueries:
    """What private key results ask, also where a public one asks the same."""
    key_results = (*okrs.key_results.values(), *overlapping_key_results(okrs).values()) if okrs.private else ()
    asking = [key_result for key_result in key_results if key_result.private]
    work = ((work.connector, work.query) for key_result in asking for work in key_result.work)
    measures = (key_result.measure for key_result in asking if key_result.measure is not None)
    return frozenset((*work, *((measure.connector, measure.query) for measure in measures)))


def kind_of(error: SourceError) -> str:
    """What is said and stored of an error whose own words may repeat a private query."""
    kinds = ((QueryRefused, REFUSED), (CredentialsRefused, NOT_ALLOWED), (RetryLater, NO_ANSWER))
    return next((text for kind, text in kinds if isinstance(error, kind)), NO_RESULT)


def error_text(error: SourceError, query: tuple[str, str], private: PrivateQueries) -> str:
    """What is stored of the error: its own words, or its kind where a private key result asks."""
    return kind_of(error) if query in private else error.detail


def redact_error(text: str, query: tuple[str, str], private: PrivateQueries, okrs: Okrs) -> str:
    """What is said of a stored error: the key result may have become private since."""
    if query in private:
        return text if not text or text in _GENERAL_REASONS else NO_RESULT
    return redact_words(text, okrs)


def no_connector(name: str) -> str:
    """What is said of a connector that the configuration does not have."""
    return f"no connector is called {name}"
