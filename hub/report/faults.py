"""Error text that is safe before it is known which key results are private: the location, and no more."""

from hub.model.errors import ConfigError, HubError

MAX_LISTED = 10


def public_error(error: HubError) -> str:
    """The places of problems in files without their words, which may name what is private; other errors as they are."""
    if not isinstance(error, ConfigError):
        return str(error)
    locations = list(dict.fromkeys(problem.location for problem in error.problems))
    suffix = f" and {len(locations) - MAX_LISTED} more places" if len(locations) > MAX_LISTED else ""
    return f"There is a problem at {', '.join(locations[:MAX_LISTED])}{suffix}. Run `hub check` for details."
