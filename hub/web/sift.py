"""Filters findings by team, rule, severity, subject and words."""

from collections import Counter
from dataclasses import dataclass

from hub.model.finding import Finding, Severity, SubjectKind
from hub.model.message import plain
from hub.web.page import PageParams
from hub.web.snapshot import PortfolioSnapshot

SEVERITIES = ("error", "warning", "info")
MAX_SEARCH_LENGTH = 100


@dataclass(frozen=True, slots=True)
class FindingFilter:
    """The filter, without unknown values; `severity` is the lowest severity that passes."""

    team: str = ""
    rule: str = ""
    severity: str = ""
    kind: str = ""
    text: str = ""

    @property
    def has_finding_terms(self) -> bool:
        """Whether it filters by anything but the team."""
        return bool(self.rule or self.severity or self.kind or self.text)

    def to_query(self) -> dict[str, str]:
        """As query parameters."""
        pairs = (("team", self.team), ("rule", self.rule), ("severity", self.severity), ("kind", self.kind))
        return {name: value for name, value in (*pairs, ("text", self.text)) if value}


def parse_filter(snapshot: PortfolioSnapshot, params: PageParams) -> FindingFilter:
    """From the query; an unknown team or rule matches nothing rather than everything."""
    query = params.query
    return FindingFilter(
        team=query.get("team", "")[:MAX_SEARCH_LENGTH],
        rule=query.get("rule", "")[:MAX_SEARCH_LENGTH],
        severity=text if (text := query.get("severity", "")) in SEVERITIES else "",
        kind=kind if (kind := query.get("kind", "")) in {*SubjectKind} else "",
        text=query.get("text", "").strip()[:MAX_SEARCH_LENGTH],
    )


def options(snapshot: PortfolioSnapshot) -> dict[str, list[tuple[str, str]]]:
    """The options of the filter form as labels and values: rules with their number of findings, teams by name."""
    counts = Counter(finding.rule for finding in snapshot.judgement.findings)
    return {
        "teams": sorted((team.name, id_) for id_, team in snapshot.portfolio.okrs.teams.items()),
        "rules": [(f"{name} ({count})", name) for name, count in sorted(counts.items())],
        "severities": [(f"{text} and worse" if text != "error" else text, text) for text in SEVERITIES],
        "kinds": [(kind.value.replace("_", " "), kind.value) for kind in SubjectKind],
    }


def apply(snapshot: PortfolioSnapshot, finding_filter: FindingFilter) -> list[Finding]:
    """The findings that pass, in report order."""
    min_severity = Severity[finding_filter.severity.upper()] if finding_filter.severity else Severity.INFO
    word = finding_filter.text.casefold()
    return [
        finding
        for finding in (
            snapshot.findings_of_team.get(finding_filter.team, ())
            if finding_filter.team
            else snapshot.judgement.findings
        )
        if finding.severity >= min_severity
        and (not finding_filter.rule or finding.rule == finding_filter.rule)
        and (not finding_filter.kind or finding.subject.kind == finding_filter.kind)
        and (not word or word in _search_text(finding))
    ]


def _search_text(finding: Finding) -> str:
    tickets = " ".join(map(str, finding.tickets))
    return f"{finding.rule} {finding.subject.id} {tickets} {plain(finding.advice.what)}".casefold()
