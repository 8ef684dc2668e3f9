"""The outbox: what has to reach clients, by which way, where each document stands, and what went."""
