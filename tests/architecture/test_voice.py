"""What people read is plain English: no banned phrase in pages, reports, help texts, comments and rules."""

import ast
import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path

from tests.architecture.tree import ROOT, sources

LISTS = tomllib.loads((Path(__file__).parent / "voice.toml").read_text(encoding="utf-8"))
PHRASES: Mapping[str, str] = LISTS["phrases"]
EXCEPTIONS: Mapping[str, str] = LISTS["exceptions"]
# An identifier, an option or a path around it makes it no word of a sentence.
BANNED = re.compile(
    rf"(?<![\w`/.-])(?:{'|'.join(map(re.escape, sorted(PHRASES, key=len, reverse=True)))})(?![\w`/=-])", re.IGNORECASE
)
FOLDERS = ("hub/cli/", "hub/usecases/", "hub/core/insight/", "hub/core/planning/", "hub/report/", "hub/web/", "rules/")
FILES = {
    "hub/core/insight/status.py",
    "hub/core/mapping/comment_commands.py",
    "hub/core/planning/comment_drift.py",
    "hub/core/insight/explain.py",
    "hub/service/main.py",
}
FILES |= {"connectors/shared/diagnosis.py"}
DIAGNOSES = re.compile(r"connectors/\w+/diagnose\w*\.py")
PAGES_OF_RULES = re.compile(r"rules/(?!shared/)\w+/[a-z]\w*\.py")
TEMPLATES = sorted((ROOT / "hub").rglob("*.html"))
FENCE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
UNSEEN = re.compile(r"\{#.*?#\}|<style.*?</style>", re.DOTALL)
CODE = re.compile(r"\{\{.*?\}\}|\{%.*?%\}", re.DOTALL)
NAMED = re.compile(r'(?:aria-label|title|placeholder)="([^"]*)"')
LITERAL = re.compile(r'"([^"]*\s[^"]*)"')


def said(path: str, tree: ast.Module) -> Iterator[str]:
    """Texts of more than one word, and the docstrings that are shown: pages of rules and help of commands."""
    docstrings = {id(node.body[0].value) for node in ast.walk(tree) if documented(node)}  # type: ignore[attr-defined]
    parts = {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in node.values}
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            yield "".join(value.value if isinstance(value, ast.Constant) else "…" for value in node.values)  # type: ignore[misc]
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and " " in node.value:
            if id(node) not in docstrings | parts:
                yield node.value
        elif isinstance(node, ast.FunctionDef) and any("click.command" in ast.unparse(d) for d in node.decorator_list):
            yield ast.get_docstring(node) or ""
    if PAGES_OF_RULES.fullmatch(path):
        yield FENCE.sub("", ast.get_docstring(tree) or "")


def documented(node: ast.AST) -> bool:
    kinds = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    return isinstance(node, kinds) and ast.get_docstring(node, clean=False) is not None


def written(template: str) -> Iterator[str]:
    """The words of a template: between tags, in names for screen readers, and in texts within expressions."""
    seen = UNSEEN.sub(" ", template)
    for code in CODE.findall(seen):
        yield from LITERAL.findall(code)
    words = CODE.sub("…", seen)
    yield from NAMED.findall(words)
    yield re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " | ", words))


def texts() -> Iterator[tuple[str, str]]:
    for path, tree in sources().items():
        if path.startswith(FOLDERS) or path in FILES or DIAGNOSES.fullmatch(path):
            yield from ((path, text) for text in said(path, tree))
    for file in TEMPLATES:
        yield from ((file.relative_to(ROOT).as_posix(), text) for text in written(file.read_text(encoding="utf-8")))


def found() -> dict[str, str]:
    """Each banned phrase by file, with the words around it."""
    return {
        f"{path}: {hit.group().casefold()}": text[max(0, hit.start() - 40) : hit.end() + 40]
        for path, text in texts()
        for hit in BANNED.finditer(text)
    }


def test_nobody_reads_a_banned_phrase() -> None:
    wrong = {
        place: f"{around!r}: write {PHRASES[place.rpartition(': ')[2]]!r}"
        for place, around in found().items()
        if place not in EXCEPTIONS
    }
    assert wrong == {}


def test_exceptions_from_the_voice_are_needed_and_have_a_reason() -> None:
    assert set(EXCEPTIONS) - found().keys() == set()
    assert [reason for reason in EXCEPTIONS.values() if len(reason.split()) < 3] == []


def test_the_words_of_templates_and_modules_are_found() -> None:
    page = '<p title="Look now">Moved {{ mark("leads nowhere", "bad") }} it</p>{# judged #}<a class="picture">x</a>'
    assert [hit for text in written(page) for hit in BANNED.findall(text)] == ["leads nowhere", "Look now"]
    module = '"""Judged."""\ndef judged(x):\n    """Judged."""\n    return f"{x} judged {x}", "not judged", "judged"\n'
    assert list(said("hub/report/x.py", ast.parse(module))) == ["… judged …", "not judged"]
    page_of_rule = ast.parse('"""It is heard.\n\n```\nheard\n```\n"""')
    assert [text.strip() for text in said("rules/work/x.py", page_of_rule)] == ["It is heard."]
