"""The version that the hub introduces itself with."""

from importlib.metadata import PackageNotFoundError, version


def own_version() -> str:
    """As installed; "uninstalled" in a bare checkout."""
    try:
        return version("alignment-hub")
    except PackageNotFoundError:
        return "uninstalled"
