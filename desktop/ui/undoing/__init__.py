"""Taking back and doing again, and the list of all that was changed."""
