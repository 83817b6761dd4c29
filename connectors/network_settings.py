"""What people may say about the way to a site, the same for every connector that speaks HTTP."""

from typing import Annotated

from pydantic import AfterValidator, BaseModel, BeforeValidator, Field, ValidationInfo


def _resolve_path(path: object, info: ValidationInfo) -> object:
    """A path starts from the folder of the configuration, which only whoever validates knows."""
    resolve = (info.context or {}).get("resolve")
    return resolve(path) if resolve and isinstance(path, str) and path.strip() else path


def _require_readable(path: str, info: ValidationInfo) -> str:
    """Whoever validates a file looks at what it names, so that the fault is told by its line."""
    unreadable = (info.context or {}).get("unreadable")
    if unreadable and (reason := unreadable(path)):
        raise ValueError(f"no certificates can be read from {path}: {reason}")
    return path


Authorities = Annotated[str, BeforeValidator(_resolve_path), Field(min_length=1), AfterValidator(_require_readable)]


class NetworkSettings(BaseModel):
    """`ca_file` names the authorities that are trusted for this site alone, in place of the usual ones."""

    ca_file: Authorities | None = None
