"""Today: the first page of the window."""
