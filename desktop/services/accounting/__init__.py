"""The general ledger: accounts, journal, trial balance, and what is booked into them beside documents and payments."""
