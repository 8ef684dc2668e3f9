"""Sheaf: bulk invoicing on your own computer."""
