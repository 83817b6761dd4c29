"""The site is built without network and without a warning; its links lead somewhere, and its pages can be searched."""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urldefrag, urlsplit

import pytest

from tests.end_to_end.workspace import ROOT

ASSETS = {"script": "src", "link": "href", "img": "src", "source": "src", "iframe": "src"}
# A list of old names, which would be found by every word.
NOT_SEARCHED = "renamed.html"
# Everything that a site's own address may be.
INNER = ("", "data")


class Page(HTMLParser):
    """The links, assets and anchors of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.assets: list[str] = []
        self.anchors: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        self.anchors |= {values[name] for name in ("id", "name") if name in values}
        if tag == "a" and "href" in values:
            self.links.append(values["href"])
        if tag in ASSETS and ASSETS[tag] in values and values.get("rel") != "canonical":
            self.assets.append(values[ASSETS[tag]])


def build(folder: Path) -> "subprocess.CompletedProcess[str]":
    """Build the site in a copy, for the generator writes beside its configuration."""
    shutil.copytree(ROOT / "docs", folder / "docs", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copyfile(ROOT / "mkdocs.yml", folder / "mkdocs.yml")
    return rebuild(folder)


def rebuild(folder: Path) -> "subprocess.CompletedProcess[str]":
    line = [*offline(), sys.executable, "-m", "zensical", "build", "--strict", "--clean"]
    # Where the network can't be taken away, a proxy that doesn't answer stands in its place.
    env = {"HTTP_PROXY": "http://127.0.0.1:9", "HTTPS_PROXY": "http://127.0.0.1:9", "PATH": os.environ["PATH"]}
    return subprocess.run(line, cwd=folder, env=env, capture_output=True, text=True, timeout=200, check=False)


@cache
def offline() -> tuple[str, ...]:
    """What starts a program without any network, where this is allowed."""
    line = ("unshare", "--map-root-user", "--net")
    tried = shutil.which("unshare") and subprocess.run([*line, "true"], capture_output=True, check=False)
    return line if tried and tried.returncode == 0 else ()


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    built = build(folder)
    assert built.returncode == 0, built.stdout + built.stderr
    assert "No issues found" in built.stdout + built.stderr
    return folder / "site"


@pytest.fixture(scope="module")
def pages(site: Path) -> dict[Path, Page]:
    return {path: Page(path.read_text(encoding="utf-8")) for path in site.rglob("*.html")}


def sources() -> Iterator[Path]:
    return ((path.relative_to(ROOT / "docs")) for path in (ROOT / "docs").rglob("*.md"))


def test_every_document_becomes_a_page(site: Path) -> None:
    assert [path for path in sources() if not (site / path.with_suffix(".html")).is_file()] == []


def test_every_link_and_anchor_leads_somewhere(site: Path, pages: dict[Path, Page]) -> None:
    broken = []
    for path, page in pages.items():
        for link in (*page.links, *page.assets):
            address, anchor = urldefrag(link)
            if urlsplit(link).scheme or path.name == "404.html":
                continue
            target = (path.parent / unquote(address)).resolve() if address else path
            target = target / "index.html" if target.is_dir() else target
            known = pages.get(target)
            if not target.is_file() or (anchor and known and unquote(anchor) not in known.anchors):
                broken.append(f"{path.relative_to(site)}: {link}")
    assert broken == []


def test_no_page_loads_anything_from_elsewhere(site: Path, pages: dict[Path, Page]) -> None:
    foreign = {asset for page in pages.values() for asset in page.assets if urlsplit(asset).scheme not in INNER}
    foreign |= {asset for page in pages.values() for asset in page.assets if asset.startswith("//")}
    styles = "\n".join(path.read_text(encoding="utf-8") for path in site.rglob("*.css"))
    foreign |= set(re.findall(r"(?:@import|url\()\s*[\"']?(https?://[^\"')]+)", styles))
    assert foreign == set()


def test_every_page_can_be_found_by_the_search(site: Path) -> None:
    entries = json.loads((site / "search.json").read_text(encoding="utf-8"))["items"]
    found = {entry["location"].partition("#")[0] for entry in entries}
    assert {path.with_suffix(".html").as_posix() for path in sources()} - found == {NOT_SEARCHED}
    assert "reference/configuration.html#publish" in places(entries, "max_new_comments")
    assert "reference/okr-files.html#objectivekey_result" in places(entries, "aligns_to")


def places(entries: list[dict[str, str]], word: str) -> set[str]:
    """Where a search for the word leads."""
    return {entry["location"] for entry in entries if word in entry["text"]}


def test_a_broken_link_stops_the_build(tmp_path: Path) -> None:
    (tmp_path / "docs").mkdir()
    config = "site_name: x\ntheme: { name: material, font: false }\n"
    (tmp_path / "mkdocs.yml").write_text(config, encoding="utf-8")
    (tmp_path / "docs" / "index.md").write_text("# x\n\n[gone](gone.md)\n", encoding="utf-8")
    assert rebuild(tmp_path).returncode != 0
    (tmp_path / "docs" / "index.md").write_text("# x\n\n[here](#x)\n", encoding="utf-8")
    assert rebuild(tmp_path).returncode == 0
