"""The embedded database: one SQLite file, one class a role of `hub.store.base`."""
