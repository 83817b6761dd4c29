"""What people may say about the way to a site, the same for every connector that speaks HTTP."""

from typing import Annotated

from pydantic import AfterValidator, BaseModel, BeforeValidator, Field, ValidationInfo


def _from_the_file(path: object, info: ValidationInfo) -> object:
    """A path starts from the folder of the configuration, which only whoever validates knows."""
    resolve = (info.context or {}).get("resolve")
    return resolve(path) if resolve and isinstance(path, str) and path.strip() else path


def _can_be_read(path: str, info: ValidationInfo) -> str:
    """Whoever validates a file looks at what it names, so that the fault is told by its line."""
    unreadable = (info.context or {}).get("unreadable")
    if unreadable and (why := unreadable(path)):
        raise ValueError(f"no certificates can be read from {path}: {why}")
    return path


Authorities = Annotated[str, BeforeValidator(_from_the_file), Field(min_length=1), AfterValidator(_can_be_read)]


class NetworkSettings(BaseModel):
    """`ca_file` names the authorities that are trusted for this site alone, in place of the usual ones."""

    ca_file: Authorities | None = None
