"""The page of reports: which there are, what each is asked, and its table."""
