"""A copy of the book to try things out in: nothing leaves it, and its run is compared with the real one."""
