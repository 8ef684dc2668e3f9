"""The dialog that reads a file into the book: choose, check what was understood, import, undo."""
