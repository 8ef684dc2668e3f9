"""The page of payments, and the dialogs that book, use and reverse one."""
