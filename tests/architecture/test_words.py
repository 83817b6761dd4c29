"""The code speaks the field's words: no private vocabulary in names, tables, keys of JSON and configuration."""

import ast
import re
import sqlite3
import tomllib
from collections.abc import Iterator
from pathlib import Path

from hub.store.sqlite.store import SqliteStore
from tests.architecture.tree import ROOT, sources

# Words that meant something to the people who wrote them and nothing to the next ones. The field has a term for each.
BANNED = frozenset(
    [
        "anew",
        "asked",
        "barred",
        "beat",
        "blot",
        "board",
        "boards",
        "calm",
        "carried",
        "census",
        "composed",
        "contests",
        "converse",
        "counted",
        "curve",
        "curves",
        "desk",
        "door",
        "doors",
        "doorway",
        "doubt",
        "doubts",
        "drawn",
        "ear",
        "elsewhere",
        "everybody",
        "figures",
        "form",
        "forms",
        "gate",
        "guarded",
        "halt",
        "hear",
        "heard",
        "heed",
        "hints",
        "holder",
        "holders",
        "hush",
        "intend",
        "inward",
        "journal",
        "keeper",
        "kept",
        "knock",
        "knocked",
        "knocks",
        "laps",
        "leans",
        "lent",
        "lonely",
        "looked",
        "looks",
        "loose",
        "memory",
        "mend",
        "mine",
        "misses",
        "moment",
        "muted",
        "nobody",
        "noted",
        "nowhere",
        "ours",
        "outward",
        "owed",
        "paper",
        "perhaps",
        "picture",
        "pictures",
        "poke",
        "print",
        "printed",
        "prints",
        "quiet",
        "rest",
        "rested",
        "rests",
        "rival",
        "rivals",
        "room",
        "said",
        "say",
        "saying",
        "says",
        "shown",
        "shut",
        "sieve",
        "sift",
        "somebody",
        "spending",
        "spoken",
        "spread",
        "stamp",
        "stand",
        "standing",
        "stands",
        "stillness",
        "stir",
        "stood",
        "strange",
        "stretch",
        "taken",
        "tally",
        "tell",
        "theirs",
        "told",
        "tone",
        "torn",
        "unbelievable",
        "undo",
        "unmake",
        "unsure",
        "untold",
        "veil",
        "voice",
        "wall",
        "wanted",
        "whole",
        "wholes",
        "window",
        "windows",
        "wire",
        "world",
    ]
)
# Names that hold such a word in its ordinary meaning, each with the reason.
ALLOWED = {
    "quiet": "the option --quiet of the commands",
    "board_id": "Jira's own word for where a sprint is planned",
}
# Steps of the state's schema name what they rename, and the trackers' words are theirs.
KEYS_OF_OTHERS = ("connectors/", "hub/sandbox/", "hub/store/sqlite/upgrades.py")
WORDS = re.compile(r"_|(?<=[a-z0-9])(?=[A-Z])")


def banned_in(name: str) -> set[str]:
    words = {word.lower() for word in WORDS.split(name)}
    return set() if name in ALLOWED else BANNED & words | ({"one"} & {name})


def defined_names(tree: ast.Module) -> Iterator[str]:
    """Every name that a module gives to anything: classes, functions, fields, parameters, variables, aliases."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.name
        elif isinstance(node, ast.arg):
            yield node.arg
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
            yield node.attr
        elif isinstance(node, ast.alias) and node.asname:
            yield node.asname
        elif isinstance(node, ast.ExceptHandler | ast.MatchAs | ast.MatchStar) and node.name:
            yield node.name


def keys(tree: ast.Module) -> Iterator[str]:
    """The keys of every mapping that a module writes down: what becomes JSON, or reaches a template."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Dict):
            yield from (key.value for key in node.keys if isinstance(key, ast.Constant) and isinstance(key.value, str))


def test_no_defined_name_holds_a_private_word() -> None:
    wrong = {f"{path}: {name}" for path, tree in sources().items() for name in defined_names(tree) if banned_in(name)}
    assert wrong == set()


def test_no_file_or_folder_is_called_by_a_private_word() -> None:
    parts = {part for path in sources() for part in Path(path).with_suffix("").parts}
    assert {part for part in parts if banned_in(part)} == set()


def test_no_key_of_json_or_a_template_is_a_private_word() -> None:
    ours = {path: tree for path, tree in sources().items() if not path.startswith(KEYS_OF_OTHERS)}
    wrong = {
        f"{path}: {key}" for path, tree in ours.items() for key in keys(tree) if key.isidentifier() and banned_in(key)
    }
    assert wrong == set()


def test_no_table_or_column_is_called_by_a_private_word(tmp_path: Path) -> None:
    path = tmp_path / "hub.db"
    SqliteStore(path).close()
    with sqlite3.connect(path) as db:
        tables = [row[0] for row in db.execute("select name from sqlite_master where type = 'table'")]
        columns = {f"{table}.{row[1]}" for table in tables for row in db.execute(f"pragma table_info({table})")}
    names = {*tables, *columns}
    assert {name for name in names if any(banned_in(part) for part in name.split("."))} == set()


def test_no_key_of_the_configuration_is_a_private_word() -> None:
    def names(table: object) -> Iterator[str]:
        for key, value in table.items() if isinstance(table, dict) else ():
            yield key
            yield from names(value)

    example = tomllib.loads((ROOT / "config.example.toml").read_text(encoding="utf-8"))
    assert {name for name in names(example) if banned_in(name)} == set()
