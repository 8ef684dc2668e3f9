"""Rules on what the page can show of texts that people typed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from desktop.domain.findings.rule import Case
from desktop.domain.printable import unprintable
from desktop.domain.wording import Said, phrase, restored, sentence

Found = Iterator[tuple[Said, Said, str]]

_MOST_SIGNS: Final = 6


def template_unreadable(case: Case, _: Mapping[str, Any]) -> Found:
    """A template that was damaged, or written by another program. It stops nothing."""
    for template_id, (name, why) in case.billing.unreadable.items():
        if template_id in (case.draft.template_id, *case.billing.chosen_templates):
            yield (
                phrase("The template {template} cannot be read. {why}", template=name, why=sentence(restored(why))),
                phrase("Its last good version prints, or the usual look. Open it in the settings and save it anew."),
                f"template:{template_id}:layout",
            )


def glyph_missing(case: Case, _: Mapping[str, Any]) -> Found:
    """Characters that no bundled font has. The first place of each kind is told."""
    remedy = phrase("Write it in other letters, or approve: the document shows � in their place.")
    client, draft = case.client, case.draft
    if found := unprintable(client.name):
        yield (
            phrase(
                "The name of {client} has characters that cannot be printed: {signs}.",
                client=client.name,
                signs=_signs(found),
            ),
            remedy,
            f"client:{client.id}:name",
        )
    if found := unprintable(client.contact):
        yield (
            phrase(
                "The contact {contact} of {client} has characters that cannot be printed: {signs}.",
                contact=client.contact,
                client=client.name,
                signs=_signs(found),
            ),
            remedy,
            f"client:{client.id}:contact",
        )
    for column in ("street", "street2", "postcode", "city", "region"):
        if found := unprintable(getattr(client, column)):
            yield (
                phrase(
                    "The address of {client} has characters that cannot be printed: {signs}.",
                    client=client.name,
                    signs=_signs(found),
                ),
                remedy,
                f"client:{client.id}:{column}",
            )
            break
    for line in draft.lines:
        text = f"{line.description}{line.detail}{line.heading}{line.unit}{line.allowance_reason}"
        if found := unprintable(text):
            yield (
                phrase(
                    "“{line}” has characters that cannot be printed: {signs}.",
                    line=line.description,
                    signs=_signs(found),
                ),
                remedy,
                _place_of(case, line.agreement_line_id),
            )
            break
    if found := unprintable(f"{draft.po_number}{draft.buyer_reference}"):
        yield (
            phrase("PO number or buyer reference has characters that cannot be printed: {signs}.", signs=_signs(found)),
            remedy,
            f"client:{client.id}:buyer_reference",
        )


def _signs(found: str) -> str:
    """The characters with their code points, for those that the screen cannot show either."""
    named = ", ".join(f"{sign} (U+{ord(sign):04X})" for sign in found[:_MOST_SIGNS])
    return f"{named} …" if len(found) > _MOST_SIGNS else named


def _place_of(case: Case, line_id: int | None) -> str:
    return f"agreement:{case.agreement.id}:lines" if line_id and case.agreement else ""
