"""Payment terms: how people write them, what falls due when under them, how a document words them."""

from desktop.domain.terms.reading import PaymentTerms, parse_terms
from desktop.domain.terms.schedule import EqualParts, Shares
from desktop.domain.terms.single import Terms

__all__ = ["EqualParts", "PaymentTerms", "Shares", "Terms", "parse_terms"]
