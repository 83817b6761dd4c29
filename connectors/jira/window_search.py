"""Every ticket of a Data Center's search, window by window, with the pages of a window read side by side."""

from collections.abc import Callable, Generator, Iterator
from contextlib import closing

from connectors.http import ApiClient
from connectors.jira import window_api
from connectors.jira.window_api import MAX_OFFSET, Page, Row
from connectors.wire import Response
from hub.model.errors import CredentialsRefused, QueryRefused, SourceError

# So often a window is read again when rows went missing between its pages.
MAX_ROUNDS = 3


class DataCenterSearch:
    """One enumeration; what is lost on the way is told to `gap`, and ends it.

    `size` is how many rows the server gives at once, known as soon as the first row is.
    """

    def __init__(self, client: ApiClient, query: str, gap: Callable[[str], None]) -> None:
        self.size = window_api.PAGE_SIZE
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
        requests = (
            window_api.search_page(self._query, since, start, min(self.size, MAX_OFFSET - start)) for start in starts
        )
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
            return self._read(self._client.send(window_api.search_page(self._query, since, 0, self.size)))
        except (CredentialsRefused, QueryRefused) as refused:
            if since is None and not self._seen:
                raise
            self._gap(refused.detail)
        except SourceError as error:
            self._gap(error.detail)
        return None

    def _read(self, answer: Response) -> Page | None:
        try:
            return window_api.read_page(answer)
        except ValueError as error:
            self._gap(str(error))
            return None
