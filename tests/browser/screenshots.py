"""What a reader's browser notices on a page: complaints on the console, what axe finds, what does not fit."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

LOOKS = ("desktop", "phone", "dark")
SIZES = {"desktop": (1280, 900), "phone": (360, 740), "dark": (1280, 900)}
PATIENCE = 60_000
# A page that takes longer than this to arrive, unfold and be drawn is none that people come back to.
MOST_BYTES = 500_000


@cache
def axe() -> str:
    return (files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8")


class Eyes:
    """A tab of its own, and everything that went wrong in it."""

    def __init__(self, page: "Page", look: str) -> None:
        self.page = page
        self.look = look
        self.troubles: list[str] = []
        page.set_default_timeout(PATIENCE)
        page.on("console", lambda told: self.troubles.append(told.text) if told.type in {"error", "warning"} else None)
        page.on("pageerror", lambda error: self.troubles.append(str(error)))
        page.on("requestfailed", self._on_failure)

    def _on_failure(self, request: Any) -> None:
        """A browser that goes on to the next page gives up the icon of the one it leaves: no fault of the page."""
        if not (request.failure == "net::ERR_ABORTED" and "/static/icon" in request.url):
            self.troubles.append(f"{request.url}: {request.failure}")

    @classmethod
    @contextmanager
    def of(cls, browser: "Browser", look: str) -> Iterator[Self]:
        width, height = SIZES[look]
        context = browser.new_context(
            viewport={"width": width, "height": height},
            color_scheme="dark" if look == "dark" else "light",
            reduced_motion="reduce",
        )
        yield cls(context.new_page(), look)
        context.close()

    def open(self, url: str) -> tuple[int, int]:
        """Go there; the status of the answer, and how many bytes it has."""
        answer = self.page.goto(url, wait_until="load")
        assert answer is not None
        return answer.status, len(answer.body())

    def unfold(self) -> None:
        """Open whatever is folded, so that it is looked at, too."""
        self.page.evaluate("() => document.querySelectorAll('details').forEach((one) => { one.open = true })")

    def violations(self) -> list[str]:
        """What axe says, a line for each rule that is broken with the first places where it is.

        Colours are looked at once in the light and once in the dark, everything else at a desk and on a phone: axe
        takes most of its time for colours.
        """
        self.page.evaluate(axe())
        options: dict[str, Any] = {"resultTypes": ["violations"]}
        if self.look == "dark":
            options["runOnly"] = ["color-contrast"]
        elif self.look == "phone":
            options["rules"] = {"color-contrast": {"enabled": False}}
        found: dict[str, Any] = self.page.evaluate("(options) => axe.run(document, options)", options)
        return [
            f"{item['id']}: {item['help']}: {[node['html'][:160] for node in item['nodes'][:3]]}"
            for item in found["violations"]
        ]

    def overflow(self) -> int:
        """By how many pixels the page is wider than the window."""
        return int(
            self.page.evaluate("() => document.documentElement.scrollWidth - document.documentElement.clientWidth")
        )
