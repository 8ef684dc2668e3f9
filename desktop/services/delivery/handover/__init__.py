"""Documents that go by hand: folders, pages of clients, the ZIP of a run."""
