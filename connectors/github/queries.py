"""The GraphQL documents: every query tells its price, every connection where it ends, every page from either end."""

# First of all, so that it stands at the beginning of the answer. Null on a server that sets no limits.
# docs.github.com/graphql/overview/rate-limits-and-query-limits-for-the-graphql-api
POINTS = "rateLimit { cost limit remaining resetAt }"
ENDS = "pageInfo { hasNextPage endCursor }"
BOTH_ENDS = "pageInfo { hasNextPage endCursor hasPreviousPage startCursor }"
NAME = "id number repository { nameWithOwner }"
LABEL = "name"
PULL_REQUEST = "state"

# Fields of the organization, on the issue itself. A member of the union that is not named here shows by its type alone.
# docs.github.com/en/issues/tracking-your-work-with-issues/using-issues/managing-issue-fields-in-your-organization
ISSUE_FIELD_VALUE = """
    __typename
    ... on IssueFieldSingleSelectValue { name }
    ... on IssueFieldMultiSelectValue { options { name } }
    ... on IssueFieldDateValue { date: value }
    ... on IssueFieldTextValue { text: value }
    ... on IssueFieldNumberValue { number: value }
"""
ISSUE_FIELD = f"... on IssueFieldValueCommon {{ field {{ ... on IssueFieldCommon {{ name }} }} }} {ISSUE_FIELD_VALUE}"

# Sizes that nearly every issue fits in; what is longer is read to its end afterwards.
WORK = f"""
fragment Work on Issue {{
  id number title body url state createdAt updatedAt closedAt
  stateReason
  author {{ login }}
  repository {{ nameWithOwner isPrivate isArchived }}
  issueType {{ name }}
  milestone {{ title state dueOn }}
  parent {{ {NAME} }}
  labels(first: 30) {{ {ENDS} nodes {{ {LABEL} }} }}
  blockedBy(first: 10) {{ {ENDS} nodes {{ {NAME} }} }}
  blocking(first: 10) {{ {ENDS} nodes {{ {NAME} }} }}
  issueFieldValues(first: 25) {{ {ENDS} nodes {{ {ISSUE_FIELD} }} }}
}}
"""

# Whether somebody works on an issue that no project says a status of: read there alone, for each costs points.
ASSIGNMENT = f"""
fragment Assignment on Issue {{
  assignees(first: 1) {{ {ENDS} nodes {{ login }} }}
  closedByPullRequestsReferences(first: 10) {{ {ENDS} nodes {{ {PULL_REQUEST} }} }}
}}
"""

FIELD = "field { ... on ProjectV2FieldCommon { name } }"
VALUE = f"""
fragment Value on ProjectV2ItemFieldValue {{
  __typename
  ... on ProjectV2ItemFieldValueCommon {{ {FIELD} }}
  ... on ProjectV2ItemFieldSingleSelectValue {{ name }}
  ... on ProjectV2ItemFieldIterationValue {{ title startDate duration }}
  ... on ProjectV2ItemFieldDateValue {{ date }}
  ... on ProjectV2ItemFieldTextValue {{ text }}
  ... on ProjectV2ItemFieldNumberValue {{ number }}
  ... on ProjectV2ItemFieldMultiSelectValue {{ options {{ name }} }}
  ... on ProjectV2ItemIssueFieldValue {{ {FIELD} issueFieldValue {{ {ISSUE_FIELD_VALUE} }} }}
}}
"""

ISSUES = f"""
query Issues(
  $owner: String!, $name: String!, $filter: IssueFilters,
  $first: Int, $after: String, $last: Int, $before: String
) {{
  {POINTS}
  repository(owner: $owner, name: $name) {{
    isArchived hasIssuesEnabled
    issues(
      first: $first, after: $after, last: $last, before: $before,
      filterBy: $filter, orderBy: {{field: CREATED_AT, direction: ASC}}
    ) {{ totalCount {BOTH_ENDS} nodes {{ ...Work ...Assignment }} }}
  }}
}}
{WORK}{ASSIGNMENT}"""

