"""Dunning: who is reminded when, in which words, at which price; runs, holds, escalation, statements, claims."""
