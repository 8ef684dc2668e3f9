"""Ctrl+K: one field that finds things, pages and commands."""
