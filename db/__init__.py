"""The book: engine, schema, queries, upgrades and backups; the only place with dialect-specific SQL."""
