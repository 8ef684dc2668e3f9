"""Reminders: who has reached which dunning level, and what lateness costs."""
