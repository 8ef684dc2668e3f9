"""Who is late and what is done about it."""
