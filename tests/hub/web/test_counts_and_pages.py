"""Every number that is a link leads to exactly what it counts, over all pages of the list, in any portfolio."""

import re
from collections.abc import Iterator
from urllib.parse import urldefrag

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from lxml import html
from lxml.html import HtmlElement
from starlette.testclient import TestClient

from hub.model.finding import Waiver
from hub.model.initiative import Initiative
from hub.model.okr import Okrs
from hub.usecases.assess import StoredState
from hub.web.app import make_app
from hub.web.snapshot_cache import LoopbackAuth, SnapshotCache, WebDependencies
from rules.registry import ALL_RULES
from tests.builders import TODAY, an_initiative
from tests.hub.pipeline.portfolios import okrs, tickets
from tests.hub.web.served_snapshot import NOW, FakeSnapshotSource, read_of
from tests.hub.web.snapshots import with_a_secret

LISTS = (
    "/",
    "/findings",
    "/findings?group=team",
    "/findings?severity=warning&group=none",
    "/findings?waived=yes",
    "/teams",
    "/teams?sort=-errors",
    "/key-results",
    "/key-results?team=product",
    "/tickets",
    "/tickets?state=active&sort=-findings",
    "/tickets?team=-",
    "/rules",
    "/search?q=acme",
    "/search?q=title",
    "/search?q=work",
    "/trends",
    "/audit",
)
BARE_NUMBER = re.compile(r"[\d,]+\+?( (findings?|tickets?|key results?|teams?|rules?|more))?")


class Reader:
    """Reads pages once, and follows lists to their ends."""

    def __init__(self, client: TestClient) -> None:
        self._client = client
        self._pages: dict[str, HtmlElement] = {}

    def page(self, address: str) -> HtmlElement:
        path, _ = urldefrag(address)
        if path not in self._pages:
            answer = self._client.get(path)
            assert answer.status_code == 200, f"{path}: {answer.status_code}"
            self._pages[path] = html.fromstring(answer.text)
        return self._pages[path]

    def rows(self, address: str) -> int:
        """The rows of the list at an address, over all its pages; only of the part that the fragment names."""
        path, fragment = urldefrag(address)
        count = 0
        while path:
            page = self.page(path)
            (part,) = page.xpath(f"//*[@id='{fragment}']") if fragment else (page,)
            count += len(part.xpath(".//*[@data-row]"))
            onward = part.xpath(".//a[@rel='next']/@href")
            path = urldefrag(onward[0])[0] if onward else ""
        return count


def text(element: HtmlElement) -> str:
    """What people see, without the words for screen readers."""
    hidden = {id(part) for part in element.xpath(".//*[@class='hidden']")}
    shown = [node for node in element.xpath(".//text()") if id(node.getparent()) not in hidden]
    return " ".join("".join(shown).split())


def counted(page: HtmlElement) -> Iterator[tuple[str, int]]:
    """The addresses and numbers of links; a number without the mark of a counted link fails."""
    for link in page.xpath("//a[@href]"):
        number, shown = link.get("data-count"), text(link)
        if number is None:
            is_run = link.get("href").startswith("/runs/")
            assert is_run or not BARE_NUMBER.fullmatch(shown), f"{shown!r} is a number without data-count"
        else:
            written = re.search(r"[\d,]+", shown)
            assert written is not None, f"{shown!r} has no number"
            assert int(written[0].replace(",", "")) == int(number), f"{shown!r} is not {number}"
            yield link.get("href"), int(number)


def options(page: HtmlElement) -> Iterator[tuple[str, int]]:
    """The choices of a filter that say how many rows they lead to, as what the form sends."""
    for form in page.xpath("//form[@class='filter']"):
        (fields := dict(form.form_values())).pop("page", None)
        for option in form.xpath(".//select/option"):
            number = re.search(r"\(([\d,]+)\)$", text(option))
            if number:
                name = option.getparent().get("name")
                query = "&".join(f"{key}={value}" for key, value in {**fields, name: option.get("value")}.items())
                yield f"{form.get('action')}?{query}", int(number[1].replace(",", ""))


def badges(page: HtmlElement) -> Iterator[tuple[str, str]]:
    """The badges of boxes on the map that are links: where they lead, and what they show."""
    for link in page.xpath("//a[@href][.//*[contains(@class, 'badge')]]"):
        (shown,) = link.xpath(".//*[contains(@class, 'badge')]//*[local-name()='text']") or (None,)
        if shown is not None:
            yield link.get("href"), shown.text


