"""The way in for files: look, map, mend, take in, and take out again."""
