"""Electronic invoices by EN 16931, written from the same frozen document as the paper."""
