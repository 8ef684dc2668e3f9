"""The journal as files for the accountant: a table, DATEV, Beancount and Ledger."""
