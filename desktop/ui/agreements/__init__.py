"""The page of agreements, the form of one, and what is agreed ahead."""
