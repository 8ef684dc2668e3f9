"""Help without a network: one short page for each place of the window, in a window of its own."""
