"""Backups that make themselves: when, where to, how many stay, and what one of them holds."""
