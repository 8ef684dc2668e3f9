"""Data of persons: given to whom they are about, erased where the law asks for it, kept as long as it asks for that."""
