"""The book: one firm, one SQLite file."""
