"""At the door of a book whose people sign in: coming in, locking, and what a person may do."""
