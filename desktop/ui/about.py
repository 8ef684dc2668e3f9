"""What this program is: its version, its licence, and the parts it is made of with theirs."""
