"""A stateful Jira Cloud: the parts of its REST API that the hub speaks, and a page per ticket."""
