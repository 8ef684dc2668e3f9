"""Bank lines and open invoices: which line pays what, how sure that is, and why."""
