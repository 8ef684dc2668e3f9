"""The first quarter of an hour with a new book."""
