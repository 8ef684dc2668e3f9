"""Roles, rights and sign-ins in words."""

from __future__ import annotations

from desktop.i18n import _, pgettext


def role_word(role: str) -> str:
    words = {
        "owner": pgettext("role", "Owner"),
        "bookkeeper": pgettext("role", "Bookkeeper"),
        "clerk": pgettext("role", "Clerk"),
        "reader": pgettext("role", "Read only"),
    }
    return words.get(role, role)


def role_note(role: str) -> str:
    """What a role may do, in a sentence."""
    notes = {
        "owner": _("Everything: also people, passphrases, limits, opening closed months again and erasing data."),
        "bookkeeper": _("All daily work, approving, money, prices, taxes and settings; not people and limits."),
        "clerk": _("Clients, agreements, billing runs, invoices and reminders; no approving, no money, no settings."),
        "reader": _("Looks at everything and changes nothing."),
    }
    return notes.get(role, "")


def outcome_word(outcome: str) -> str:
    words = {"in": _("signed in"), "out": _("signed out"), "refused": _("was refused")}
    return words.get(outcome, outcome)
