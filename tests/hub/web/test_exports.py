"""Lists as CSV over HTTP: all rows in the order of the page, for the same readers, with nothing private."""

import csv
import io
import re
from collections.abc import Iterator

import httpx
import pytest
from lxml import html

from hub.model.errors import ConfigError, Problem
from hub.usecases.assess import StoredState
from hub.web.exports import exports
from tests.builders import an_initiative
from tests.hub.web.served_snapshot import FakeSnapshotSource, a_site, read_of, reading
from tests.hub.web.snapshots import SECRET, SECRET_TITLE, with_a_secret

MANY = (
    *(an_initiative(f"jira:ACME-{n}", title=f"Wörk {n % 7}") for n in range(1, 121)),
    an_initiative("jira:ACME-500", title="=HYPERLINK(1)", serves="dau"),
    an_initiative("jira:ACME-501", title=f"Prepare {SECRET_TITLE}", serves=SECRET),
)
NAMES = [export.name for export in exports()]


@pytest.fixture(name="looks")
def some_looks() -> FakeSnapshotSource:
    return FakeSnapshotSource(with_a_secret(), StoredState(read_of(*MANY)))


@pytest.fixture(name="reader")
def a_reader(looks: FakeSnapshotSource) -> Iterator[httpx.Client]:
    with reading(a_site(looks)) as client:
        yield client


def rows(answer: httpx.Response) -> list[dict[str, str]]:
    assert answer.status_code == 200
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"), newline="")))


def keys_on_pages(reader: httpx.Client, address: str) -> Iterator[str]:
    """What stands in the column of keys, page by page."""
    while address:
        page = html.fromstring(reader.get(address).text)
        yield from page.xpath("//tr[@data-row]/td[@class='key']/text()")
        address = (page.xpath("//a[@rel='next']/@href") or [""])[0]


@pytest.mark.parametrize(
    "query", ["", "?sort=title", "?sort=-key", "?team=product&state=active&sort=-findings", "?text=work+3"]
)
def test_csv_holds_all_rows_of_the_page_in_its_order(reader: httpx.Client, query: str) -> None:
    in_csv = [row["Key"] for row in rows(reader.get(f"/tickets.csv{query}"))]
    assert in_csv == list(keys_on_pages(reader, f"/tickets{query}"))
    assert len(in_csv) > 15


@pytest.mark.parametrize("query", ["", "?group=team", "?group=none&sort=title", "?text=work+3"])
def test_csv_of_findings_is_in_the_order_of_the_groups_of_its_page(reader: httpx.Client, query: str) -> None:
    on_page = html.fromstring(reader.get(f"/findings{query}").text).xpath(
        "//*[@data-row]/p[@class='about']/*[1]/text()"
    )
    in_csv = [row["Title"].removeprefix("'") for row in rows(reader.get(f"/findings.csv{query}"))]
    assert in_csv[: len(on_page)] == on_page
    assert len(on_page) > 10


@pytest.mark.parametrize("name", NAMES)
def test_a_download_is_named_typed_and_cached_for_its_reader_alone(reader: httpx.Client, name: str) -> None:
    answer = reader.get(f"/{name}.csv")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["content-disposition"] == f'attachment; filename="{name}.csv"'
    assert answer.headers["cache-control"] == "private, no-cache"
    again = reader.get(f"/{name}.csv", headers={"If-None-Match": answer.headers["etag"]})
    assert again.status_code == 304
    assert len(rows(answer)) > 1


@pytest.mark.parametrize("name", NAMES)
def test_a_list_and_its_csv_have_the_same_number_of_rows(reader: httpx.Client, name: str) -> None:
    page = html.fromstring(reader.get(f"/{name}").text)
    number = re.search(r"[\d,]+", page.xpath("string(//p[@class='summary'])"))
    assert number is not None
    (link,) = page.xpath("//a[@download]/@href")
    assert len(rows(reader.get(link))) == int(number[0].replace(",", ""))


@pytest.mark.parametrize("name", NAMES)
def test_nothing_private_is_in_a_download_but_for_its_audience(looks: FakeSnapshotSource, name: str) -> None:
    with reading(a_site(looks)) as outside, reading(a_site(looks), teams="product") as inside:
        said = outside.get(f"/{name}.csv").text
        assert SECRET not in said
        assert SECRET_TITLE not in said
        for query in (f"?text={SECRET}", f"?text={SECRET_TITLE}"):
            assert rows(outside.get(f"/{name}.csv{query}")) == []
        if name in ("tickets", "findings"):
            assert rows(outside.get(f"/{name}.csv?key_result={SECRET}")) == []
        if name in ("tickets", "key-results"):
            assert SECRET in inside.get(f"/{name}.csv").text


def test_whoever_is_not_signed_in_gets_no_download(looks: FakeSnapshotSource) -> None:
    with reading(a_site(looks), role=None) as nobody:
        assert nobody.get("/tickets.csv").status_code in (302, 303, 307, 401)
    with reading(a_site(looks), role="stranger") as stranger:
        assert stranger.get("/tickets.csv").status_code == 403


def test_a_title_that_looks_like_a_formula_is_text_in_the_download(reader: httpx.Client) -> None:
    (row,) = rows(reader.get("/tickets.csv?key_result=dau"))
    assert row["Title"] == "'=HYPERLINK(1)"


def test_a_fault_of_the_files_is_told_without_their_words(looks: FakeSnapshotSource) -> None:
    looks.fault = ConfigError([Problem("okrs/q4.toml:12", "key_result", "secret-merger is linked nowhere")])
    with reading(a_site(looks), role="admin") as reader:
        answer = reader.get("/tickets.csv")
        assert (answer.status_code, "secret-merger" in answer.text) == (503, False)
