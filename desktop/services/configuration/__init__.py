"""Configuration under control: proposed, looked at, accepted, in force from a day, rolled back; and its history."""
