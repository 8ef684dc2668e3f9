"""How a document reaches its client: the ways, what becomes of it on its way, and the words for where it stands."""

from __future__ import annotations

from typing import Final

EMAIL, PRINT, FOLDER, HAND = "email", "print", "folder", "hand"
CHANNELS: Final = (EMAIL, PRINT, FOLDER, HAND)
"""By mail, on paper, as a file in the client's folder, or handed over by a person (a portal, an access point)."""

WAITING, SENDING, SENT, FAILED, UNCERTAIN, CANCELLED = STATES = (
    "waiting",
    "sending",
    "sent",
    "failed",
    "uncertain",
    "cancelled",
)
"""`uncertain` was under way when the program or the line died: only a person says whether it goes again."""

FATES: Final = ("", "delivered", "bounced", "seen")
"""What was heard of a document after it went out; the empty text is nothing."""

STATUSES: Final = (
    "issued",
    "waiting",
    "sending",
    "failed",
    "uncertain",
    "cancelled",
    "sent",
    "printed",
    "filed",
    "handed_over",
    "delivered",
    "bounced",
    "seen",
)
"""Where a document stands on its way out; `issued` is one that nobody has to deliver."""

# What a client's `delivery` says: the way its documents go.
_CHANNEL_OF: Final = {
    "email": EMAIL,
    "facturx": EMAIL,
    "xrechnung": EMAIL,
    "print": PRINT,
    "folder": FOLDER,
    "pdf": HAND,
    "ubl": HAND,
}
# What a document goes out as, by the form of e-invoice that it was issued for.
_FORM_OF: Final = {"facturx": "facturx", "xrechnung": "xrechnung", "xrechnung_ubl": "xrechnung_ubl", "peppol": "ubl"}
_WENT: Final = {EMAIL: "sent", PRINT: "printed", FOLDER: "filed", HAND: "handed_over"}


def channel_of(delivery: str, address: str) -> str:
    """The way of a client's `delivery` word. An XRechnung without an address goes to a portal, by a person."""
    channel = _CHANNEL_OF.get(delivery, HAND)
    return HAND if delivery == "xrechnung" and not address else channel


def form_of(einvoice: str, channel: str) -> str:
    """What a document goes out as, of `documents.forms.FORMS`. On paper an e-invoice is its picture."""
    return "pdf" if channel == PRINT else _FORM_OF.get(einvoice, "pdf")


def status_of(channel: str, state: str, fate: str) -> str:
    """One of STATUSES for a document whose delivery stands so."""
    if state != SENT:
        return state
    return fate or _WENT[channel]
