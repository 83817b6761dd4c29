"""Nothing is printed, logged or asked but through the doors where text is made safe."""

import ast

import pytest

from tests.architecture.tree import allowed, sources

PRINTS = {
    *("print", "input", "breakpoint", "pprint", "pprint.pprint"),
    *("click.echo", "click.secho", "click.confirm", "click.prompt", "click.echo_via_pager", "click.progressbar"),
    *("traceback.print_exc", "traceback.print_exception", "traceback.print_stack", "traceback.print_tb"),
    *("logging.StreamHandler", "logging.basicConfig", "Console", "rich.print", "rich.console.Console"),
    *("structlog.PrintLogger", "structlog.PrintLoggerFactory", "structlog.WriteLoggerFactory", "structlog.configure"),
    *("warnings.showwarning", "os.write"),
}
STREAMS = {"sys.stdout", "sys.stderr", "sys.__stdout__", "sys.__stderr__"}
SAFE_OF_STREAMS = {"isatty"}
BY_NAME = {"sys": {"stdout", "stderr"}, "click": {"echo", "secho", "confirm", "prompt"}}


def ways_out(tree: ast.AST) -> set[str]:
    """What in the code writes to a terminal, or could: a stream that is only asked whether it is one does not."""
    asked = {
        id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Attribute) and node.attr in SAFE_OF_STREAMS
    }
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and ast.unparse(node.func) in PRINTS:
            found.add(ast.unparse(node.func))
        elif isinstance(node, ast.Attribute) and ast.unparse(node) in STREAMS and id(node) not in asked:
            found.add(ast.unparse(node))
        elif isinstance(node, ast.ImportFrom) and node.module in BY_NAME:
            found |= {f"{node.module}.{name.name}" for name in node.names} & {
                f"{node.module}.{name}" for name in BY_NAME[node.module]
            }
    return found


def test_only_the_doors_print() -> None:
    printing = {path: ways_out(tree) for path, tree in sources().items()}
    assert {path for path, found in printing.items() if found} == set(allowed()["output"])


def test_only_annotations_are_commands_of_a_build() -> None:
    naming = {path for path, tree in sources().items() if "COMMAND" in _names_from(tree, "hub.report.lines")}
    assert naming == {"hub/cli/output.py", "hub/cli/check.py"}


def _names_from(tree: ast.AST, module: str) -> set[str]:
    imports = (node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module == module)
    return {name.name for node in imports for name in node.names}


@pytest.mark.parametrize(
    "code",
    [
        "print(title)",
        "import click\nclick.echo(title, err=True)",
        "from click import echo\necho(title)",
        "import sys\nsys.stdout.write(title)",
        "import sys\nprint_to = sys.stderr",
        "from sys import stderr\nstderr.write(title)",
        "import traceback\ntraceback.print_exception(error)",
        "import logging\nlogging.basicConfig()",
        "Console().print(title)",
        "answer = input(title)",
    ],
)
def test_another_way_out_would_be_noticed(code: str) -> None:
    assert ways_out(ast.parse(code))


def test_a_look_whether_a_stream_is_a_terminal_prints_nothing() -> None:
    assert ways_out(ast.parse("import sys\nfits = sys.stderr.isatty()")) == set()
