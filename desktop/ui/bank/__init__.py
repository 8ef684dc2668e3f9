"""The bank in the window: what came in, what it is, and the statements that say so."""
