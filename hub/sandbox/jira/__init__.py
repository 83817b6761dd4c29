"""A stateful Jira, Cloud or Data Center: the parts of its REST API that the hub speaks, and a page per ticket."""
