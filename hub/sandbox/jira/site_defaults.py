"""What a new sandbox site is set up with: statuses, types, priorities, link types, fields, and the bot's account."""

from hub.sandbox.jira.records import Account, CustomField, IssueType, LinkType, Status

TYPES = "com.atlassian.jira.plugin.system.customfieldtypes"
AGILE = "com.pyxis.greenhopper.jira"

STATUSES = (
    Status("10000", "Backlog", "new"),
    Status("10001", "To Do", "new"),
    Status("10002", "In Progress", "indeterminate"),
    Status("10003", "In Review", "indeterminate"),
    Status("10004", "Done", "done"),
)
CATEGORIES = {
    "new": (2, "To Do", "blue-gray"),
    "indeterminate": (4, "In Progress", "yellow"),
    "done": (3, "Done", "green"),
}
ISSUE_TYPES = (
    IssueType("10100", "Initiative", 2),
    IssueType("10101", "Epic", 1),
    IssueType("10102", "Story", 0),
    IssueType("10103", "Task", 0),
    IssueType("10104", "Bug", 0),
    IssueType("10105", "Sub-task", -1),
    IssueType("10106", "Key Result", 3),
    IssueType("10107", "Objective", 4),
)
PRIORITIES = ("Highest", "High", "Medium", "Low", "Lowest")
DEFAULT_PRIORITY = "Medium"
RESOLUTIONS = ("Done", "Won't Do", "Duplicate", "Cannot Reproduce", "Declined")
LINK_TYPES = (
    LinkType("10200", "Blocks", "is blocked by", "blocks"),
    LinkType("10201", "Relates", "relates to", "relates to"),
    LinkType("10202", "Depends", "is depended on by", "depends on"),
    LinkType("10203", "Requires", "is required by", "requires"),
    LinkType("10204", "Cloners", "is cloned by", "clones"),
)
START, RANK, SPRINT, KEY_RESULT = "customfield_10015", "customfield_10019", "customfield_10020", "customfield_10040"
EPIC_LINK, PARENT_LINK = "customfield_10014", "customfield_10018"
CUSTOM_FIELDS = (
    CustomField(START, "Start date", "date", f"{TYPES}:datepicker"),
    CustomField(RANK, "Rank", "any", f"{AGILE}:gh-lexo-rank"),
    CustomField(SPRINT, "Sprint", "array", f"{AGILE}:gh-sprint", "json"),
    CustomField(KEY_RESULT, "Key Result", "string", f"{TYPES}:textfield"),
)
CENTER_FIELDS = (
    CustomField(EPIC_LINK, "Epic Link", "any", f"{AGILE}:gh-epic-link"),
    CustomField(PARENT_LINK, "Parent Link", "any", "com.atlassian.jpo:jpo-custom-field-parent"),
)
FIELD_KINDS = {
    "text": ("string", f"{TYPES}:textfield", None),
    "paragraph": ("string", f"{TYPES}:textarea", None),
    "number": ("number", f"{TYPES}:float", None),
    "date": ("date", f"{TYPES}:datepicker", None),
    "select": ("option", f"{TYPES}:select", None),
    "cascading": ("option-with-child", f"{TYPES}:cascadingselect", None),
    "several": ("array", f"{TYPES}:multiselect", "option"),
    "person": ("user", f"{TYPES}:userpicker", None),
    "sprint": ("array", f"{AGILE}:gh-sprint", "json"),
    "planned start": ("date", "com.atlassian.jpo:jpo-custom-field-baseline-start", None),
    "planned end": ("date", "com.atlassian.jpo:jpo-custom-field-baseline-end", None),
    "labels": ("array", f"{TYPES}:labels", "string"),
    "team": ("team", f"{TYPES}:atlassian-team", None),
}
"""What `JiraSite.add_field` can make: schema type, the type's own name, and the type of the items."""

SYSTEM_FIELDS = (
    ("summary", "Summary", "string", None),
    ("description", "Description", "string", None),
    ("status", "Status", "status", None),
    ("issuetype", "Issue Type", "issuetype", None),
    ("project", "Project", "project", None),
    ("labels", "Labels", "array", "string"),
    ("parent", "Parent", "issuelink", None),
    ("issuelinks", "Linked Issues", "array", "issuelinks"),
    ("subtasks", "Sub-tasks", "array", "issuelinks"),
    ("priority", "Priority", "priority", None),
    ("duedate", "Due date", "date", None),
    ("created", "Created", "datetime", None),
    ("updated", "Updated", "datetime", None),
    ("resolutiondate", "Resolved", "datetime", None),
    ("resolution", "Resolution", "resolution", None),
    ("reporter", "Reporter", "user", None),
    ("creator", "Creator", "user", None),
    ("assignee", "Assignee", "user", None),
    ("comment", "Comment", "comments-page", None),
)
BOT = Account(
    "712020:0b07-hub",
    "Alignment Hub",
    email="hub@acme.test",
    token="sandbox-token",  # noqa: S106
    scoped="sandbox-scoped-token",
    bearer="sandbox-bearer-token",
    kind="app",
)