def addresses(reader: Reader, known: Okrs, some: tuple[Initiative, ...]) -> Iterator[str]:
    yield from LISTS
    yield from (f"/teams/{team}" for team in known.teams)
    yield from (f"/key-results/{id_}" for id_, key_result in known.key_results.items() if not key_result.private)
    yield from (str(link) for link in reader.page("/tickets").xpath("//tbody/tr/th/a/@href")[:3])
    yield from {str(link) for link in reader.page("/findings").xpath("//h2/a[1]/@href")}
    assert len(some) >= len(reader.page("/tickets").xpath("//*[@data-row]"))


def assert_counts_and_pages_agree(client: TestClient, known: Okrs, some: tuple[Initiative, ...]) -> int:
    reader, seen = Reader(client), set()
    for address in addresses(reader, known, some):
        page, path = reader.page(address), urldefrag(address)[0].partition("?")[0]
        for target, number in counted(page):
            if (target, number) not in seen:
                assert reader.rows(target) == number, f"{address} says {number}, {target} has {reader.rows(target)}"
                seen.add((target, number))
        if path not in ("/", "/trends"):
            for choice, number in options(page):
                target = choice if choice.startswith("/") else f"{path}{choice[choice.index('?') :]}#tickets"
                assert reader.rows(target) == number, f"{address} offers {number}, {target} has {reader.rows(target)}"
        for target, shown in badges(page):
            listed = reader.page(target).xpath("//section[@id='findings']//h2//a/@data-count")
            assert listed[:1] == [shown] or (shown == "99+" and int(listed[0]) > 99), f"{address}: {shown} at {target}"
        for table in page.xpath("//table[@data-total]"):
            if not table.get("id"):
                assert reader.rows(f"{address.partition('#')[0]}") >= int(table.get("data-total"))
    return len(seen)


def waivers(some: tuple[Initiative, ...]) -> tuple[Waiver, ...]:
    """Some findings of the first tickets are waived."""
    until = TODAY.replace(month=12)
    return tuple(
        Waiver("initiative-without-key-result", str(ticket.ref), "agreed", "the team", until) for ticket in some[:2]
    )


@given(okrs(), tickets(), st.booleans())
@settings(
    max_examples=12, deadline=None, phases=(Phase.explicit, Phase.generate), suppress_health_check=list(HealthCheck)
)
def test_a_number_and_the_page_behind_it_agree_in_any_portfolio(
    known: Okrs, some: tuple[Initiative, ...], with_waivers: bool
) -> None:
    looks = FakeSnapshotSource(known, StoredState(read_of(*some)), waivers(some) if with_waivers else ())
    site = WebDependencies(SnapshotCache(looks), LoopbackAuth(), lambda: NOW)
    with TestClient(make_app(site)) as client:
        assert_counts_and_pages_agree(client, known, some)
    site.snapshots.close()


def test_numbers_agree_where_lists_have_many_pages_and_a_private_key_result() -> None:
    loose = tuple(an_initiative(f"jira:ACME-{n}", title=f"Work {n}") for n in range(1, 131))
    linked = tuple(an_initiative(f"github:acme/app#{n}", serves="p99") for n in range(1, 81))
    exempt = tuple(
        an_initiative(f"jira:ACME-{n}", serves="dau", labels=frozenset({"kr-dau", "okr-exempt"})) for n in (300, 301)
    )
    secret = tuple(an_initiative(f"jira:ACME-{n}", serves=("zz-secret-deal", "dau")) for n in range(200, 204))
    known, some = with_a_secret(), (*loose, *linked, *exempt, *secret)
    site = WebDependencies(
        SnapshotCache(FakeSnapshotSource(known, StoredState(read_of(*some)))), LoopbackAuth(), lambda: NOW
    )
    with TestClient(make_app(site)) as client:
        assert assert_counts_and_pages_agree(client, known, some) > 15
    site.snapshots.close()


def test_every_rule_is_counted_on_its_own_page_as_in_the_list() -> None:
    some = tuple(an_initiative(f"jira:ACME-{n}") for n in range(1, 4))
    looks = FakeSnapshotSource(remembered=StoredState(read_of(*some)))
    site = WebDependencies(SnapshotCache(looks), LoopbackAuth(), lambda: NOW)
    with TestClient(make_app(site)) as client:
        reader = Reader(client)
        in_list = dict(counted(reader.page("/rules")))
        on_pages = dict(pair for rule in ALL_RULES for pair in counted(reader.page(f"/rules/{rule.name}")))
        assert in_list
        assert in_list == on_pages
    site.snapshots.close()
