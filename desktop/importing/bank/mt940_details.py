"""Field 86 of a SWIFT statement: who, what for and by which references, in the ways of many countries' banks."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from desktop.domain.references import iban_is_sound
from desktop.importing.bank.return_words import tells_return

# The German banks' codes of business transactions for what comes back (GVC, annex 3 to the DFÜ agreement).
_RETURN_CODES: Final = frozenset({"059", "108", "109", "159", "181", "184"})
_SUBFIELDS: Final = re.compile(r"\s*(\d{3})\s?([?>~<@^+|!])(?=\d\d|\2)")
_SEPA: Final = re.compile(
    r"(EREF|KREF|MREF|CRED|DEBT|SVWZ|ABWA|ABWE|IBAN|BIC|COAM|OAMT|RREF|RTRN|PURP|ANAM|SQTP|MTLG)(?:\+|(?<=MTLG):)"
)
_SEPA_COLON: Final = re.compile(r"\b(EREF|KREF|MREF|CRED|SVWZ|ABWA|ABWE|IBAN|BIC|PURP|ANAM|RTRN): ?")
_CODEWORDS: Final = re.compile(
    r"/(EREF|PREF|KREF|MARF|MREF|CSID|CNTP|REMI|ORDP|BENM|NAME|IBAN|ACCW|BIC|TRTP|TRCD|RTRN|ISDT|PURP|ULTB|ULTC|ULTD"
    r"|OCMT|CHGS|SVCL|ADDR|ID|EXCH|USTD|STRD|NRTX|TYPE)(?=/)"
)
_DUTCH_END: Final = re.compile(r"\s*REK:\s*(?P<account>[0-9A-Z]+)\s*/?\s*NAAM:\s*(?P<name>.*)", re.DOTALL)
_POLISH: Final = re.compile(r"(?:^|;|\s)\s*(Z RACH\.|NA RACH\.|OD|DLA|TYT\.|TNR|ID IPH):\s*")
_SWISS_PARTY: Final = re.compile(
    r"(?:AUFTRAGGEBER|ABSENDER|ZAHLUNGSPFLICHTIGER|DONNEUR D'ORDRE):\s*(.*?)(?=\s*MITTEILUNGEN:|\s*REFERENZEN:|$)"
)
_LEADING_ACCOUNT: Final = re.compile(r"([A-Z]{2}\d{2}[A-Z]{4}\d{10}|\d{9,10})\s+(\S.*)")
_IBAN: Final = re.compile(r"\b[A-Z]{2}\d{2}[0-9A-Z]{11,30}\b")
_UNSAID: Final = frozenset({"NOTPROVIDED", "NONREF", "NOTAVAILABLE"})
# Letters of a subfield, and those from which a line of words is taken to go on in the next.
_PART: Final = 27
_WRAPPED: Final = 60


@dataclass(frozen=True, slots=True)
class Details:
    party: str = ""
    party_account: str = ""
    party_bic: str = ""
    text: str = ""
    reference: str = ""
    end_to_end: str = ""
    mandate: str = ""
    code: str = ""
    kind: str = ""
    returns: bool = False
    return_reason: str = ""


def read_details(lines: Sequence[str]) -> Details:
    """What the field says, told by its shape. `lines` as they stand in the file, without the tag."""
    joined = "".join(lines)
    readers: tuple[tuple[bool, Callable[[], Details]], ...] = (
        (_SUBFIELDS.match(joined) is not None, lambda: _german(joined)),
        (bool(_CODEWORDS.match(joined.lstrip())), lambda: _codewords(joined)),
        (_SEPA.search(joined) is not None, lambda: _sepa(joined)),
        (len(_POLISH.findall(joined)) > 1, lambda: _polish(joined)),
    )
    for fits, read in readers:
        if fits:
            return _settled(read())
    return _settled(_free(lines))


def read_numbered(lines: Sequence[str]) -> Details:
    """The non-SWIFT field NS, two digits before each line: 01 to 14 purpose, 15 and 16 party, 33 and 34 account."""
    parts: dict[str, str] = {}
    for line in lines:
        if re.match(r"\d\d", line):
            parts[line[:2]] = parts.get(line[:2], "") + line[2:].strip()
    purpose = " ".join(parts[key] for key in sorted(parts) if key <= "14" and parts[key])
    party = "".join(parts.get(key, "") for key in ("15", "16"))
    kind = parts.get("17", "")
    return _settled(
        Details(
            party=party,
            party_account=parts.get("34", "").lstrip("0"),
            party_bic=parts.get("33", ""),
            text=purpose,
            kind=kind,
            code=parts.get("19", ""),
            returns=tells_return(kind),
        )
    )


def _german(joined: str) -> Details:
    """?00 the kind, ?20 to ?29 and ?60 to ?63 the purpose, ?30 and ?31 the account, ?32 and ?33 the name."""
    found = _SUBFIELDS.match(joined)
    assert found is not None
    code, sign = found[1], re.escape(found[2])
    parts: dict[str, str] = {}
    pieces = re.split(rf"{sign}(\d\d)", joined[found.end(1) :])
    for key, value in zip(pieces[1::2], pieces[2::2], strict=True):
        parts[key] = parts.get(key, "") + value.rstrip("\r\n")
    purpose_keys = [*map(str, range(20, 30)), *map(str, range(60, 64))]
    purpose = _joined([parts[key] for key in purpose_keys if key in parts])
    told = _sepa(purpose)
    kind = parts.get("00", "").strip()
    name = _joined([parts[key] for key in ("32", "33") if key in parts])
    reason = re.match(r"(\d{3}|[A-Z]{2}\d{2})", parts.get("34", "").strip())
    returned = code in _RETURN_CODES or tells_return(kind)
    return replace(
        told,
        # Who stands behind the payer is in the purpose; it is the payer by whose account was paid.
        party=name or told.party,
        party_account=parts.get("38", "").strip() or parts.get("31", "").strip() or told.party_account,
        party_bic=parts.get("30", "").strip() or told.party_bic,
        kind=kind,
        code=code,
        returns=returned,
        return_reason=(told.return_reason or (reason[1] if reason else "")) if returned else "",
    )


def _joined(parts: Sequence[str]) -> str:
    """Parts as wide as they can be are one text that was cut; a shorter one is a line of its own."""
    width = max(_PART, max(map(len, parts), default=0))
    text, cut = "", True
    for part in parts:
        if text and not text.endswith(" ") and (_SEPA.match(part) or not cut):
            text += " "
        text += part
        cut = len(part) >= width
    return text


def _sepa(purpose: str) -> Details:
    """The tags of SEPA within a purpose: EREF+ and the like."""
    marks = list(_SEPA.finditer(purpose)) or list(_SEPA_COLON.finditer(purpose))
    if not marks:
        return Details(text=purpose)
    parts: dict[str, str] = {"": purpose[: marks[0].start()]}
    for at, mark in enumerate(marks):
        end = marks[at + 1].start() if at + 1 < len(marks) else len(purpose)
        parts.setdefault(mark[1], purpose[mark.end() : end].strip())
    text = " ".join(
        part
        for part in (parts[""].strip(), parts.get("SVWZ", ""), parts.get("KREF", ""), parts.get("MTLG", ""))
        if part
    )
    return Details(
        party=parts.get("ANAM", "") or parts.get("ABWA", ""),
        party_account=_squeezed(parts.get("IBAN", "")),
        party_bic=parts.get("BIC", ""),
        text=text,
        end_to_end=_squeezed(parts.get("EREF", "")),
        mandate=_squeezed(parts.get("MREF", "")),
        return_reason=parts.get("RTRN", ""),
    )


def _codewords(joined: str) -> Details:
    """/EREF/…/REMI/…/ and the like: Dutch, Belgian and Scandinavian banks."""
    text = joined.lstrip()
    marks = list(_CODEWORDS.finditer(text))
    parts: dict[str, str] = {}
    for at, mark in enumerate(marks):
        end = marks[at + 1].start() if at + 1 < len(marks) else len(text)
        parts.setdefault(mark[1], text[mark.end() + 1 : end])
    counterparty = parts.get("CNTP", "").split("/")
    remittance = parts.get("REMI", "").strip("/ ")
    structured = parts.get("STRD", "").strip("/ ")
    free = parts.get("USTD", "").strip("/ ")
    reference = structured.rpartition("/")[2] if structured else ""
    returned = "RTRN" in parts or tells_return(parts.get("TRTP", ""))
    named = parts.get("NAME", "") or parts.get("ORDP", "").strip("/") or parts.get("BENM", "").strip("/")
    return Details(
        party=(named or (counterparty[2] if len(counterparty) > 2 else "")).strip("/ "),
        party_account=(parts.get("IBAN", "") or parts.get("ACCW", "").split(",")[0] or counterparty[0]).strip("/ "),
        party_bic=(parts.get("BIC", "") or (counterparty[1] if len(counterparty) > 1 else "")).strip("/ "),
        text=" ".join(part for part in (remittance, free) if part),
        reference=reference,
        end_to_end=_squeezed(parts.get("EREF", "").strip("/")),
        mandate=_squeezed(parts.get("MARF", parts.get("MREF", "")).strip("/")),
        code=(parts.get("TRCD", "") or parts.get("TRTP", "")).strip("/ "),
        kind=parts.get("TRTP", "").strip("/ "),
        returns=returned,
        return_reason=parts.get("RTRN", "").strip("/ "),
    )


def _polish(joined: str) -> Details:
    marks = list(_POLISH.finditer(joined))
    parts: dict[str, str] = {}
    for at, mark in enumerate(marks):
        end = marks[at + 1].start() if at + 1 < len(marks) else len(joined)
        parts.setdefault(mark[1], joined[mark.end() : end].strip(" ;"))
    kind = joined[: marks[0].start()].strip(" ;")
    return Details(
        party=parts.get("OD", "") or parts.get("DLA", ""),
        party_account=_squeezed(parts.get("Z RACH.", "") or parts.get("NA RACH.", "")),
        text=parts.get("TYT.", ""),
        end_to_end="",
        code=kind[:3] if kind[:3].isdigit() else "",
        kind=kind,
        returns=tells_return(kind),
    )


def _free(lines: Sequence[str]) -> Details:
    """Words only: a line that is full goes on in the next one, any other ends its text."""
    text, cut = "", True
    for line in lines:
        text = text + line if cut else f"{text.rstrip()} {line}"
        cut = len(line) >= _WRAPPED and not line.endswith(" ")
    text = text.strip()
    dutch = _DUTCH_END.search(text)
    if dutch:
        return Details(party=dutch["name"].strip(), party_account=dutch["account"], text=text[: dutch.start()].strip())
    first = lines[0].strip() if lines else ""
    leading = _LEADING_ACCOUNT.fullmatch(first)
    if leading and len(lines) > 1:
        rest = text[len(first) :].strip()
        return Details(party=leading[2], party_account=leading[1], text=rest or text)
    party = _SWISS_PARTY.search(text)
    account = next((found[0] for found in _IBAN.finditer(text) if iban_is_sound(found[0])), "")
    return Details(party=party[1].strip() if party else "", party_account=account, text=text)


def _settled(details: Details) -> Details:
    """Without what only says that nothing was said, and without the blanks of fixed widths."""
    return replace(
        details,
        party=" ".join(details.party.split()),
        party_account=_squeezed(details.party_account),
        party_bic=_squeezed(details.party_bic),
        text=" ".join(details.text.split()),
        end_to_end="" if details.end_to_end.upper() in _UNSAID else details.end_to_end,
        mandate="" if details.mandate.upper() in _UNSAID else details.mandate,
    )


def _squeezed(text: str) -> str:
    return "".join(text.split())
