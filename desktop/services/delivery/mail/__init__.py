"""Mails: by which account, to whom, what they say, and how each goes out once."""
