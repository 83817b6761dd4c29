"""The audit as a page to print and as a DOCX: for whoever may see the pages, in the hub's own style sheet alone."""

from io import BytesIO

import docx

from tests.hub.web.auth.sites import visited

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def test_the_page_to_print_loads_its_style_sheet_from_the_hub() -> None:
    with visited() as client:
        page = client.get("/audit/print")
        rules = client.get("/audit/print.css")
    assert page.status_code == rules.status_code == 200
    assert '<link rel="stylesheet" href="/audit/print.css">' in page.text
    assert "<style" not in page.text
    assert "style-src 'self'" in page.headers["content-security-policy"]
    assert rules.headers["content-type"].startswith("text/css")
    assert 'content: "Connect and Align audit' in rules.text
    assert 'content: "Page " counter(page) " of " counter(pages)' in rules.text


def test_the_docx_is_a_download_that_opens() -> None:
    with visited() as client:
        answer = client.get("/audit/audit.docx")
    assert answer.headers["content-type"] == DOCX
    assert answer.headers["content-disposition"] == 'attachment; filename="audit.docx"'
    assert docx.Document(BytesIO(answer.content)).core_properties.author == "Alignment Hub"


def test_an_unchanged_page_is_not_sent_again() -> None:
    with visited() as client:
        tag = client.get("/audit/print").headers["etag"]
        assert client.get("/audit/print", headers={"If-None-Match": tag}).status_code == 304
