"""Cells as people write them, turned into values: numbers, dates, hours and words of several languages."""

from __future__ import annotations


class UnreadableError(ValueError):
    """A cell that has no value of its type: the problem and the remedy, each a sentence."""

    def __init__(self, problem: str, remedy: str) -> None:
        super().__init__(problem)
        self.problem = problem
        self.remedy = remedy
