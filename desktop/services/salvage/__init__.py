"""A damaged book: noticed, explained, and as much of it saved as can be read."""
