"""What the window shows when something is broken: a damaged book, a held one, starts that failed, crash reports."""
