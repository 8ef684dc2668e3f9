"""The way of a file into the book: one dialog from choosing it to the notice with its undo."""
