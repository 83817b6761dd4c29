"""The GraphQL documents: every connection asks where it ends, every page can be asked from either end."""

ENDS = "pageInfo { hasNextPage endCursor }"
BOTH_ENDS = "pageInfo { hasNextPage endCursor hasPreviousPage startCursor }"
NAME = "number repository { nameWithOwner }"
LABEL = "name"

# Sizes that nearly every issue fits in; what is longer is read to its end afterwards.
WORK = f"""
fragment Work on Issue {{
  id number title body url state createdAt updatedAt closedAt
  repository {{ nameWithOwner }}
  issueType {{ name }}
  milestone {{ dueOn }}
  parent {{ {NAME} }}
  labels(first: 30) {{ {ENDS} nodes {{ {LABEL} }} }}
  blockedBy(first: 10) {{ {ENDS} nodes {{ {NAME} }} }}
  blocking(first: 10) {{ {ENDS} nodes {{ {NAME} }} }}
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
}}
"""

ISSUES = f"""
query Issues(
  $owner: String!, $name: String!, $filter: IssueFilters,
  $first: Int, $after: String, $last: Int, $before: String
) {{
  repository(owner: $owner, name: $name) {{
    issues(
      first: $first, after: $after, last: $last, before: $before,
      filterBy: $filter, orderBy: {{field: CREATED_AT, direction: ASC}}
    ) {{ totalCount {BOTH_ENDS} nodes {{ ...Work }} }}
  }}
}}
{WORK}"""

PROJECT = """
query Project($login: String!, $number: Int!) {
  repositoryOwner(login: $login) { ... on ProjectV2Owner { projectV2(number: $number) { id title } } }
}
"""

BOARD = f"""
query Board($login: String!, $number: Int!) {{
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
  node(id: $id) {{ ... on ProjectV2 {{
    items(first: $first, after: $after, last: $last, before: $before) {{
      totalCount {BOTH_ENDS}
      nodes {{
        id type isArchived
        fieldValues(first: 30) {{ {ENDS} nodes {{ ...Value }} }}
        content {{ __typename ...Work }}
      }}
    }}
  }} }}
}}
{WORK}{VALUE}"""


def _rest(name: str, kind: str, nodes: str, fragments: str = "") -> str:
    return f"""
query Rest($id: ID!, $after: String) {{
  node(id: $id) {{ ... on {kind} {{ {name}(first: 100, after: $after) {{ {ENDS} nodes {{ {nodes} }} }} }} }}
}}
{fragments}"""


RESTS = {
    "labels": _rest("labels", "Issue", LABEL),
    "blockedBy": _rest("blockedBy", "Issue", NAME),
    "blocking": _rest("blocking", "Issue", NAME),
    "fieldValues": _rest("fieldValues", "ProjectV2Item", "...Value", VALUE),
}

EVERY = (ISSUES, PROJECT, BOARD, ITEMS, *RESTS.values())
