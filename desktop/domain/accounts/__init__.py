"""Accounts of the general ledger: what postings are called, and the charts that give them numbers."""
