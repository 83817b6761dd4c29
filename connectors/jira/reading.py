"""Reading what a query finds: ids first, then the tickets themselves, many pages at a time."""

from collections.abc import Iterator, Sequence
from contextlib import closing
from itertools import islice
from typing import Any

from connectors.base import World
from connectors.flow import ahead
from connectors.http import Gate
from connectors.jira import api
from connectors.jira.dialect import CLOUD, Dialect
from connectors.jira.normalise import normalise
from connectors.jira.terms import Reading
from connectors.jira.window_search import WindowSearch
from connectors.shared.settings import is_okr
from connectors.wire import Request, Response
from hub.model.errors import CredentialsRefused, QueryRefused, SourceError
from hub.model.initiative import Gap, Initiative

# After so many pages in a row that failed, the site is down rather than unlucky.
MOST_FAILURES = 20
MOST_BARREN = 10
IN_CIRCLES = "the search goes in circles: pages come again, or bring nothing new"


class Pull:
    """One run over what queries find; what fails becomes a gap and the rest goes on."""

    def __init__(self, gate: Gate, reading: Reading, world: World, dialect: Dialect = CLOUD) -> None:
        self.initiatives: list[Initiative] = []
        self.gaps: dict[Gap, None] = {}
        self._gate = gate
        self._reading = reading
        self._world = world
        self._dialect = dialect
        self._missing: dict[str, None] = {}
        self._failures = 0
        self._size = reading.settings.page_size

    def run(self) -> None:
        """Everything that the configured query finds."""
        self.read(self.found(self._reading.settings.query))

    @property
    def complete(self) -> bool:
        """Whether nothing was lost so far but single tickets."""
        return all(gap.key is not None for gap in self.gaps)

    def found(self, query: str, fresh: Sequence[str] = ()) -> Iterator[str]:
        """The ids that a query finds, as they come; those in `fresh` as they are now, not as the index has them."""
        if self._dialect.windows:
            return (id_ for id_, _ in self.dated(query))
        return self._found(query, fresh)

    def dated(self, query: str) -> Iterator[tuple[str, str]]:
        """What a search without tokens gives, with the times of changes; it shows how much may be fetched at once."""
        search = WindowSearch(self._gate, query, self._gap)
        for row in search.rows():
            self._size = min(self._size, search.size)
            yield row.id, row.updated

    def read(self, ids: Iterator[str]) -> None:
        """Fetch what was found while the search goes on; what does not come back is a gap of its own."""
        for id_ in self.absent(ids):
            self._gap("found by the search, but not to be read", id_, f"hidden:{id_}")

    def absent(self, ids: Iterator[str]) -> tuple[str, ...]:
        """Fetch; those that did not come back, asked for twice."""
        self._missing = {}
        self._fetch(ids, last=False)
        if self._missing and not self._given_up:
            missing, self._missing = tuple(self._missing), {}
            self._fetch(iter(missing), last=True)
        return () if self._given_up else tuple(self._missing)

    def _found(self, query: str, reconcile: Sequence[str]) -> Iterator[str]:
        """Ids as the search gives them, each once; the search goes on while what it found is fetched."""
        seen: set[str] = set()
        barren = 0
        with closing(ahead(self._pages(query, reconcile))) as pages:
            for page in pages:
                fresh = [id_ for id_ in dict.fromkeys(page) if id_ not in seen]
                seen.update(fresh)
                barren = 0 if fresh else barren + 1
                yield from fresh
                if barren >= MOST_BARREN:
                    return self._gap(IN_CIRCLES)
        return None

    def _pages(self, query: str, reconcile: Sequence[str]) -> Iterator[tuple[str, ...]]:
        """One page after the other; one that was lost ends the search with a gap."""
        tokens: set[str | None] = set()
        token: str | None = None
        while token not in tokens:
            tokens.add(token)
            page = self._page(query, token, reconcile)
            yield page.ids if page else ()
            if page is None or page.next_token is None:
                return
            token = page.next_token
        self._gap(IN_CIRCLES)

    def _page(self, query: str, token: str | None, reconcile: Sequence[str]) -> api.IdPage | None:
        """One page of the search; only a first page that is refused is worth raising."""
        size = self._reading.settings.id_page
        try:
            return api.id_page(self._gate.send(api.search_ids(query, size, token, reconcile)))
        except (CredentialsRefused, QueryRefused) as refused:
            if token is None:
                raise
            self._gap(refused.what)
        except SourceError as error:
            self._gap(error.what)
        except ValueError as error:
            self._gap(str(error))
        return None

    def _fetch(self, ids: Iterator[str], *, last: bool) -> None:
        asked: list[tuple[str, ...]] = []
        with closing(self._gate.send_all(self._requests(ids, asked))) as answers:
            for at, answer in enumerate(answers):
                why = answer.what if isinstance(answer, SourceError) else self._taken(asked[at], answer)
                if why is not None:
                    self._failed(asked[at], why, last=last)
                if self._given_up:
                    return self._gap(f"too many pages failed in a row, the rest was not asked for: {why}")
        return None

    def _requests(self, ids: Iterator[str], asked: list[tuple[str, ...]]) -> Iterator[Request]:
        fields = self._fields
        for first in ids:
            # How many may be asked for at once is known for sure only when the search has begun.
            chunk = (first, *islice(ids, self._size - 1))
            asked.append(chunk)
            yield self._dialect.fetch(chunk, fields)

    @property
    def _given_up(self) -> bool:
        return self._failures >= MOST_FAILURES

    def _taken(self, wanted: Sequence[str], answer: Response) -> str | None:
        """Keep what came; the fault of a page that cannot be read, else nothing."""
        try:
            issues = api.fetched(answer)
        except ValueError as error:
            return str(error)
        self._failures = 0
        if len(issues) < len(wanted):
            # What the server leaves out because it gives fewer at once is asked for again, in smaller portions.
            self._size = min(self._size, api.rows_at_once(answer, len(wanted)))
        came: set[str] = set()
        for issue in issues:
            row = self._kept(issue)
            came |= {str(issue.get("id")), str(issue.get("key"))} if isinstance(issue, dict) else set()
            if row is not None:
                self.gaps[row] = None
        self._missing.update((id_, None) for id_ in wanted if id_ not in came)
        self._world.progress("tickets", len(self.initiatives))
        return None

    def _kept(self, issue: Any) -> Gap | None:
        """Keep one row, unless it is no work but an OKR; the gap that it is where it makes no sense."""
        made = normalise(issue, self._reading)
        if isinstance(made, Gap):
            return made
        if not is_okr(self._reading.settings.okrs, made.kind, made.labels):
            self.initiatives.append(made)
        return None

    @property
    def _fields(self) -> tuple[str, ...]:
        return self._reading.layout.fields

    def _failed(self, wanted: Sequence[str], why: str, *, last: bool) -> None:
        """A page that fails twice makes the whole source unreliable."""
        self._failures += 1
        if last:
            self._gap(why)
        else:
            self._missing.update(dict.fromkeys(wanted))

    def _gap(self, why: str, key: str | None = None, name: str = "") -> None:
        self.gaps[Gap(self._reading.connector, why, key, name)] = None
