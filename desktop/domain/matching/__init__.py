"""Bank lines and open invoices: which line pays what, how sure that is, and why."""

from desktop.domain.matching.matcher import Matcher
from desktop.domain.matching.together import explain

__all__ = ["Matcher", "explain"]
