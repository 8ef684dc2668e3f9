"""The place where the book is put in order: what wants mending, and what stands in it twice."""
