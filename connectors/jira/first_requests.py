"""What a pull asks for first, sent together: one after the other, each request would wait for another's answer."""

from connectors.http.client import ApiClient
from connectors.jira import api
from connectors.jira.admin_client import FIELDS, MYSELF, PRIORITIES, SERVER_INFO, AdminClient
from connectors.jira.incremental import FIRST_PAGE, ids_as_they_are, search_start
from connectors.jira.queries import okr_query
from connectors.jira.search import first_request
from connectors.jira.server_info import (
    CLOUD,
    DATA_CENTER,
    IN_ORDER,
    Cursor,
    Dialect,
    ServerInfo,
    narrow_query,
    since,
)
from connectors.jira.settings import JiraSettings
from hub.model.initiative import PullState
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
    client: ApiClient,
    admin_client: AdminClient,
    settings: JiraSettings,
    server: ServerInfo | None,
    *,
    has_account: bool,
) -> None:
    """Begin all that a full pull asks for first, but what is known: the `server`, and the account of `has_account`.

    Where another kind of site answers than expected, its answers to the search and for priorities are left alone.
    """
    dialect = server.dialect if server else expected_dialect(settings)
    paths = [FIELDS]
    paths += [] if server else [SERVER_INFO]
    paths += [] if has_account else [MYSELF]
    paths += [PRIORITIES] if dialect is CLOUD and settings.default_priority is None else []
    admin_client.begin(*paths)
    client.begin(first_request(settings.query, settings, dialect))
    _begin_okrs(client, settings, dialect)


def begin_changes(
    client: ApiClient, settings: JiraSettings, dialect: Dialect, known: PullState, cursor: Cursor, *, reconcile: bool
) -> None:
    """Begin the searches that every pull of changes makes: none depends on what another one finds."""
    clause = since(search_start(cursor, settings, reconcile=reconcile))
    changed = narrow_query(settings.query, clause) + IN_ORDER
    client.begin(
        first_request(changed, settings, dialect)
        if dialect.offset_paging
        else api.search_times(changed, FIRST_PAGE, ids_as_they_are(known))
    )
    client.begin(first_request(settings.query if reconcile else clause + IN_ORDER, settings, dialect))
    _begin_okrs(client, settings, dialect)


def _begin_okrs(client: ApiClient, settings: JiraSettings, dialect: Dialect) -> None:
    if settings.okrs is not None:
        client.begin(first_request(okr_query(settings.okrs, settings.query), settings, dialect))
