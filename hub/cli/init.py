"""`hub init`: looks at the tracker, proposes what to read, writes the files, and ends with the first dry run."""

from pathlib import Path

import click

from hub.cli.output import OutputOptions, common_options, exit_code, explain


@click.command("init")
@click.argument("directory", type=click.Path(path_type=Path, file_okay=False), default=Path())
@click.option("--jira", metavar="URL", help="Look at this Jira site.")
@click.option(
    "--github", metavar="ORG", help="Look at this GitHub organization: acme, or https://github.acme.com/acme."
)
@click.option("--email", help="The account of a Jira Cloud token.")
@click.option(
    "--github-app", "app", is_flag=True, help="Register a GitHub App in the browser instead of using a token."
)
@click.option(
    "--read", multiple=True, metavar="PLACE", help="Read this project (ACME, acme/5) or repository (acme/app)."
)
@click.option(
    "--import", "spreadsheet", type=click.Path(path_type=Path), metavar="FILE", help="Import the OKRs of a CSV file."
)
@click.option("--yes", is_flag=True, help="Accept what is proposed; for scripts, with credentials in the environment.")
@click.option("--offline", is_flag=True, help="Write templates and look at nothing.")
@common_options()
def command(
    output_options: OutputOptions,
    *,
    directory: Path,
    jira: str | None,
    github: str | None,
    email: str | None,
    app: bool,
    read: tuple[str, ...],
    spreadsheet: Path | None,
    yes: bool,
    offline: bool,
) -> int:
    """Look at your tracker and write config.toml and an OKR file into DIRECTORY; existing files are not changed."""
    from hub.cli.init_dialogue import InitOptions, run_dialogue, write_templates
    from hub.model.errors import SourceError
    from hub.usecases.init_files import CONFIG_FILE

    options = InitOptions(directory, jira, github, email, read, spreadsheet, app, yes)
    if offline:
        if options != InitOptions(directory, yes=yes):
            raise click.UsageError("--offline looks at nothing and writes templates: give it alone")
        return write_templates(output_options, directory)
    try:
        return run_dialogue(output_options, options)
    except SourceError as error:
        explain(error, is_configured=(directory / CONFIG_FILE).exists())
        return exit_code(error)
