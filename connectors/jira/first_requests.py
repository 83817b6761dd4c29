"""What a read of a whole site begins with, sent together: one after the other, each request would wait for another."""

from connectors.http.client import ApiClient
from connectors.jira.admin_client import FIELDS, MYSELF, PRIORITIES, SERVER_INFO, AdminClient
from connectors.jira.search import first_request
from connectors.jira.server_info import CLOUD, DATA_CENTER, Dialect, ServerInfo
from connectors.jira.settings import JiraSettings
from hub.model.urls import is_jira_cloud


def is_password(settings: JiraSettings) -> bool:
    """Whether the credentials are a user's name and password, which a wrong guess must not try several times at once.

    Data Center locks accounts after a few refusals; accounts of Cloud are e-mail addresses, and tokens lock nothing.
    """
    return settings.email is not None and "@" not in settings.email


def expected_dialect(settings: JiraSettings) -> Dialect:
    """The kind of site that most likely answers, as its address and the credentials tell."""
    is_cloud = is_jira_cloud(settings.url) or settings.cloud_id is not None or settings.email is not None
    return CLOUD if is_cloud else DATA_CENTER


def begin_full_pull(
    client: ApiClient, admin_client: AdminClient, settings: JiraSettings, server: ServerInfo | None, *, known: bool
) -> None:
    """Begin all that a full pull asks for first, but what is known of the `server` and, if `known`, of the account.

    Where another kind of site answers than expected, its answers to the search and for priorities are left alone.
    """
    dialect = server.dialect if server else expected_dialect(settings)
    paths = [FIELDS]
    paths += [] if server else [SERVER_INFO]
    paths += [] if known else [MYSELF]
    paths += [PRIORITIES] if dialect is CLOUD and settings.default_priority is None else []
    admin_client.begin(*paths)
    client.begin(first_request(settings.query, settings, dialect))
