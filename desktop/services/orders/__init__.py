"""Orders to the bank: what it fetches from clients and what it pays back to them, file by file."""
