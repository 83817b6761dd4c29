"""Importing a module does no work: nothing is called but what makes constants, nothing in the world is touched."""

import ast
import subprocess
import sys

from tests.architecture.tree import ROOT, allowed, at_import, imports, sources

# Imports everything that needs no extra package, and tells what it touched.
TOUCHED = """
import importlib, sys, threading
touched, told = [], ("socket.", "subprocess.", "sqlite3.", "os.system", "os.mkdir", "os.remove", "os.rename", "urllib.")

def hear(event, args):
    writes = event == "open" and isinstance(args[1], str) and set(args[1]) & set("wax+")
    if (event.startswith(told) and event != "socket.gethostname" or writes) and "pycache" not in str(args[0]):
        touched.append((event, str(args[:1])))

modules = sys.argv[1].split(",")
sys.addaudithook(hear)
sys.dont_write_bytecode = True
for module in modules:
    importlib.import_module(module)
heavy = {"jira", "github", "starlette", "uvicorn", "graphql", "jinja2", "fastapi"} & set(sys.modules)
print(touched, sorted(heavy), threading.active_count())
"""


# Rooms that are entered by one command alone, which loads them when it runs: what they are made of may stand on top.
WITH_EXTRAS = (
    "hub/sandbox/",
    "hub/cli/demo.py",
    "hub/web/",
    "hub/service/main.py",
    "hub/service/workers/",
    "hub/store/jobs/",
    "hub/web/webhooks.py",
)


def module_name(path: str) -> str:
    return path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def test_nothing_is_called_at_import_but_what_makes_constants() -> None:
    everywhere, by_file = set(allowed()["calls"]), allowed()["calls_of_a_file"]
    called = {
        (path, ast.unparse(node.func))
        for path, tree in sources().items()
        for node in at_import(tree)
        if isinstance(node, ast.Call)
    }
    strange = {
        (path, name)
        for path, name in called
        if not (name[0].isupper() or {name, f"*.{name.rpartition('.')[2]}"} & everywhere)
    }
    assert strange == {(path, name) for path, names in by_file.items() for name in names}


def test_importing_touches_nothing_in_the_world_and_loads_nothing_heavy() -> None:
    skipped = (*WITH_EXTRAS, "hub/__main__.py")
    modules = [module_name(path) for path in sources() if not path.startswith(skipped)]
    words = [sys.executable, "-c", TOUCHED, ",".join(modules)]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False, timeout=120)
    assert done.stdout.strip() == "[] [] 1", done.stdout + done.stderr


def test_heavy_libraries_are_imported_inside_the_functions_that_need_them() -> None:
    heavy = {"jira", "github", "rich", "starlette", "uvicorn", "graphql", "jinja2", "fastapi", "prometheus_client"}
    early = {
        (path, name)
        for path, tree in sources().items()
        for node in at_import(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in imports(ast.Module([node], []))
        if name.split(".")[0] in heavy and not path.startswith(WITH_EXTRAS)
    }
    typed = {(path, name) for path, name in early if "if TYPE_CHECKING" in (ROOT / path).read_text()}
    assert early - typed == set()
