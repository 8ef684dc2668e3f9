"""The pane beside a list: what a thing is, its account, its notes and files, and all that happened to it."""