PROJECT = f"""
query Project($login: String!, $number: Int!) {{
  {POINTS}
  repositoryOwner(login: $login) {{ ... on ProjectV2Owner {{ projectV2(number: $number) {{ id title }} }} }}
}}
"""

PROJECT_FIELDS = f"""
query ProjectFields($login: String!, $number: Int!) {{
  {POINTS}
  repositoryOwner(login: $login) {{ ... on ProjectV2Owner {{ projectV2(number: $number) {{
    title closed
    items(first: 1) {{ totalCount {ENDS} }}
    fields(first: 60) {{ {ENDS} nodes {{
      ... on ProjectV2FieldCommon {{ name dataType }}
      ... on ProjectV2SingleSelectField {{ options {{ name }} }}
    }} }}
  }} }} }}
}}
"""

ITEMS = f"""
query Items($id: ID!, $first: Int, $after: String, $last: Int, $before: String) {{
  {POINTS}
  node(id: $id) {{ ... on ProjectV2 {{
    items(first: $first, after: $after, last: $last, before: $before) {{
      totalCount {BOTH_ENDS}
      nodes {{
        id type isArchived updatedAt
        fieldValues(first: 30) {{ {ENDS} nodes {{ ...Value }} }}
        content {{ __typename ...Work }}
      }}
    }}
  }} }}
}}
{WORK}{VALUE}"""

MILESTONE = "id state dueOn updatedAt"

CHANGED_ISSUES = f"""
query ChangedIssues($owner: String!, $name: String!, $since: DateTime!, $after: String) {{
  {POINTS}
  repository(owner: $owner, name: $name) {{
    nameWithOwner
    milestones(first: 50, orderBy: {{field: UPDATED_AT, direction: DESC}}) {{ {ENDS} nodes {{ {MILESTONE} }} }}
    issues(first: 100, after: $after, filterBy: {{since: $since}}, orderBy: {{field: UPDATED_AT, direction: ASC}}) {{
      totalCount {ENDS} nodes {{ id updatedAt }}
    }}
  }}
}}
"""


MILESTONE_ISSUES = f"""
query MilestoneIssues($id: ID!, $after: String) {{
  {POINTS}
  node(id: $id) {{ ... on Milestone {{ issues(first: 100, after: $after) {{ totalCount {ENDS} nodes {{ id }} }} }} }}
}}
"""


def _changed_items(filtering: str, parameters: str) -> str:
    return f"""
query ChangedItems($id: ID!, $after: String{parameters}) {{
  {POINTS}
  node(id: $id) {{ ... on ProjectV2 {{
    items(first: 100, after: $after{filtering}) {{
      totalCount {ENDS}
      nodes {{ id updatedAt content {{ __typename ... on Issue {{ id updatedAt }} }} }}
    }}
  }} }}
}}
"""


CHANGED_ITEMS = _changed_items(", query: $query", ", $query: String")
ALL_ITEMS = _changed_items("", "")

PROJECT_ITEM = f"""
  id type isArchived updatedAt
  project {{ id }}
  fieldValues(first: 30) {{ {ENDS} nodes {{ ...Value }} }}
"""

ISSUES_BY_ID = f"""
query IssuesById($ids: [ID!]!) {{
  {POINTS}
  nodes(ids: $ids) {{
    __typename
    ... on Issue {{
      ...Work ...Assignment
      projectItems(first: 10, includeArchived: true) {{ {ENDS} nodes {{ {PROJECT_ITEM} }} }}
    }}
  }}
}}
{WORK}{ASSIGNMENT}{VALUE}"""


def _nested_query(name: str, kind: str, nodes: str, fragments: str = "") -> str:
    return f"""
query NestedPage($id: ID!, $after: String) {{
  {POINTS}
  node(id: $id) {{ ... on {kind} {{ {name}(first: 100, after: $after) {{ {ENDS} nodes {{ {nodes} }} }} }} }}
}}
{fragments}"""


