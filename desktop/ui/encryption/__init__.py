"""Pages about the key of a book: the one that asks for it, and those that give it, change it and take it away."""
