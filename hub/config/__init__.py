"""The configuration: its tables, its sources, and how they become one value."""