NESTED_QUERIES = {
    "labels": _nested_query("labels", "Issue", LABEL),
    "blockedBy": _nested_query("blockedBy", "Issue", NAME),
    "blocking": _nested_query("blocking", "Issue", NAME),
    "issueFieldValues": _nested_query("issueFieldValues", "Issue", ISSUE_FIELD),
    "closedByPullRequestsReferences": _nested_query("closedByPullRequestsReferences", "Issue", PULL_REQUEST),
    "fieldValues": _nested_query("fieldValues", "ProjectV2Item", "...Value", VALUE),
    "projectItems": _nested_query("projectItems", "Issue", PROJECT_ITEM, VALUE),
}

INCREMENTAL_QUERIES = (CHANGED_ISSUES, MILESTONE_ISSUES, CHANGED_ITEMS, ALL_ITEMS, ISSUES_BY_ID)
REPOSITORY_SURVEY = f"""
fragment Surveyed on Repository {{
  nameWithOwner isArchived isFork hasIssuesEnabled
  issues(first: 1, states: [OPEN]) {{ totalCount {ENDS} }}
  labels(first: 50) {{ totalCount {ENDS} nodes {{ name }} }}
}}
"""

OWNER_REPOSITORIES = f"""
query OwnerRepositories($login: String!) {{
  {POINTS}
  repositoryOwner(login: $login) {{
    login
    repositories(first: 100, ownerAffiliations: [OWNER], orderBy: {{field: PUSHED_AT, direction: DESC}}) {{
      totalCount {ENDS} nodes {{ ...Surveyed }}
    }}
  }}
}}
{REPOSITORY_SURVEY}"""

ONE_REPOSITORY = f"""
query OneRepository($owner: String!, $name: String!) {{
  {POINTS}
  repository(owner: $owner, name: $name) {{ ...Surveyed }}
}}
{REPOSITORY_SURVEY}"""

PROJECT_SURVEY = f"""
fragment SurveyedProject on ProjectV2 {{
  number title closed
  items(first: 1) {{ totalCount {ENDS} }}
  fields(first: 60) {{ {ENDS} nodes {{ ... on ProjectV2FieldCommon {{ name dataType }} }} }}
}}
"""

OWNER_PROJECTS = f"""
query OwnerProjects($login: String!) {{
  {POINTS}
  repositoryOwner(login: $login) {{ ... on ProjectV2Owner {{
    projectsV2(first: 50, orderBy: {{field: UPDATED_AT, direction: DESC}}) {{
      totalCount {ENDS} nodes {{ ...SurveyedProject }}
    }}
  }} }}
}}
{PROJECT_SURVEY}"""

ONE_PROJECT = f"""
query OneProject($login: String!, $number: Int!) {{
  {POINTS}
  repositoryOwner(login: $login) {{ ... on ProjectV2Owner {{ projectV2(number: $number) {{ ...SurveyedProject }} }} }}
}}
{PROJECT_SURVEY}"""

ISSUE_TYPES = f"""
query IssueTypes($login: String!) {{
  {POINTS}
  organization(login: $login) {{ issueTypes(first: 50) {{ totalCount {ENDS} nodes {{ name isEnabled }} }} }}
}}
"""

ISSUE_FIELDS = f"""
query IssueFields($login: String!) {{
  {POINTS}
  organization(login: $login) {{ issueFields(first: 100) {{ totalCount {ENDS} nodes {{
    ... on IssueFieldCommon {{ name dataType }}
    ... on IssueFieldSingleSelect {{ options {{ name }} }}
    ... on IssueFieldMultiSelect {{ options {{ name }} }}
  }} }} }}
}}
"""

SURVEY_QUERIES = (OWNER_REPOSITORIES, ONE_REPOSITORY, OWNER_PROJECTS, ONE_PROJECT, ISSUE_TYPES, ISSUE_FIELDS)

ALL_QUERIES = (
    *(ISSUES, PROJECT, PROJECT_FIELDS, ITEMS, *NESTED_QUERIES.values(), *INCREMENTAL_QUERIES),
    *SURVEY_QUERIES,
)

MINIMIZE = """
mutation($id: ID!) { minimizeComment(input: {subjectId: $id, classifier: RESOLVED}) { clientMutationId } }
"""

UNMINIMIZE = """
mutation($id: ID!) { unminimizeComment(input: {subjectId: $id}) { clientMutationId } }
"""
