"""What may be told of a fault where nobody knows yet which key results are private: where it is, and no more."""

from hub.model.errors import ConfigError, HubError

SHOWN = 10


def told_openly(error: HubError) -> str:
    """The places of problems in files without their words, which may name what is private; other errors as they are."""
    if not isinstance(error, ConfigError):
        return str(error)
    places = list(dict.fromkeys(problem.location for problem in error.problems))
    more = f" and {len(places) - SHOWN} more places" if len(places) > SHOWN else ""
    return f"There is a problem at {', '.join(places[:SHOWN])}{more}. Run `hub check` for details."
