"""The backups of a book in the window: listed, looked into, made, restored."""
