"""The page of runs, the review of one, and the dialogs that go with them."""
