"""The designer: how documents look, with the firm's own invoices beside it."""
