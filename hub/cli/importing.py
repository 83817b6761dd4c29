"""`hub import FILE.csv`: a spreadsheet of OKRs becomes an OKR file."""

from datetime import date
from pathlib import Path

import click

from hub.cli.output import DONE, INVALID_INPUT, OutputOptions, common_options, today_option


@click.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--cycle", help="The cycle of the OKRs, as 2026-Q4; rows of other cycles are skipped.")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="The file to write; else okrs/CYCLE.toml.")
@click.option("--dry-run", is_flag=True, help="Show what each column became and the file; write nothing.")
@click.option("--decimal", type=click.Choice([".", ","]), help="The decimal separator, where numbers are ambiguous.")
@click.option(
    "--unclear-cycle", type=click.Choice(["take", "skip"]), help="What to do with rows of an unreadable cycle."
)
@click.option(
    "--owners", type=click.Choice(["teams", "persons"]), help="What all owners are; else decided by their spelling."
)
@click.option(
    "--missing-target",
    type=click.Choice(["take", "skip"]),
    help="What to do with key results that have no target.",
)
@click.option("--column", "columns", multiple=True, metavar="HEADER=NAME", help="Read the column HEADER as NAME.")
@click.option("--force", is_flag=True, help="Overwrite an existing file.")
@today_option()
@common_options()
def command(
    output_options: OutputOptions,
    *,
    file: Path,
    cycle: str | None,
    out: Path | None,
    dry_run: bool,
    decimal: str | None,
    unclear_cycle: str | None,
    owners: str | None,
    missing_target: str | None,
    columns: tuple[str, ...],
    force: bool,
    today: date | None,
) -> int:
    """Turn FILE, a spreadsheet of OKRs as CSV (German or English), into an OKR file."""
    from hub.okr_import.draft import ImportOptions
    from hub.usecases.import_okrs import ImportRequest, import_document, import_lines, import_okrs, write_import
    from hub.wiring import local_day

    mapping = _pairs(columns)
    options = ImportOptions(today or local_day(), _cycle(cycle), decimal, unclear_cycle, owners, missing_target)
    result = import_okrs(ImportRequest(file, options, mapping))
    target = out or Path("okrs") / f"{result.cycle}.toml"
    if output_options.format == "text":
        output_options.write_lines(import_lines(result, dry=dry_run))
    if not dry_run:
        write_import(result, target, force=force)
        output_options.write_note(f"Wrote {target}. Next: hub check {target}")
    if output_options.format == "json":
        output_options.write_document(import_document(result, None if dry_run else str(target)))
    return INVALID_INPUT if result.blocked else DONE


def _cycle(text: str | None) -> str | None:
    from hub.okr_import.cell_parsers import parse_period

    try:
        return parse_period(text).id if text else None
    except ValueError as error:
        raise click.BadParameter(f"{text!r} {error}", param_hint="--cycle") from None


def _pairs(columns: tuple[str, ...]) -> dict[str, str]:
    pairs = {}
    for column in columns:
        header, sign, name = column.rpartition("=")
        if not sign:
            raise click.BadParameter(f"{column!r} is not HEADER=NAME", param_hint="--column")
        pairs[header.strip()] = name.strip()
    return pairs
