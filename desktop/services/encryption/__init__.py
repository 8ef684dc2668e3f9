"""Books under lock: whose key opens them, how they are locked and opened again, and what brings back a lost key."""
