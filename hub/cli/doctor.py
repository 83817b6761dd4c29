"""`hub doctor`: every connector and the workspace, looked at from outside."""

from collections.abc import Iterable

import click

from hub.cli.exits import DONE, INVALID_INPUT, PARTIAL
from hub.cli.options import OutputOptions, common_options
from hub.model.check_up import Check, Health


@click.command("doctor")
@click.option("--only", multiple=True, metavar="CONNECTOR", help="Check only this connector; repeatable.")
@common_options()
def command(output_options: OutputOptions, *, only: tuple[str, ...]) -> int:
    """Check the account and permissions at each tracker and the configuration, and how to fix them; writes nothing."""
    from hub.config.load import load
    from hub.report.doctor import doctor_document, doctor_lines
    from hub.usecases.doctor import examine

    checks = examine(load(output_options.config), only=only, verbose=output_options.verbose)
    if output_options.format == "json":
        output_options.write_document(doctor_document(checks))
    else:
        output_options.write_lines(doctor_lines(checks))
    return doctor_code(checks)


def doctor_code(checks: Iterable[Check]) -> int:
    """2 where the configuration must be fixed, 3 where a tracker must be, 0 for warnings only."""
    failed = [check for check in checks if check.outcome is Health.FAIL]
    if any(check.configured for check in failed):
        return INVALID_INPUT
    return PARTIAL if failed else DONE
