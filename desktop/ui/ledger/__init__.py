"""The general ledger in the window."""
