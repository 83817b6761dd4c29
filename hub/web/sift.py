"""Which findings somebody asked to see: by team, rule, severity, what they are about, and words in them."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from hub.model.finding import Finding, Severity, SubjectKind
from hub.model.message import plain
from hub.model.portfolio import Portfolio
from hub.web.page import Asked
from hub.web.window import Window

KINDS = tuple(kind.value for kind in SubjectKind)
SEVERITIES = tuple(str(one) for one in reversed(Severity))
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


def sieve(window: Window, asked: Asked) -> Sieve:
    """From the query; an unknown team or rule finds nothing rather than everything."""
    query = asked.query
    return Sieve(
        team=query.get("team", "")[:LONGEST_SEARCH],
        rule=query.get("rule", "")[:LONGEST_SEARCH],
        severity=one if (one := query.get("severity", "")) in SEVERITIES else "",
        kind=kind if (kind := query.get("kind", "")) in KINDS else "",
        text=query.get("text", "").strip()[:LONGEST_SEARCH],
    )


def offered(window: Window) -> dict[str, list[tuple[str, str]]]:
    """What there is to choose from, as words and values: rules with how much each has found, teams by name."""
    found = Counter(one.rule for one in window.judgement.findings)
    return {
        "teams": sorted((team.name, id_) for id_, team in window.portfolio.okrs.teams.items()),
        "rules": [(f"{name} ({count})", name) for name, count in sorted(found.items())],
        "severities": [(f"{one} and worse" if one != "error" else one, one) for one in SEVERITIES],
        "kinds": [(kind.replace("_", " "), kind) for kind in KINDS],
    }


def sifted(window: Window, by: Sieve) -> list[Finding]:
    """The findings that pass, in report order."""
    least = Severity[by.severity.upper()] if by.severity else Severity.INFO
    word = by.text.casefold()
    return [
        one
        for one in window.judgement.findings
        if one.severity >= least
        and (not by.rule or one.rule == by.rule)
        and (not by.kind or one.subject.kind == by.kind)
        and (not by.team or by.team in teams_of(window.portfolio, one))
        and (not word or word in _said(one))
    ]


def teams_of(portfolio: Portfolio, one: Finding) -> frozenset[str]:
    """The teams that it concerns: whose ticket, key result or dependency it is about."""
    return frozenset(_teams(portfolio, one))


def _teams(portfolio: Portfolio, one: Finding) -> Iterator[str]:
    yield from (portfolio.team_of[ref] for ref in one.tickets if ref in portfolio.team_of)
    okrs = portfolio.okrs
    for part in one.subject.id.split(" -> "):
        if part in okrs.key_results:
            yield from portfolio.teams_of(part) or okrs.key_results[part].owners
        elif part in okrs.objectives:
            yield from okrs.objectives[part].teams
        elif part in okrs.teams:
            yield part


def _said(one: Finding) -> str:
    tickets = " ".join(map(str, one.tickets))
    return f"{one.rule} {one.subject.id} {tickets} {plain(one.advice.what)}".casefold()
