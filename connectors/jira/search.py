"""Reads what a query finds: on Cloud the ids first and then the tickets, on Data Center by keyset paging."""

from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing
from itertools import islice
from typing import Any

from connectors.base import ConnectorContext
from connectors.http.client import ApiClient
from connectors.http.messages import Request, Response
from connectors.http.throttle import prefetch
from connectors.jira import api
from connectors.jira.api import MAX_OFFSET, Page, Row
from connectors.jira.normalise import normalise
from connectors.jira.server_info import CLOUD, Dialect
from connectors.jira.settings import JiraSettings
from connectors.jira.values import NormaliseContext
from connectors.shared.settings import is_okr
from hub.model.errors import CredentialsRefused, QueryRefused, SourceError
from hub.model.initiative import Gap, Initiative

# So often a window is read again when rows went missing between its pages.
MAX_ROUNDS = 3


class DataCenterSearch:
    """One enumeration; what is lost on the way is told to `gap`, and ends it.

    `size` is how many rows the server gives at once, known as soon as the first row is.
    """

    def __init__(self, client: ApiClient, query: str, gap: Callable[[str], None]) -> None:
        self.size = api.PAGE_SIZE
        self._client = client
        self._query = query
        self._gap = gap
        self._seen: set[str] = set()
        self._latest: int | None = None

    def rows(self) -> Iterator[Row]:
        """The tickets, each once; a refusal of the very first page is raised."""
        has_more = True
        while has_more:
            since = self._latest
            has_more = yield from self._keyset_batch(since)
            if has_more and self._latest == since:
                return self._gap(f"more than {MAX_OFFSET} tickets were created at the same time")
        return None

    def _keyset_batch(self, since: int | None) -> Generator[Row, None, bool]:
        """The fresh tickets of a window; says whether there is another window behind it."""
        batch_ids: set[str] = set()
        for _ in range(MAX_ROUNDS):
            total = 0
            for page in self._pages(since):
                if page is None:
                    return False
                total = page.total
                batch_ids.update(row.id for row in page.rows)
                yield from self._new_rows(page)
            if len(batch_ids) >= min(total, MAX_OFFSET):
                return total > MAX_OFFSET
        self._gap("tickets came and went between the pages of the search")
        return False

    def _new_rows(self, page: Page) -> Iterator[Row]:
        for row in page.rows:
            self._latest = max(row.created, self._latest or 0)
            if row.id not in self._seen:
                self._seen.add(row.id)
                yield row

    def _pages(self, since: int | None) -> Iterator[Page | None]:
        """The first page says how many more there are; None for one that is lost."""
        first = self._first(since)
        yield first
        if first is None:
            return
        self.size = max(1, first.size)
        starts = range(self.size, min(first.total, MAX_OFFSET), self.size)
        requests = (api.search_page(self._query, since, start, min(self.size, MAX_OFFSET - start)) for start in starts)
        with closing(self._client.send_all(requests)) as answers:
            for answer in answers:
                if isinstance(answer, SourceError):
                    self._gap(answer.detail)
                    yield None
                else:
                    yield self._read(answer)

    def _first(self, since: int | None) -> Page | None:
        """The page that opens a window; only when it opens the search is its refusal worth raising."""
        try:
            return self._read(self._client.send(api.search_page(self._query, since, 0, self.size)))
        except (CredentialsRefused, QueryRefused) as refused:
            if since is None and not self._seen:
                raise
            self._gap(refused.detail)
        except SourceError as error:
            self._gap(error.detail)
        return None

    def _read(self, answer: Response) -> Page | None:
        try:
            return api.read_page(answer)
        except ValueError as error:
            self._gap(str(error))
            return None


# After so many pages in a row that failed, the site is down rather than unlucky.
MAX_FAILURES = 20
MAX_EMPTY_PAGES = 10
SEARCH_LOOPS = "the search does not advance: its pages repeat or bring nothing new"


def first_request(query: str, settings: JiraSettings, dialect: Dialect) -> Request:
    """What the search for all that a query finds begins with."""
    if dialect.offset_paging:
        return api.search_page(query, None, 0, api.PAGE_SIZE)
    return api.search_ids(query, settings.id_page_size)


