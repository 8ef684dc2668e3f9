"""Data of persons in the window: given to whom they are about, and erased."""
