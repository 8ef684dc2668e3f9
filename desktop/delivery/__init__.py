"""The ways out of the house: mail, printer, folder. Nothing here knows the book."""
