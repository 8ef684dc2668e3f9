"""Who works with the book: roles, passphrases, signing in, and what two people decide."""
