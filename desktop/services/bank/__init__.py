"""The bank: what its statements say, which invoices that pays, and what was booked of it."""
