"""The page of clients, the form of one, its account, and an invoice to it by hand."""
