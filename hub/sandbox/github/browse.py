"""The pages that people see: the list of tickets, and each ticket with its labels and comments."""

from starlette.routing import Route

from hub.sandbox.github.site import GitHubSite


def routes(_site: GitHubSite) -> list[Route]:
    """The pages' addresses."""
    return []
