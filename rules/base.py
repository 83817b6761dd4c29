"""What a rule is: one pure function from the portfolio to verdicts, its words, and the page in its docstring."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from hub.model.finding import Facts, NotJudged, Severity, Verdict
from hub.model.message import Advice
from hub.model.portfolio import Portfolio

Options = Mapping[str, float]
Check = Callable[[Portfolio, Options], Iterable[Verdict | NotJudged]]
Advise = Callable[[Facts], Advice]


class Evidence(StrEnum):
    """Whether a rule speaks of what is there or of what is missing; only the latter minds a gap."""

    PRESENCE = "presence"
    ABSENCE = "absence"


class Unit(StrEnum):
    """What one verdict of a rule is about, and so what has to be judged again where a ticket changed.

    A rule that declares one iterates what `Portfolio` offers for it and says nothing of anything else; look-ups may go
    anywhere in the ticket's tree, its dependencies and its key results. Every unit but PORTFOLIO relies on the rule
    to be the same function of the same values.

    - TICKET: its subject is a ticket of `active`, or of `judged_tickets`.
    - TICKET_GROUP: it joins tickets of `active`, all of which stand in `affects`; its subject tells the group.
    - PROVIDER: it joins the links of `links_by_teams` to one providing ticket, the first of `act_on`.
    - TEAM_PAIR: it joins the links of `links_by_teams` between two teams; its subject is the pair.
    - KEY_RESULT, OBJECTIVE: its subject is one of `judged_key_results` or `judged_objectives`, judged by the work that
      serves it, or serves what leads to it.
    - TEAM: its subject is one of `judged_teams`, or tickets of one team, taken from `active`.
    - OKRS: it looks at no ticket, but at the OKRs and the day.
    - PORTFOLIO: anything; what a rule of another package is without a declaration.
    """

    TICKET = "ticket"
    TICKET_GROUP = "ticket group"
    PROVIDER = "provider"
    TEAM_PAIR = "team pair"
    KEY_RESULT = "key result"
    OBJECTIVE = "objective"
    TEAM = "team"
    OKRS = "OKRs"
    PORTFOLIO = "portfolio"


@dataclass(frozen=True, slots=True)
class Rule:
    """One check. `name` is its only name: file, function, test, heading, setting and waiver all say it.

    `family` is the folder that it lies in. `label` is the hub's label for tickets that feel the fault; without one it
    stays in comments and reports. `options` are its thresholds with their defaults. `fault` is one name for several
    rules that judge the same fault, one after the other: they share fingerprints and waivers.

    What the rule needs, so that it is not run, or its verdicts not believed, without it: `needs_tickets` is false where
    OKR files are enough; `needs_all_okrs` is true where a key result that was not read could make a fault none;
    `needs_running_cycle` where nothing can be said once the cycle is over; `needs_organization` where nothing can be
    said while the organization has no key results.

    `public_facts` names the facts that may be told outside its audience where a verdict is about a private key
    result, or names one: none of them may hold its figures, its words or its owners. All others are left out there
    before `say` is asked: numbers, texts and dates are None, lists are empty.

    `unit` says what has to be judged again where a ticket changed.
    """

    name: str
    severity: Severity
    evidence: Evidence
    check: Check
    advise: Advise
    page: str
    label: str | None = None
    needs_tickets: bool = True
    needs_all_okrs: bool = False
    options: Options = field(default_factory=dict)
    family: str = ""
    fault: str = ""
    needs_running_cycle: bool = False
    needs_organization: bool = False
    public_facts: frozenset[str] = frozenset()
    unit: Unit = Unit.PORTFOLIO

    @property
    def summary(self) -> str:
        """The first line of the page."""
        return self.page.strip().splitlines()[0]


def rule(
    severity: Severity,
    *,
    evidence: Evidence,
    advise: Advise,
    label: str | None = None,
    needs_tickets: bool = True,
    needs_all_okrs: bool = False,
    options: Options | None = None,
    fault: str = "",
    needs_running_cycle: bool = False,
    needs_organization: bool = False,
    public_facts: Iterable[str] = (),
    unit: Unit = Unit.PORTFOLIO,
) -> Callable[[Check], Rule]:
    """Make a rule of a function: its name with dashes, its module's docstring as the page, its folder as the family."""

    def decorate(check: Check) -> Rule:
        return Rule(
            name=check.__name__.replace("_", "-"),
            severity=severity,
            evidence=evidence,
            check=check,
            advise=advise,
            page=check.__globals__["__doc__"],
            label=label,
            needs_tickets=needs_tickets,
            needs_all_okrs=needs_all_okrs,
            options=options or {},
            family=_family_of(check.__module__),
            fault=fault,
            needs_running_cycle=needs_running_cycle,
            needs_organization=needs_organization,
            public_facts=frozenset(public_facts),
            unit=unit,
        )

    return decorate


def _family_of(module: str) -> str:
    """`work` for `rules.work.unresolvable_link`; the package's name for a rule of another package."""
    parts = module.split(".")
    return parts[1] if parts[0] == "rules" and len(parts) > 2 else parts[0]
