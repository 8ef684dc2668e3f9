"""One module for each goal of the user; each owns its transaction."""
