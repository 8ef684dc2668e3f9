"""What goes to the accountant: an archive of a run or of days, which proves itself, and bookings for DATEV."""
