"""Hours and one-off charges: what waits to be billed, what was, and how each is written down."""
