"""A party's address as the post of its country wants it."""

from __future__ import annotations

from desktop.domain.document import Party

# The postcode has a line of its own, or follows the town and the region; elsewhere it stands before the town.
_POSTCODE_BELOW = frozenset({"GB", "IE", "IM", "JE", "GG"})
_POSTCODE_AFTER = frozenset({"US", "CA", "AU", "NZ", "IN", "BR"})


def postal_lines(party: Party) -> list[str]:
    """Everything below the name, without the country; empty parts leave no line."""
    return [line for line in (party.street, party.street2, *_town(party)) if line]


def _town(party: Party) -> list[str]:
    if party.country in _POSTCODE_BELOW:
        return [party.city, party.region, party.postcode]
    if party.country in _POSTCODE_AFTER:
        town = ", ".join(filter(None, (party.city, party.region)))
        return [f"{town} {party.postcode}".strip()]
    town = f"{party.postcode} {party.city}".strip()
    if party.country == "IT" and party.region:
        # Italy's post asks for the province's letters.
        return [f"{town} {party.region}"]
    return [town]
