"""Every answer carries the headers that keep a page our own, whatever it is an answer to."""

import re

import pytest

from tests.hub.web.auth.sites import visited


@pytest.mark.parametrize(
    "path", ["/", "/rules", "/nowhere", "/healthz", "/api/findings", "/static/hub.css", "/static/none"]
)
def test_every_answer_says_what_a_page_may_load(path: str) -> None:
    with visited() as client:
        headers = client.get(path).headers
    assert "default-src 'none'" in headers["content-security-policy"]
    assert "unsafe" not in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"


def test_files_are_kept_for_ever_under_the_address_that_tells_their_content() -> None:
    with visited() as client:
        found = re.search(r'href="(/static/hub\.css\?\w+)"', client.get("/").text)
        assert found is not None
        assert "immutable" in client.get(found[1]).headers["cache-control"]
        assert "immutable" not in client.get("/static/hub.css").headers.get("cache-control", "")
        assert "immutable" not in client.get("/static/none?x").headers.get("cache-control", "")


def test_pages_hold_no_script_and_no_style_of_their_own() -> None:
    with visited() as client:
        for path in ("/", "/findings", "/rules", "/trends", "/runs", "/audit", "/teams", "/key-results", "/tickets"):
            page = client.get(path)
            assert page.status_code == 200, path
            assert not re.search(r"<script(?![^>]*\ssrc=)|<style|\sstyle=|\son\w+=", page.text), path
