"""What is true of billing, without Qt, SQL, files or a clock."""
