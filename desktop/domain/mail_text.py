"""What a mail says: a subject and a text with {fields} that are filled in from what it carries."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from typing import Final, NamedTuple

from desktop.domain.template import fields_of, half_fields_of
from desktop.domain.wording import Said, phrase

MAIL_KINDS: Final = (
    "invoice",
    "deposit",
    "final",
    "credit_note",
    "several",
    "statement",
    "receipt",
    "reminder",
    "notice",
    "payment_plan",
    "cover_letter",
)
"""What mails are about; `several` is a mail with more than one document, `notice` a reminder before the due date."""
SCOPES: Final = ("firm", "segment", "client")
FIELDS: Final = (
    "greeting",
    "contact",
    "client",
    "client_code",
    "firm",
    "sender",
    "title",
    "number",
    "issue_date",
    "due_date",
    "amount",
    "open",
    "currency",
    "payment",
    "period",
    "po_number",
    "reference",
    "agreement",
    "corrects",
    "iban",
    "payment_reference",
    "link",
    "level",
    "count",
    "list",
)
LIST: Final = "list"
LONGEST_SUBJECT: Final = 200
LONGEST_BODY: Final = 10_000
_FIELD: Final = re.compile(r"\{([^{}]*)\}")
# Line feeds and tabs of a text stay; whatever else steers a terminal or a header goes.
_STEERING: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ufdd0]")
_BLANKS: Final = re.compile(r"\s+")
_EMPTY_LINES: Final = re.compile(r"\n{3,}")


class Worded(NamedTuple):
    """A subject and a body, with their fields or filled."""

    subject: str
    body: str


class Text:
    """A text cut at its fields once, because it is said in every mail.

    A line that has fields, all of which are empty, is left out: “Your order: {po_number}” is no line without an order.
    """

    __slots__ = ("_lines", "names")

    def __init__(self, text: str) -> None:
        self._lines = [_FIELD.split(line) for line in text.split("\n")]
        self.names = frozenset(name for line in self._lines for name in line[1::2])

    def filled(self, values: Mapping[str, str]) -> str:
        """With the values of its fields; one that is not there stays as it is written."""
        said = []
        for pieces in self._lines:
            if len(pieces) == 1:
                said.append(pieces[0])
                continue
            found = [values.get(name, f"{{{name}}}") for name in pieces[1::2]]
            if any(found):
                line = list(pieces)
                line[1::2] = found
                said.append("".join(line))
        return _EMPTY_LINES.sub("\n\n", "\n".join(said)).strip("\n")


def one_line(text: str, longest: int = LONGEST_SUBJECT) -> str:
    """As it may stand in a header: no line breaks, no signs that steer, and not beyond a length."""
    plain = _BLANKS.sub(" ", _STEERING.sub(" ", text)).strip()
    return plain if len(plain) <= longest else plain[: longest - 1].rstrip() + "…"


def plain(text: str) -> str:
    """As it may stand in a mail's text: line feeds as line breaks, and no signs that steer."""
    return _STEERING.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def problems_of(worded: Worded) -> Iterator[tuple[str, Said]]:
    """What is wrong with a text before it is kept: (`subject` or `body`, a sentence)."""
    for part, text, longest in (("subject", worded.subject, LONGEST_SUBJECT), ("body", worded.body, LONGEST_BODY)):
        if not text.strip():
            yield part, phrase("It is empty.")
            continue
        if len(text) > longest:
            yield part, phrase("It is {length} characters long; {most} are the most.", length=len(text), most=longest)
        for name in fields_of(text):
            if name not in FIELDS:
                yield part, _unknown(name)
        for half in half_fields_of(text):
            yield part, phrase("“{text}” lacks one of its two braces.", text=half)
    if "\n" in worded.subject.strip():
        yield "subject", phrase("A subject is one line.")
    if LIST in fields_of(worded.subject):
        yield "subject", phrase("A list has several lines: it does not stand in a subject.")


def _unknown(name: str) -> Said:
    meant = get_close_matches(name.strip().lower(), FIELDS, n=1, cutoff=0.5)
    if meant:
        return phrase(
            "There is no field “{field}”; is “{meant}” meant?", field="{" + name + "}", meant="{" + meant[0] + "}"
        )
    return phrase("There is no field “{field}”.", field="{" + name + "}")
