"""Link types are read by the words of waiting, in whatever direction and language they are written."""

import pytest

from connectors.links import Waiting, waiting_of

OUT, IN, NONE = Waiting.OUTWARD, Waiting.INWARD, Waiting.NONE


@pytest.mark.parametrize(
    ("name", "inward", "outward", "waiting"),
    [
        ("Blocks", "is blocked by", "blocks", IN),
        ("Blocked", "blocks", "is blocked by", OUT),
        ("Depends", "is depended on by", "depends on", OUT),
        ("Dependency", "is a dependency of", "has a dependency on", OUT),
        ("Dependent", "depends on", "is depended upon by", IN),
        ("Requires", "is required by", "requires", OUT),
        ("Prerequisite", "requires", "is required for", IN),
        ("Needs", "is needed by", "needs", OUT),
        ("Waits", "is awaited by", "waits for", OUT),
        ("Gantt End to Start", "has to be done after", "has to be done before", IN),
        ("Blockiert", "wird blockiert von", "blockiert", IN),
        ("Abhängigkeit", "wird benötigt von", "hängt ab von", OUT),
        ("Bloque", "est bloqué par", "bloque", IN),
        ("Dépendance", "est requis par", "dépend de", OUT),
        ("Bloquea", "está bloqueado por", "bloquea", IN),
        ("Dependencia", "es requerido por", "depende de", OUT),
        ("ブロック", "ブロックされている", "ブロックする", IN),
        ("依存", "依存されている", "依存している", OUT),
        ("Blockade", "is stopped by", "stops", IN),
        ("Depends", "", "", OUT),
        ("Relates", "relates to", "relates to", NONE),
        ("Cloners", "is cloned by", "clones", NONE),
        ("Duplicate", "is duplicated by", "duplicates", NONE),
        ("Problem/Incident", "is caused by", "causes", NONE),
        ("Dependency", "depends on", "depends on", NONE),
    ],
)
def test_direction_follows_from_both_readings(name: str, inward: str, outward: str, waiting: Waiting) -> None:
    assert waiting_of(name, inward, outward, {}) is waiting


def test_settings_come_first_in_any_case() -> None:
    assert waiting_of("Relates", "relates to", "relates to", {"relates": OUT}) is OUT
    assert waiting_of("Blocks", "is blocked by", "blocks", {"BLOCKS": NONE}) is NONE
