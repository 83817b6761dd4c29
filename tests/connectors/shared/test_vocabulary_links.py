"""Link types are read by the words of waiting, in whatever direction and language they are written."""

import pytest

from connectors.shared.vocabulary import Waiting, is_unrelated, waiting_of

OUT, IN, NONE = Waiting.SOURCE_WAITS, Waiting.DESTINATION_WAITS, Waiting.NONE


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
        ("阻塞", "被阻塞", "阻塞", IN),
        ("依赖", "被依赖", "依赖", OUT),
        ("의존", "의존됨", "의존", OUT),
        ("Blocco", "è bloccato da", "blocca", IN),
        ("Dipendenza", "è dipendenza di", "dipende da", OUT),
        ("Bloqueio", "é bloqueado por", "bloqueia", IN),
        ("Dependência", "é dependência de", "depende de", OUT),
        ("Blokkeert", "wordt geblokkeerd door", "blokkeert", IN),
        ("Afhankelijkheid", "is vereist voor", "is afhankelijk van", OUT),
        ("Blokuje", "jest blokowany przez", "blokuje", IN),
        ("Zależność", "jest wymagany przez", "zależy od", OUT),
        ("Blockerar", "blockeras av", "blockerar", IN),
        ("Voraussetzung", "setzt voraus", "ist Voraussetzung für", IN),
        ("Vorgänger", "ist Nachfolger von", "ist Vorgänger von", IN),
        ("Precedes", "is preceded by", "precedes", IN),
        ("Follows", "is followed by", "follows", OUT),
        ("Sequence", "comes after", "comes before", IN),
        ("Impediment", "is impeded by", "impedes", IN),
        ("Precedes", "", "", IN),
        ("Prerequisite", "is a prerequisite of", "has prerequisite", OUT),
    ],
)
def test_direction_follows_from_both_readings(name: str, inward: str, outward: str, waiting: Waiting) -> None:
    assert waiting_of(name, inward, outward, {}) is waiting


def test_settings_come_first_in_any_case() -> None:
    assert waiting_of("Relates", "relates to", "relates to", {"relates": OUT}) is OUT
    assert waiting_of("Blocks", "is blocked by", "blocks", {"BLOCKS": NONE}) is NONE


@pytest.mark.parametrize(
    ("name", "inward", "outward", "settled"),
    [
        ("Relates", "relates to", "relates to", True),
        ("Cloners", "is cloned by", "clones", True),
        ("Duplicate", "is duplicated by", "duplicates", True),
        ("Problem/Incident", "is caused by", "causes", True),
        ("Issue split", "split from", "split to", True),
        ("Teilaufgabe", "ist Teil von", "enthält", True),
        ("Delays", "is delayed by", "delays", False),
        ("Enables", "is enabled by", "enables", False),
        ("Foo", "foos", "is fooed by", False),
    ],
)
def test_what_a_type_is_about_besides_waiting_is_known_or_not(
    name: str, inward: str, outward: str, *, settled: bool
) -> None:
    assert waiting_of(name, inward, outward, {}) is NONE
    assert is_unrelated(name, inward, outward, {}) is settled
    assert is_unrelated(name, inward, outward, {name: NONE})
