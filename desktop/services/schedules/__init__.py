"""Work by the clock: what is done when, what is due, what came of it, and the entry in the system's own schedule."""
