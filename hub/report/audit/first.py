"""The first check on paper: each organization key result, who owns it, and what it is made of."""

from collections.abc import Iterator

from hub.core.audit.values import Contributor, OrganizationKeyResult
from hub.core.audit.whole import Audit
from hub.model.message import Strong
from hub.model.okr import Aggregation
from hub.report.audit.paper import Block, Mark, Paragraph, Section, Table, Words, said
from hub.report.audit.phrases import NONE, findings, key_result, key_results, measure, plural, teams

# What targets may fall short, in percent, before it is worth a mark.
SHORT = 5
NOT_TOLD: Words = (Mark("private", "quiet"),)


def first_section(audit: Audit) -> Section:
    """Is each key result owned by one or two teams, and do the contributions add up to the whole?"""
    ask = said("Is each key result owned by one or two teams? Do the teams' contributions add up to the whole?")
    summary = Table(
        "Organization key results at a glance",
        ("Key result", "Owners", "Shares", "Active work", "Findings"),
        tuple(_row(row) for row in audit.first),
    )
    parts = tuple(_part(number, row) for number, row in enumerate(audit.first, start=1))
    blocks: tuple[Block, ...] = (
        Paragraph(ask, note=True),
        summary if audit.first else Paragraph(said(Mark("There is no organization key result in this cycle.", "bad"))),
    )
    return Section("First check: the organization's key results", "first-check", blocks, parts)


def _row(row: OrganizationKeyResult) -> tuple[tuple[Words, ...], ...]:
    active = said(str(row.work.active)) if row.work else (Mark("not known", "quiet"),)
    found = (Mark(str(len(row.findings)), "warn"),) if row.findings else (Mark("none", "good"),)
    return ((key_result(row.key_result),), (_owners(row),), (_total(row),), (active,), (found,))


def _part(number: int, row: OrganizationKeyResult) -> Section:
    name = row.key_result.id if row.key_result.private else f"{row.key_result.id}: {row.key_result.title}"
    return Section(name, f"organization-{number}", tuple(_blocks(row)))


def _blocks(row: OrganizationKeyResult) -> Iterator[Block]:
    stands = measure(row.measure)
    yield Paragraph(said(f"Objective: {row.objective} ({row.cycle}).", f" {stands}." if stands else ""), note=True)
    if row.key_result.private:
        yield Paragraph((Mark("Owners, shares and figures are for its audience alone.", "quiet"),))
        return
    yield Paragraph(said(Strong("Owners: "), *_owners(row)))
    if row.contributors:
        caption = f"Contributions to {row.key_result.id}"
        rows = tuple(_contributor(one) for one in row.contributors)
        total = ((said(Strong("Total")),), (_total(row),), ((),), ((),))
        yield Table(caption, ("Team", "Share", "Kind", "Its key results linked to this one"), (*rows, total))
    else:
        yield Paragraph((Mark("No contributions stated.", "bad"),))
    if row.unnamed:
        yield Paragraph(said(Mark("Part of the sum, but not listed as contributors: ", "warn"), *teams(row.unnamed)))
    yield from _aggregation(row)
    yield from findings(row.findings)


def _owners(row: OrganizationKeyResult) -> Words:
    if row.key_result.private:
        return NOT_TOLD
    if not row.owners:
        return (Mark("no owner", "bad"),)
    crowded = [Mark(f" {len(row.owners)} owners", "warn")] if len(row.owners) > 2 else []
    return (*teams(row.owners), *said(" ", *crowded)) if crowded else teams(row.owners)


def _total(row: OrganizationKeyResult) -> Words:
    if row.key_result.private:
        return NOT_TOLD
    if row.total is None:
        return (Mark("none stated", "bad"),)
    return (Mark(f"{row.total:g} %", "good" if row.whole else "bad"),)


def _contributor(one: Contributor) -> tuple[tuple[Words, ...], ...]:
    share = said(f"{one.share:g} %") if one.share is not None else (Mark("not summed", "quiet"),)
    nothing = NONE if one.share is None else (Mark("none: no key result delivers the share", "bad"),)
    return (
        (teams((one.team,)),),
        (share,),
        (said(one.kind.value),),
        (key_results(one.leading) if one.leading else nothing,),
    )


def _aggregation(row: OrganizationKeyResult) -> Iterator[Block]:
    if row.aggregation is Aggregation.NONE:
        return
    of = f"Computed as the {row.aggregation} of team metrics. "
    if row.targets_hidden:
        yield Paragraph(said(of, "The targets aren't compared here because a private key result is among them."))
    elif not row.targets:
        yield Paragraph(
            said(of, "No team key result with the same unit is part of it, so there is nothing to compare.")
        )
    else:
        rows = tuple(
            ((said(one.of),), (said(f"{one.made:,.12g}"),), (said(f"{one.needed:,.12g}"),), (_short(one.short),))
            for one in row.targets
        )
        yield Table(
            f"Targets of the teams against {row.key_result.id}",
            ("Team", "Targets add up to", "Needed", "Short by"),
            rows,
        )


def _short(percent: float) -> Words:
    if percent <= 0:
        return (Mark("nothing", "good"),)
    return (Mark(f"{percent:.3g} %", "bad" if percent > SHORT else "warn"),)


def glance(audit: Audit) -> tuple[Words, ...]:
    """The numbers of the whole audit, a line each."""
    count = audit.counts
    whole, owned, every = count["whole"], count["owned"], count["organization_key_results"]
    lines = [
        _part_of(owned, every, "organization key results have an owner", "; ", _of(whole, every), " add up to 100 %"),
        _part_of(
            count["teams_that_reach"], count["teams"], "teams have a key result linked to an organization key result"
        ),
        _part_of(count["dependencies_settled"], count["dependencies"], "dependencies between teams are agreed"),
    ]
    if audit.synced:
        lines.append(_part_of(count["aligned"], count["active"], "active tickets are linked to an aligned key result"))
    rules = ", ".join(plural(count[f"{word}s"], word) for word in ("error", "warning", "info"))
    waived, open_ = plural(count["waived"], "finding"), count["not_judged"]
    lines.append(said(f"The rules found {rules}; {waived} waived, {open_} not evaluated."))
    return tuple(lines)


def _of(some: int, every: int) -> Mark:
    if not every:
        return Mark("0 of 0", "quiet")
    return Mark(f"{some} of {every}", "good" if some == every else "warn" if 2 * some >= every else "bad")


def _part_of(some: int, every: int, what: str, *more: str | Mark) -> Words:
    return said(_of(some, every), f" {what}", *more, ".")
