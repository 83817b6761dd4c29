"""Check-ins: the status of key results, and a new value written to the OKR file."""

from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from hub.config.settings import Config
from hub.core.insight.status import key_result_statuses
from hub.model.errors import ConfigError, Problem
from hub.model.okr import CheckIn, KeyResult, Okrs, Phase
from hub.model.text import closest, did_you_mean
from hub.okr_files.check_in_editor import CheckInEdit, with_check_in
from hub.okr_files.json_file import is_json
from hub.okr_files.loader import read_okrs
from hub.report.key_result_status import CheckInResult, KeyResultStatuses
from hub.toml.document import TomlFile, TomlPath, parse_toml, write_atomically
from hub.usecases.assess import assess
from hub.wiring import configured_okrs, local_day

BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class CheckInContext:
    """What a check-in needs: the configuration, the OKRs, and whether private ones may be named."""

    config: Config
    okrs: Okrs
    today: date
    private: bool = False


def load_context(config: Config, today: date | None, *, private: bool) -> CheckInContext:
    """Read the OKR files."""
    today = today or local_day(config)
    return CheckInContext(config, configured_okrs(config, today), today, private)


def key_result_status(
    config: Config, today: date | None, key_result: str | None, *, private: bool
) -> KeyResultStatuses:
    """Every key result of the running cycle, or the one that is named, beside the work as the last run saw it."""
    assessment = assess(config, today)
    read = min((source.read for source in assessment.stored.sources), default=None)
    portfolio = assessment.unredacted if private else assessment.portfolio
    rows = key_result_statuses(portfolio, read=read is not None)
    if key_result is not None:
        key_result_id = find_key_result(
            CheckInContext(config, assessment.okrs, portfolio.today, private), key_result
        ).id
        rows = tuple(row for row in rows if row.key_result.id == key_result_id)
    return KeyResultStatuses(portfolio.cycle, portfolio.today, rows, read, bool(portfolio.gaps))


def find_key_result(context: CheckInContext, name: str) -> KeyResult:
    """The key result of the running cycle with that id; else one of a cycle alongside that is still open."""
    id_ = name.strip().casefold()
    key_result = context.okrs.key_results.get(id_) or context.okrs.other_key_results.get(id_)
    if key_result is None:
        raise _usage_error("KR", f"no key result has the id {name!r}", _suggest(context, name))
    if context.okrs.cycles[key_result.cycle].phase is Phase.CLOSED:
        raise _usage_error(
            "KR", f"its cycle {key_result.cycle} is closed", "Check in on the key result that follows it."
        )
    return key_result


def write_check_in(
    context: CheckInContext, key_result: KeyResult, check_in: CheckIn, *, replace: bool
) -> CheckInResult:
    """Append the check-in to the key result in its file; the new text is validated before it is written."""
    number = _same_day(key_result, check_in.date, replace=replace)
    _validate(context, check_in)
    path = _file_of(context, key_result)
    if is_json(path.name):
        message = f"{key_result.id} stands in {path}, which a script writes"
        raise _usage_error("KR", message, "Check in where its OKRs come from, or keep it in a TOML file.")
    content = path.read_bytes()
    file = parse_toml(str(path), content)
    later = any(check_in.date < other.date <= context.today for other in key_result.check_ins)
    current = check_in.value is not None and not later
    entry = CheckInEdit(check_in, current, number)
    toml_path = _toml_path(file, key_result.id)
    text = content.removeprefix(BOM).decode("utf-8")
    new_content = (BOM if content.startswith(BOM) else b"") + with_check_in(text, file, toml_path, entry).encode(
        "utf-8"
    )
    _verify(context, path, new_content, key_result, check_in)
    write_atomically(path, new_content, expected=content)
    return CheckInResult(key_result.id, str(path), check_in, current, number is not None, key_result.private)


def _verify(context: CheckInContext, path: Path, new_content: bytes, key_result: KeyResult, check_in: CheckIn) -> None:
    """Read everything again with the text as it will be; nothing but this key result may be another."""
    config = context.config
    after = read_okrs(
        config.okr_paths(), config.cycle, {path: new_content}, today=context.today, tracked=config.okrs_tracked
    )
    others_unchanged = _other_key_results(context.okrs, key_result) == _other_key_results(after, key_result)
    changed = (
        after.key_results.get(key_result.id)
        if key_result.cycle == after.cycle.id
        else after.other_key_results.get(key_result.id)
    )
    if not others_unchanged or changed is None or check_in not in changed.check_ins:
        message = "the check-in cannot be written without changing something else"
        raise ConfigError([Problem(str(path), "", message, "Write it by hand, and please report it.")])


def _other_key_results(okrs: Okrs, excluded: KeyResult) -> dict[tuple[str, str], KeyResult]:
    """Every other key result, without its line."""
    every = (*okrs.key_results.values(), *okrs.other_key_results.values())
    return {
        (k.cycle, k.id): replace(k, location=None) for k in every if (k.cycle, k.id) != (excluded.cycle, excluded.id)
    }


def _same_day(key_result: KeyResult, day: date, *, replace: bool) -> int | None:
    numbers = [number for number, check_in in enumerate(key_result.check_ins) if check_in.date == day]
    if numbers and not replace:
        raise _usage_error(
            "--date", f"there is a check-in of {day} already", "Give --replace to put this in its place."
        )
    return numbers[-1] if numbers else None


def _validate(context: CheckInContext, check_in: CheckIn) -> None:
    if check_in.date > context.today:
        raise _usage_error("--date", f"{check_in.date} is after {context.today}", "Use the day of the measurement.")
    for team in check_in.present:
        if team not in context.okrs.teams:
            remedy = did_you_mean(team, context.okrs.teams.keys(), noun="team")
            raise _usage_error("--present", f"no team has the id {team!r}", remedy)


def _file_of(context: CheckInContext, key_result: KeyResult) -> Path:
    name = key_result.location.file if key_result.location else ""
    return next(path for path in context.config.okr_paths() if str(path) == name)


def _toml_path(file: TomlFile, id_: str) -> TomlPath:
    """The position of the key result in its file; ids are unique within a file's cycle."""
    return next(
        ("objective", number, "key_result", inner)
        for number, objective in enumerate(file.data["objective"])
        for inner, table in enumerate(objective.get("key_result", ()))
        if table["id"] == id_
    )


def _suggest(context: CheckInContext, name: str) -> str:
    """The closest ids; those of private key results only to who asked for them."""
    known = [k.id for k in context.okrs.key_results.values() if context.private or not k.private]
    suggestions = closest(name, known, limit=3)
    return f"Did you mean {', '.join(suggestions)}?" if suggestions else "hub checkin lists them"


def _usage_error(key: str, message: str, remedy: str) -> ConfigError:
    return ConfigError([Problem("command line", key, message, remedy)])
