"""Whole ways through the window, gone as a person goes them: by real clicks and keys."""
