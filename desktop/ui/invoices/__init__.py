"""The page of issued documents, what is done with one, and its story."""
