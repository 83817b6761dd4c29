"""GitHub's public GraphQL schema: as it is stored, and with what came after that copy."""

from functools import cache

from graphql import GraphQLSchema, build_schema, extend_schema, parse

from tests.contract.openapi import specs

# Choices of several came to issue fields in June 2026, and to Projects after them; the stored copy is of May. What
# their options are called is not settled here: of them the hub asks the name alone.
LATER = """
type IssueFieldMultiSelect implements IssueFieldCommon & Node {
  id: ID! name: String! dataType: IssueFieldDataType! description: String
  visibility: IssueFieldVisibility! createdAt: DateTime! options: [IssueFieldMultiSelectOption!]!
}
type IssueFieldMultiSelectOption implements Node {
  id: ID! name: String! color: IssueFieldSingleSelectOptionColor! description: String
}
type IssueFieldMultiSelectValue implements IssueFieldValueCommon & Node {
  id: ID! field: IssueFields options: [IssueFieldMultiSelectOption!]! value: String!
}
type ProjectV2ItemFieldMultiSelectValue implements Node & ProjectV2ItemFieldValueCommon {
  id: ID! databaseId: Int createdAt: DateTime! updatedAt: DateTime! creator: Actor
  field: ProjectV2FieldConfiguration! item: ProjectV2Item!
  options: [ProjectV2SingleSelectFieldOption!]! value: String
}
extend enum IssueFieldDataType { MULTI_SELECT }
extend enum ProjectV2FieldType { MULTI_SELECT }
extend union IssueFields = IssueFieldMultiSelect
extend union IssueFieldValue = IssueFieldMultiSelectValue
extend union ProjectV2IssueFieldValues = IssueFieldMultiSelectValue
extend union ProjectV2ItemFieldValue = ProjectV2ItemFieldMultiSelectValue
"""
LATER_TYPES = ("IssueFieldMultiSelect", "IssueFieldMultiSelectValue", "ProjectV2ItemFieldMultiSelectValue")


@cache
def stored_schema() -> GraphQLSchema:
    """As the vendor published it; skips the test where it is absent."""
    return build_schema((specs() / "github-schema.graphql").read_text(encoding="utf-8"), assume_valid=True)


@cache
def current_schema() -> GraphQLSchema:
    """With what came later."""
    return extend_schema(stored_schema(), parse(LATER), assume_valid=True)
