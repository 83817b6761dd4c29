"""Whose an objective is: the organization's, one team's, or shared; and what each team gives to a key result."""

from collections.abc import Iterable
from collections.abc import Set as AbstractSet

from hub.sheet_form.cells import ORGANIZATION, Part, make_slug, make_unique
from hub.sheet_form.draft import Draft, DraftKeyResult, DraftObjective
from hub.sheet_form.told import ImportLog


def resolve_ownership(draft: Draft, log: ImportLog, columns: AbstractSet[str]) -> None:
    """Decide each objective's teams, and give every team that is named an id."""
    ids: dict[str, str] = {}
    for objective in draft.objectives:
        _assign_teams(objective, log, by_team="team" in columns)
    if "team" in columns:
        _drop_persons(draft, log)
    for objective in draft.objectives:
        for part in _named_parts(objective):
            word = part.name.casefold()
            if word not in ids and word not in ORGANIZATION:
                ids[word] = make_unique(make_slug(part.name, "team"), draft.teams)
                draft.teams[ids[word]] = part.name
        objective.team_ids = [] if objective.of_organization else _ids(objective.teams, ids)
        for key_result in objective.key_results:
            _keep_known_teams(key_result, ids)


def team_ids(draft: Draft, parts: Iterable[Part]) -> list[tuple[str, float | None]]:
    """The ids of teams, each with its share."""
    ids = {name.casefold(): id_ for id_, name in draft.teams.items()}
    return [(ids[part.name.casefold()], part.share) for part in parts if part.name.casefold() in ids]


def _keep_known_teams(draft_key_result: DraftKeyResult, ids: dict[str, str]) -> None:
    """Only names that became teams own a key result, each once."""
    draft_key_result.owners = list(
        {p.name.casefold(): p for p in draft_key_result.owners if p.name.casefold() in ids}.values()
    )
    draft_key_result.shares = list(
        {p.name.casefold(): p for p in draft_key_result.shares if p.name.casefold() in ids}.values()
    )


def _assign_teams(objective: DraftObjective, log: ImportLog, *, by_team: bool) -> None:
    """A team's, by its team column; else the organization's with owners, unless all its owners are one."""
    for key_result in objective.key_results:
        _sort_shares(key_result)
    named = [*objective.teams]
    for key_result in objective.key_results:
        named += key_result.teams if by_team else key_result.owners
    owners = {part.name.casefold(): part for part in named}
    shared_out = any(key_result.shares for key_result in objective.key_results)
    if objective.of_organization or shared_out or not owners or owners.keys() & ORGANIZATION:
        _to_organization(objective)
    elif by_team:
        _to_teams(objective, list(owners.values()), log)
    else:
        _to_owner(objective, list(owners.values()), log)


def _to_teams(objective: DraftObjective, teams: list[Part], log: ImportLog) -> None:
    objective.teams = teams
    if len(teams) > 1:
        names = ", ".join(part.name for part in teams)
        log.info(objective.line, f"{objective.title!r} is taken as shared by {names}", "team")


def _to_owner(objective: DraftObjective, owners: list[Part], log: ImportLog) -> None:
    if len(owners) > 1:
        _to_organization(objective)
        message = f"{objective.title!r} is taken as the organization's: several own parts of it"
    else:
        objective.teams = owners
        for key_result in objective.key_results:
            key_result.owners = []
        message = f"{objective.title!r} is taken as {owners[0].name}'s own: nobody else owns any of it"
    log.info(objective.line, message, "owner")


def _drop_persons(draft: Draft, log: ImportLog) -> None:
    """Beside a column of teams, who owns a team's key result is a person, unless a team is called so."""
    teams = {part.name.casefold() for objective in draft.objectives for part in objective.teams}
    for objective in draft.objectives:
        if objective.of_organization:
            teams |= {part.name.casefold() for part in _named_parts(objective)}
    for objective in draft.objectives:
        for key_result in objective.key_results:
            persons = [part.name for part in key_result.owners if part.name.casefold() not in teams]
            if persons:
                key_result.owners = [part for part in key_result.owners if part.name.casefold() in teams]
                log.info(
                    key_result.line, f"{', '.join(persons)}: no team is called so, and the owner is left out", "owner"
                )


def _to_organization(objective: DraftObjective) -> None:
    """The teams of its rows own the key results then."""
    objective.of_organization = True
    for key_result in objective.key_results:
        key_result.owners = key_result.owners or key_result.teams or objective.teams
    objective.teams = []


def _sort_shares(draft_key_result: DraftKeyResult) -> None:
    """Shares in a cell of owners or teams are contributions; who is named there owns it as well."""
    for cell in (draft_key_result.owners, draft_key_result.teams):
        if any(part.share is not None for part in cell) and not draft_key_result.shares:
            draft_key_result.shares = list(cell)
            draft_key_result.owners = draft_key_result.owners or list(cell)


def _named_parts(objective: DraftObjective) -> list[Part]:
    parts = list(objective.teams)
    for key_result in objective.key_results:
        parts += [*key_result.owners, *key_result.shares]
    return parts


def _ids(parts: Iterable[Part], ids: dict[str, str]) -> list[str]:
    return [ids[part.name.casefold()] for part in parts if part.name.casefold() in ids]
