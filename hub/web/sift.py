"""Which findings somebody asked to see: by team, rule, severity, what they are about, and words in them."""

from collections import Counter
from dataclasses import dataclass

from hub.model.finding import Finding, Severity, SubjectKind
from hub.model.message import plain
from hub.web.page import Asked
from hub.web.snapshot import PortfolioSnapshot

SEVERITIES = ("error", "warning", "info")
LONGEST_SEARCH = 100


@dataclass(frozen=True, slots=True)
class Sieve:
    """What was asked for, with values that mean nothing left out; `severity` is the least that is shown."""

    team: str = ""
    rule: str = ""
    severity: str = ""
    kind: str = ""
    text: str = ""

    @property
    def of_findings(self) -> bool:
        """Whether it says anything beyond the team."""
        return bool(self.rule or self.severity or self.kind or self.text)

    def words(self) -> dict[str, str]:
        """As it stands in an address."""
        told = (("team", self.team), ("rule", self.rule), ("severity", self.severity), ("kind", self.kind))
        return {name: value for name, value in (*told, ("text", self.text)) if value}


def sieve(window: PortfolioSnapshot, asked: Asked) -> Sieve:
    """From the query; an unknown team or rule finds nothing rather than everything."""
    query = asked.query
    return Sieve(
        team=query.get("team", "")[:LONGEST_SEARCH],
        rule=query.get("rule", "")[:LONGEST_SEARCH],
        severity=one if (one := query.get("severity", "")) in SEVERITIES else "",
        kind=kind if (kind := query.get("kind", "")) in {*SubjectKind} else "",
        text=query.get("text", "").strip()[:LONGEST_SEARCH],
    )


def offered(window: PortfolioSnapshot) -> dict[str, list[tuple[str, str]]]:
    """What there is to choose from, as words and values: rules with how much each has found, teams by name."""
    found = Counter(one.rule for one in window.judgement.findings)
    return {
        "teams": sorted((team.name, id_) for id_, team in window.portfolio.okrs.teams.items()),
        "rules": [(f"{name} ({count})", name) for name, count in sorted(found.items())],
        "severities": [(f"{one} and worse" if one != "error" else one, one) for one in SEVERITIES],
        "kinds": [(kind.value.replace("_", " "), kind.value) for kind in SubjectKind],
    }


def sifted(window: PortfolioSnapshot, by: Sieve) -> list[Finding]:
    """The findings that pass, in report order."""
    least = Severity[by.severity.upper()] if by.severity else Severity.INFO
    word = by.text.casefold()
    return [
        one
        for one in (window.findings_of_team.get(by.team, ()) if by.team else window.judgement.findings)
        if one.severity >= least
        and (not by.rule or one.rule == by.rule)
        and (not by.kind or one.subject.kind == by.kind)
        and (not word or word in _said(one))
    ]


def _said(one: Finding) -> str:
    tickets = " ".join(map(str, one.tickets))
    return f"{one.rule} {one.subject.id} {tickets} {plain(one.advice.what)}".casefold()
