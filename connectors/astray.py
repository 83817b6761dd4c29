"""Answers of an address that is not the tracker's API: a web page, or a redirect. Asking again changes nothing."""

from urllib.parse import urljoin, urlsplit, urlunsplit

from connectors.wire import Response, content_of

REDIRECTS = (301, 302, 303, 307, 308)
PERMANENT_REDIRECTS = (301, 308)
MISSING_STATUS = 404
PAGE_TYPES = ("text/html", "application/xhtml+xml")
PAGE_STARTS = (b"<!doctype html", b"<html", b"<head", b"<body")
SNIFF_BYTES = 1000
ADVICE = "a login page? Check the address, and how the token is to be sent"
PAGE = f"the address answered with a web page, not with the tracker's API: {ADVICE}"
NO_API = "a web page, not the tracker's API: check the address"


def is_page(answer: Response) -> bool:
    """Whether the answer is a page for people."""
    if not answer.body:
        return False
    if answer.headers.get("content-type", "").partition(";")[0].strip().lower() in PAGE_TYPES:
        return content_of(answer) is None
    start = answer.body[:SNIFF_BYTES].removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    return start.startswith(PAGE_STARTS)


def page_hint(answer: Response) -> str:
    """What to say of a refusal that came as a page; empty where there is nothing to add."""
    return NO_API if answer.status == MISSING_STATUS and is_page(answer) else ""


def with_absolute_location(url: str, headers: dict[str, str]) -> dict[str, str]:
    """The headers of an answer from this address, with the new address in full; empty where it is none."""
    if "location" not in headers:
        return headers
    try:
        location = urljoin(url, headers["location"])
        same = urlsplit(location)[:4] == urlsplit(url)[:4]
    except ValueError:
        location, same = "", True
    return {**headers, "location": "" if same else location}


def same_host_redirect(url: str, answer: Response) -> str | None:
    """Where the same host moved what was asked for; None where it is no redirect, or one to another host."""
    if answer.status not in REDIRECTS:
        return None
    location = answer.headers.get("location", "")
    requested, moved = urlsplit(url), urlsplit(location)
    return location if (requested.scheme, requested.netloc) == (moved.scheme, moved.netloc) else None


def describe_redirect(path: str, answer: Response) -> str:
    """What a redirect means for whoever asked for this path; its query may hold secrets and is left out.

    Where the new address ends with the same path, the rest of it is what people have to write.
    """
    scheme, host, target, _, _ = urlsplit(answer.headers.get("location", ""))
    if not host:
        return f"HTTP {answer.status} without a new address"
    host = host.rpartition("@")[2]
    if path and target.endswith(path):
        site = urlunsplit((scheme, host, target.removesuffix(path), "", ""))
        return f"the site has moved to {site}: write that in `url`"
    address = urlunsplit((scheme, host, target, "", ""))
    if answer.status in PERMANENT_REDIRECTS:
        return f"HTTP {answer.status}: moved to {address}; write the new address or the new name in the configuration"
    return f"HTTP {answer.status}: sent on to {address}: {ADVICE}"