class QuerySearch:
    """One run over what queries find; what fails becomes a gap and the rest goes on."""

    def __init__(
        self,
        client: ApiClient,
        normalise_context: NormaliseContext,
        context: ConnectorContext,
        dialect: Dialect = CLOUD,
    ) -> None:
        self.initiatives: list[Initiative] = []
        self.gaps: dict[Gap, None] = {}
        self._client = client
        self._normalise_context = normalise_context
        self._context = context
        self._dialect = dialect
        self._missing: dict[str, None] = {}
        self._failures = 0
        self._size = normalise_context.settings.page_size

    def run(self) -> None:
        """Everything that the configured query finds."""
        self.read(self.find_ids(self._normalise_context.settings.query))

    @property
    def complete(self) -> bool:
        """Whether nothing was lost so far but single tickets."""
        return all(gap.key is not None for gap in self.gaps)

    def find_ids(self, query: str, reconcile_ids: Sequence[str] = ()) -> Iterator[str]:
        """The ids that a query finds, as they come.

        Those in `reconcile_ids` as they are now, not as the index has them.
        """
        if self._dialect.offset_paging:
            return (id_ for id_, _ in self.find_dated_ids(query))
        return self._find_ids(query, reconcile_ids)

    def find_dated_ids(self, query: str) -> Iterator[tuple[str, str]]:
        """What a search without tokens gives, with the times of changes; it shows how much may be fetched at once."""
        search = DataCenterSearch(self._client, query, self._gap)
        for gap in search.rows():
            self._size = min(self._size, search.size)
            yield gap.id, gap.updated

    def read(self, ids: Iterator[str]) -> None:
        """Fetch what was found while the search goes on; what does not come back is a gap of its own."""
        for id_ in self.absent(ids):
            self._gap("found by the search, but not to be read", id_, f"hidden:{id_}")

    def absent(self, ids: Iterator[str]) -> tuple[str, ...]:
        """Fetch; those that did not come back, asked for twice."""
        self._missing = {}
        self._fetch(ids, last=False)
        if self._missing and not self._has_stopped:
            missing, self._missing = tuple(self._missing), {}
            self._fetch(iter(missing), last=True)
        return () if self._has_stopped else tuple(self._missing)

    def _find_ids(self, query: str, reconcile_ids: Sequence[str]) -> Iterator[str]:
        """Ids as the search gives them, each once; the search goes on while what it found is fetched."""
        seen: set[str] = set()
        empty_pages = 0
        with closing(prefetch(self._pages(query, reconcile_ids))) as pages:
            for page in pages:
                new_ids = [id_ for id_ in dict.fromkeys(page) if id_ not in seen]
                seen.update(new_ids)
                empty_pages = 0 if new_ids else empty_pages + 1
                yield from new_ids
                if empty_pages >= MAX_EMPTY_PAGES:
                    return self._gap(SEARCH_LOOPS)
        return None

    def _pages(self, query: str, reconcile_ids: Sequence[str]) -> Iterator[tuple[str, ...]]:
        """One page after the other; one that was lost ends the search with a gap."""
        tokens: set[str | None] = set()
        token: str | None = None
        while token not in tokens:
            tokens.add(token)
            page = self._page(query, token, reconcile_ids)
            yield page.ids if page else ()
            if page is None or page.next_token is None:
                return
            token = page.next_token
        self._gap(SEARCH_LOOPS)

    def _page(self, query: str, token: str | None, reconcile_ids: Sequence[str]) -> api.IdPage | None:
        """One page of the search; only a first page that is refused is worth raising."""
        size = self._normalise_context.settings.id_page_size
        try:
            return api.id_page(self._client.send(api.search_ids(query, size, token, reconcile_ids)))
        except (CredentialsRefused, QueryRefused) as refused:
            if token is None:
                raise
            self._gap(refused.detail)
        except SourceError as error:
            self._gap(error.detail)
        except ValueError as error:
            self._gap(str(error))
        return None

    def _fetch(self, ids: Iterator[str], *, last: bool) -> None:
        chunks: list[tuple[str, ...]] = []
        with closing(self._client.send_all(self._requests(ids, chunks))) as answers:
            for at, answer in enumerate(answers):
                reason = answer.detail if isinstance(answer, SourceError) else self._store_page(chunks[at], answer)
                if reason is not None:
                    self._record_failure(chunks[at], reason, last=last)
                if self._has_stopped:
                    return self._gap(f"too many pages failed in a row, the remaining ones were not requested: {reason}")
        return None

    def _requests(self, ids: Iterator[str], chunks: list[tuple[str, ...]]) -> Iterator[Request]:
        fields = self._fields
        for first in ids:
            # How many may be asked for at once is known for sure only when the search has begun.
            chunk = (first, *islice(ids, self._size - 1))
            chunks.append(chunk)
            yield self._dialect.fetch(chunk, fields)

    @property
    def _has_stopped(self) -> bool:
        return self._failures >= MAX_FAILURES

    def _store_page(self, ids: Sequence[str], answer: Response) -> str | None:
        """Keep what came; the fault of a page that cannot be read, else nothing."""
        try:
            issues = api.issues_in(answer)
        except ValueError as error:
            return str(error)
        self._failures = 0
        if len(issues) < len(ids):
            # What the server leaves out because it gives fewer at once is asked for again, in smaller portions.
            self._size = min(self._size, api.page_limit(answer, len(ids)))
        received: set[str] = set()
        for issue in issues:
            gap = self._store_row(issue)
            received |= {str(issue.get("id")), str(issue.get("key"))} if isinstance(issue, dict) else set()
            if gap is not None:
                self.gaps[gap] = None
        self._missing.update((id_, None) for id_ in ids if id_ not in received)
        self._context.progress("tickets", len(issues))
        return None

    def _store_row(self, issue: Any) -> Gap | None:
        """Keep one row, unless it is no work but an OKR; the gap that it is where it makes no sense."""
        ticket = normalise(issue, self._normalise_context)
        if isinstance(ticket, Gap):
            return ticket
        if not is_okr(self._normalise_context.settings.okrs, ticket.kind, ticket.labels):
            self.initiatives.append(ticket)
        return None

    @property
    def _fields(self) -> tuple[str, ...]:
        return self._normalise_context.field_map.fields

    def _record_failure(self, ids: Sequence[str], reason: str, *, last: bool) -> None:
        """A page that fails twice makes the whole source unreliable."""
        self._failures += 1
        if last:
            self._gap(reason)
        else:
            self._missing.update(dict.fromkeys(ids))

    def _gap(self, reason: str, key: str | None = None, name: str = "") -> None:
        self.gaps[Gap(self._normalise_context.connector, reason, key, name)] = None
