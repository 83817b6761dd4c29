"""Join tickets and OKRs into the one picture that rules look at."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date

from hub.core.activity import active_in, exempt_reason
from hub.core.alignment import alongside, key_results_by_team, reaching, supports
from hub.core.bands import bands
from hub.core.commands import commands_that_count, exempt_by_command, named_by_command
from hub.core.dependencies import dependencies
from hub.core.experience import answers, first_seen, proposed_since, usual_days
from hub.core.serving import Serving
from hub.core.suggest import suggester
from hub.core.written import Written
from hub.model.initiative import Initiative, Ref, Snapshot
from hub.model.link import Serves
from hub.model.memory import Memory
from hub.model.okr import Okrs, Team
from hub.model.portfolio import Portfolio


def link(snapshot: Snapshot, okrs: Okrs, today: date, memory: Memory | None = None) -> Portfolio:
    """Tickets + OKRs → Portfolio; linear in the number of tickets, links and key results.

    With a `memory`, even an empty one, what it does not hold is seen for the first time today.
    """
    spoken = commands_that_count(snapshot, memory)
    initiatives = {i.ref: named_by_command(i, spoken) for pulled in snapshot.pulled for i in pulled.initiatives}
    gaps = tuple(gap for pulled in snapshot.pulled for gap in pulled.gaps)
    unread = frozenset(gap.connector for gap in gaps if gap.key is None)
    team_of = _teams(initiatives.values(), okrs.teams)
    exempt = _exempt(initiatives.values(), team_of, okrs.teams) | exempt_by_command(spoken, initiatives, okrs)
    active = tuple(ref for ref, i in initiatives.items() if ref not in exempt and active_in(i, okrs.cycle))
    serving = Serving(initiatives, okrs)
    serves = {ref: found for ref in initiatives if (found := serving.of(ref))}
    if okrs.unread:
        # A key result that was not read may be linked to any ticket of its tracker.
        unsure = {ref: okrs.unread for ref in initiatives if ref.connector in unread and ref not in serves}
        serving.uncertain = unsure | serving.uncertain
    written = Written(initiatives, unread)
    waits = tuple(
        one
        for one in dependencies(initiatives, team_of, written)
        if one.waiting not in okrs.tickets and one.providing not in okrs.tickets
    )
    return Portfolio(
        today=today,
        okrs=okrs,
        initiatives=initiatives,
        team_of=team_of,
        exempt=exempt,
        active=active,
        active_set=frozenset(active),
        serves=serves,
        served_by=_by_key_result(links for ref, links in serves.items() if not initiatives[ref].context),
        broken_names=serving.broken,
        elsewhere=serving.elsewhere,
        uncertain=serving.uncertain,
        dependencies=waits,
        answers=answers(initiatives.values(), spoken),
        first_seen=first_seen(waits, initiatives, team_of, memory, today) | proposed_since(okrs, memory, today),
        mentions=written.mentions(),
        usual_days=usual_days(initiatives.values(), team_of),
        key_results_of=key_results_by_team(okrs),
        alongside=alongside(okrs),
        reaching=reaching(okrs),
        supports=supports(okrs),
        bands=bands(initiatives, active),
        gaps=gaps,
        unread=unread,
        unread_keys=frozenset(Ref(gap.connector, gap.key) for gap in gaps if gap.key is not None),
        spoken=spoken,
        candidates=suggester(okrs, team_of),
    )


def _teams(initiatives: Iterable[Initiative], teams: Mapping[str, Team]) -> dict[Ref, str]:
    """The team that owns the first of a ticket's containers that anybody owns."""
    owner = {place.casefold(): team.id for team in teams.values() for place in team.owns}
    of_places: dict[tuple[str, tuple[str, ...]], str | None] = {}
    found = {}
    for initiative in initiatives:
        places = (initiative.ref.connector, initiative.containers)
        if places not in of_places:
            named = (owner.get(f"{places[0]}:{container}".casefold()) for container in initiative.containers)
            of_places[places] = next(filter(None, named), None)
        if (team := of_places[places]) is not None:
            found[initiative.ref] = team
    return found


def _exempt(initiatives: Iterable[Initiative], team_of: Mapping[Ref, str], teams: Mapping[str, Team]) -> dict[Ref, str]:
    judged = (i for i in initiatives if not i.context)
    reasons = ((i.ref, exempt_reason(i, teams.get(team_of.get(i.ref, "")))) for i in judged)
    return {ref: reason for ref, reason in reasons if reason is not None}


def _by_key_result(serves: Iterable[tuple[Serves, ...]]) -> dict[str, tuple[Serves, ...]]:
    found: dict[str, list[Serves]] = defaultdict(list)
    for links in serves:
        for one in links:
            found[one.key_result].append(one)
    return {key_result: tuple(links) for key_result, links in found.items()}
