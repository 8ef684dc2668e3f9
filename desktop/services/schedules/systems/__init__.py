"""The schedules of operating systems: what Sheaf writes into each, and takes out again."""
