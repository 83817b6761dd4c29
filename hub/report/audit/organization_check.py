"""The section of the first check: each organization key result, its owners and contributions."""

from collections.abc import Iterator

from hub.core.display_names import plural
from hub.core.insight.audit.audit import Audit
from hub.core.insight.audit.rows import Contributor, OrganizationKeyResult
from hub.model.message import Strong
from hub.model.okr import Aggregation
from hub.report.audit.blocks import (
    NONE,
    Badge,
    Block,
    Inline,
    Paragraph,
    Row,
    Section,
    Table,
    Words,
    finding_blocks,
    key_result_title,
    key_results_words,
    measure_text,
    teams_words,
    to_words,
)

# What targets may fall short, in percent, before it is worth a mark.
SHORT = 5
REDACTED: Words = (Badge("private", "dim"),)


def organization_section(audit: Audit) -> Section:
    """Is each key result owned by one or two teams, and do the contributions add up to the whole?"""
    ask = to_words("Is each key result owned by one or two teams? Do the teams' contributions add up to the whole?")
    summary = Table(
        "Organization key results at a glance",
        ("Key result", "Owners", "Shares", "Active work", "Findings"),
        tuple(_row(row) for row in audit.first),
        widths=(9, 6, 3, 3, 3),
        numeric=(3, 4),
    )
    parts = tuple(_key_result_section(number, row) for number, row in enumerate(audit.first, start=1))
    blocks: tuple[Block, ...] = (
        Paragraph(ask, note=True),
        summary
        if audit.first
        else Paragraph(to_words(Badge("There is no organization key result in this cycle.", "bad"))),
    )
    return Section("First check: the organization's key results", "first-check", blocks, parts)


def _row(row: OrganizationKeyResult) -> Row:
    active = to_words(f"{row.work.active:,}") if row.work else (Badge("not known", "dim"),)
    finding_count = (Badge(f"{len(row.findings):,}", "warn"),) if row.findings else (Badge("none", "good"),)
    return (
        (key_result_title(row.key_result),),
        (_owner_words(row),),
        (_total_words(row),),
        (active,),
        (finding_count,),
    )


def _key_result_section(number: int, row: OrganizationKeyResult) -> Section:
    name = row.key_result.id if row.key_result.private else f"{row.key_result.title} ({row.key_result.id})"
    return Section(name, f"organization-{number}", tuple(_blocks(row)))


def _blocks(row: OrganizationKeyResult) -> Iterator[Block]:
    measure_line = measure_text(row.measure)
    yield Paragraph(
        to_words(f"Objective: {row.objective} ({row.cycle}).", f" {measure_line}." if measure_line else ""), note=True
    )
    if row.key_result.private:
        yield Paragraph((Badge("Owners, shares and figures are for its audience alone.", "dim"),))
        return
    yield Paragraph(to_words(Strong("Owners: "), *_owner_words(row)))
    if row.contributors:
        caption = f"Contributions to {row.key_result.id}"
        rows = tuple(_contributor(contributor) for contributor in row.contributors)
        total: Row = ((to_words(Strong("Total")),), (_total_words(row),), ((),), ((),))
        yield Table(
            caption,
            ("Team", "Share", "Kind", "Its key results linked to this one"),
            (*rows, total),
            widths=(5, 3, 3, 13),
            numeric=(1,),
        )
    else:
        yield Paragraph((Badge("No contributions stated.", "bad"),))
    if row.unnamed:
        yield Paragraph(
            to_words(Badge("Part of the sum, but not listed as contributors: ", "warn"), *teams_words(row.unnamed))
        )
    yield from _aggregation(row)
    yield from finding_blocks(row.findings)


def _owner_words(row: OrganizationKeyResult) -> Words:
    if row.key_result.private:
        return REDACTED
    if not row.owners:
        return (Badge("no owner", "bad"),)
    crowded = [Badge(f" {len(row.owners)} owners", "warn")] if len(row.owners) > 2 else []
    return (*teams_words(row.owners), *to_words(" ", *crowded)) if crowded else teams_words(row.owners)


def _total_words(row: OrganizationKeyResult) -> Words:
    if row.key_result.private:
        return REDACTED
    if row.total is None:
        return (Badge("none stated", "bad"),)
    return (Badge(f"{row.total:g} %", "good" if row.shares_add_up else "bad"),)


def _contributor(contributor: Contributor) -> Row:
    share = to_words(f"{contributor.share:g} %") if contributor.share is not None else (Badge("not summed", "dim"),)
    no_key_results = NONE if contributor.share is None else (Badge("none: no key result delivers the share", "bad"),)
    return (
        (teams_words((contributor.team,)),),
        (share,),
        (to_words(contributor.kind.value),),
        (key_results_words(contributor.leading) if contributor.leading else no_key_results,),
    )


def _aggregation(row: OrganizationKeyResult) -> Iterator[Block]:
    if row.aggregation is Aggregation.NONE:
        return
    of = f"Computed as the {row.aggregation} of team metrics. "
    if row.targets_hidden:
        yield Paragraph(to_words(of, "The targets aren't compared here because a private key result is among them."))
    elif not row.targets:
        yield Paragraph(
            to_words(of, "No team key result with the same unit is part of it, so there is nothing to compare.")
        )
    else:
        rows = tuple(
            (
                (to_words(target.of),),
                (to_words(f"{target.total:,.12g}"),),
                (to_words(f"{target.needed:,.12g}"),),
                (_shortfall_badge(target.short),),
            )
            for target in row.targets
        )
        yield Table(
            f"Targets of the teams against {row.key_result.id}",
            ("Team", "Targets add up to", "Needed", "Short by"),
            rows,
            widths=(9, 5, 5, 5),
            numeric=(1, 2, 3),
        )


def _shortfall_badge(percent: float) -> Words:
    if percent <= 0:
        return (Badge("nothing", "good"),)
    return (Badge(f"{percent:.3g} %", "bad" if percent > SHORT else "warn"),)


def highlights(audit: Audit) -> tuple[Words, ...]:
    """The numbers of the whole audit, a line each."""
    count = audit.counts
    adding_up, owned, every = count["shares_add_up"], count["owned"], count["organization_key_results"]
    adding = to_words("; ", _ratio_badge(adding_up, every), " add up to 100 %")
    lines = [
        _ratio_line(owned, every, "organization key results have an owner", *adding),
        _ratio_line(
            count["teams_that_reach"], count["teams"], "teams have a key result linked to an organization key result"
        ),
        _ratio_line(count["dependencies_agreed"], count["dependencies"], "dependencies between teams are agreed"),
    ]
    if audit.synced:
        lines.append(
            _ratio_line(
                count["aligned"], count["active"], "active tickets of teams are linked to an aligned key result"
            )
        )
    rules = ", ".join(plural(count[f"{word}s"], word) for word in ("error", "warning", "info"))
    waived, open_ = plural(count["waived"], "finding"), count["not_judged"]
    lines.append(to_words(f"The rules found {rules}; {waived} waived, {open_:,} not evaluated."))
    return tuple(lines)


def _ratio_badge(some: int, every: int) -> Badge:
    if not every:
        return Badge("0 of 0", "dim")
    return Badge(f"{some:,} of {every:,}", "good" if some == every else "warn" if 2 * some >= every else "bad")


def _ratio_line(some: int, every: int, text: str, *suffix: Inline) -> Words:
    return to_words(_ratio_badge(some, every), f" {text}", *suffix, ".")
