"""Which addresses are looked at for each page: whoever adds a page adds a line, and a test says so if it is missing."""

VISITS: dict[str, tuple[str, ...]] = {
    "/": ("/", "/?team=platform", "/?rule=nothing-like-it", "/?severity=error&text=studio"),
    "/map/{count}": ("/map/open-dependencies", "/map/unlinked-tickets?team=product", "/map/key-results-without-owner"),
    "/findings": (
        "/findings",
        "/findings?group=key_result&sort=oldest&severity=error",
        "/findings?text=nowhere-at-all",
        "/findings?key_result=launch-dau",
    ),
    "/search": ("/search", "/search?q=platform", "/search?q=plaftorm", "/search?q=nothing-like-it-at-all"),
    "/audit": ("/audit",),
    "/rules": ("/rules", "/rules?text=unlinked&sort=-findings"),
    "/rules/{rule}": ("/rules/low-alignment-ratio", "/rules/none-such"),
    "/runs": ("/runs",),
    "/runs/{run}": ("/runs/1",),
    "/teams": ("/teams", "/teams?sort=-errors"),
    "/teams/{team}": ("/teams/platform", "/teams/platform?needs=open&sort=title&state=active"),
    "/key-results": ("/key-results",),
    "/key-results/{key_result}": ("/key-results/launch-dau", "/key-results/revenue"),
    "/tickets": ("/tickets", "/tickets?team=platform&state=active&sort=-findings", "/tickets?text=nowhere-at-all"),
    "/tickets/{connector}/{key:path}": ("/tickets/jira/ACME-7", "/tickets/github/acme/app%234"),
    "/trends": ("/trends",),
    "/help/comments": ("/help/comments",),
}
"""Of the Acme example. Names that nothing bears are there for the page that says so."""

UNKNOWN = frozenset({"/rules/none-such"})

CROWDED = (
    "/",
    "/?open=org-00-1,~rest",
    "/?team=team-007",
    "/?text=mobile",
    "/map/unlinked-tickets",
    "/map/open-dependencies",
    "/?rule=unresolvable-link",
    "/findings",
    "/findings?group=team&page=2",
    "/audit",
    "/audit?part=first-check",
    "/audit?part=second-check&page=2",
    "/rules",
    "/runs",
    "/teams",
    "/teams/team-007",
    "/key-results",
    "/key-results/t007-00",
    "/key-results/org-00-0",
    "/tickets",
    "/tickets?sort=-findings",
    "/tickets?text=migration&page=9",
    "/search?q=migration",
    "/search?q=P7-3",
    "/trends",
)
"""Of 200 teams with 20,000 tickets."""
