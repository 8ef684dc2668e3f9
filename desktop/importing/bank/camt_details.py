"""One transaction of a camt message (TxDtls, or an entry that has none): who, what for, how much, in any version.

Versions 1 to 13 differ in where a name, a code or an amount stands, never in what it is called; so each is looked for
in all its places. The structures are those of the ISO 20022 message definitions camt.052, camt.053 and camt.054.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Final, NamedTuple

from desktop.importing.bank.amounts import decimal_of
from desktop.importing.bank.markup import Node
from desktop.importing.bank.unsaid import given

# Families of ISO's external codes for a return or a reversal: SEPA's R-transactions, recalled transfers, cheques.
_RETURN_FAMILIES: Final = frozenset({"RRTN", "RPCR", "UPDD", "PRDD", "RCDD", "PRRU", "UPCQ", "CQRV", "RVSL", "ARET"})
# The German banks' own business codes for returned debits, cheques and transfers.
_GERMAN_RETURNS: Final = frozenset({"108", "109", "159", "181", "184", "185"})
# Lines that are as long as a field of theirs may be go on in the next one without a space.
_FULL_LINES: Final = (35, 140)
_LONGEST_TEXT: Final = 2_000


class Party(NamedTuple):
    name: str = ""
    account: str = ""
    bic: str = ""


class Money(NamedTuple):
    """Major units as written, unsigned; `minus` where the direction of its own says debit."""

    value: Decimal
    currency: str
    minus: bool | None = None


class Detail(NamedTuple):
    """`amounts` by the element that says them; `charges` in the order written, only what is inside the amount."""

    line: int
    amounts: dict[str, Money]
    debtor: Party
    creditor: Party
    direction: str
    day: str
    text: str
    reference: str
    end_to_end: str
    mandate: str
    bank_reference: str
    code: str
    returns: bool
    return_reason: str
    charges: tuple[Money, ...]


def detail_of(node: Node) -> Detail:
    """`node` is a TxDtls, or the Ntry itself where it has none."""
    reference, text = _remittance(node)
    code, by_code = kind_of(node)
    reason = _return_reason(node)
    return Detail(
        line=node.line,
        amounts=_amounts(node),
        debtor=_party(node, "Dbtr"),
        creditor=_party(node, "Cdtr"),
        direction=node.said("CdtDbtInd"),
        day=_own_day(node),
        text=text,
        reference=reference,
        end_to_end=given(node.said("Refs", "EndToEndId")),
        mandate=given(node.said("Refs", "MndtId")),
        bank_reference=given(node.said("Refs", "AcctSvcrRef")),
        code=code,
        returns=by_code or node.first("RtrInf") is not None,
        return_reason=reason,
        charges=tuple(_charges(node)),
    )


def money_of(node: Node | None, direction: str = "") -> Money | None:
    """The amount of an element with its currency; None where it is none."""
    if node is None:
        return None
    value = decimal_of(node.text)
    if value is None:
        return None
    minus = {"CRDT": False, "DBIT": True}.get(direction)
    return Money(value, node.attributes.get("Ccy", "").strip().upper(), minus)


def account_of(node: Node | None) -> str:
    """IBAN or number as written, without spaces."""
    if node is None:
        return ""
    places = (
        ("Id", "IBAN"),
        ("Id", "Othr", "Id"),
        ("Id", "PrtryAcct", "Id"),
        ("Id", "BBAN"),
        ("Id", "UPIC"),
        ("Prxy", "Id"),
    )
    return next(("".join(said.split()) for place in places if (said := node.said(*place))), "")


def bank_of(node: Node | None) -> str:
    """A bank's BIC, else its number in a clearing system."""
    if node is None:
        return ""
    inner = node.first("FinInstnId") or node
    for place in (("BICFI",), ("BIC",), ("CmbndId", "BIC"), ("ClrSysMmbId", "MmbId"), ("Othr", "Id")):
        if said := inner.said(*place):
            return said
    return ""


def _amounts(node: Node) -> dict[str, Money]:
    found = {}
    direction = node.said("CdtDbtInd")
    own = money_of(node.first("Amt"), direction)
    if own is not None:
        found["Amt"] = own
    for kind in ("TxAmt", "CntrValAmt", "InstdAmt"):
        amount = money_of(node.first("AmtDtls", kind, "Amt"), direction)
        if amount is not None:
            found[kind] = amount
    return found


def _party(node: Node, role: str) -> Party:
    parties = node.first("RltdPties")
    account = account_of(parties.first(f"{role}Acct")) if parties else ""
    bic = bank_of(node.first("RltdAgts", f"{role}Agt"))
    name = ""
    if parties:
        for who in (role, f"Ultmt{role}"):
            places = ((who, "Nm"), (who, "Pty", "Nm"), (who, "Agt", "FinInstnId", "Nm"))
            name = next((said for place in places if (said := parties.said(*place))), "")
            if name:
                break
        name = name or parties.said(f"{role}Acct", "Nm")
        bic = bic or parties.said(role, "Agt", "FinInstnId", "BICFI")
    if not name and not account:
        name = node.said("RltdAgts", f"{role}Agt", "FinInstnId", "Nm") if bic else ""
    return Party(name, account, bic)


def _remittance(node: Node) -> tuple[str, str]:
    """The structured reference, and everything else that the payer wrote."""
    references: list[str] = []
    words: list[str] = []
    for remittance in node.all("RmtInf"):
        words += _joined([one.text for one in remittance.all("Ustrd")])
        for structured in remittance.all("Strd"):
            for place in (("CdtrRefInf", "Ref"), ("CdtrRefInf", "CdtrRef")):
                references += [" ".join(one.text.split()) for one in structured.all(*place)]
            for document in structured.all("RfrdDocInf"):
                words += [
                    one.said("Nb") or one.said("RfrdDocNb") for one in (document, *document.all("LineDtls", "Id"))
                ]
            words += _joined([one.text for one in structured.all("AddtlRmtInf")])
    references = [one for one in references if given(one)]
    words += references[1:]
    ultimate = [node.said("RltdPties", f"Ultmt{role}", "Nm") for role in ("Dbtr", "Cdtr")]
    named = [node.said("RltdPties", role, "Nm") for role in ("Dbtr", "Cdtr")]
    if not any(one.strip() for one in words) and not references:
        words = [node.said("AddtlTxInf") or node.said("AddtlNtryInf")]
    words += [who for who, known in zip(ultimate, named, strict=True) if who and known and who != known]
    text = " ".join(" ".join(words).split())
    return references[0] if references else "", text[:_LONGEST_TEXT]


def _joined(lines: list[str]) -> list[str]:
    """Lines of one text: what fills its line to the end goes on in the next."""
    found: list[str] = []
    goes_on = False
    for line in lines:
        if goes_on and found:
            found[-1] += line
        else:
            found.append(line)
        goes_on = len(line) in _FULL_LINES
    return found


def kind_of(node: Node) -> tuple[str, bool]:
    """The code of the kind of movement, and whether it tells a return."""
    domain = node.first("BkTxCd", "Domn")
    own = node.said("BkTxCd", "Prtry", "Cd")
    family = domain.said("Fmly", "SubFmlyCd") if domain else ""
    returned = family in _RETURN_FAMILIES or any(part in _GERMAN_RETURNS for part in own.split("+")[1:2])
    if domain is None:
        return own, returned
    parts = (domain.said("Cd"), domain.said("Fmly", "Cd"), family)
    return "-".join(filter(None, parts)) or own, returned


def _return_reason(node: Node) -> str:
    for place in (("Rsn", "Cd"), ("Rsn", "Prtry"), ("RtrRsn", "Cd"), ("RtrRsn", "Prtry")):
        if said := node.said("RtrInf", *place):
            return said
    return node.said("RtrInf", "AddtlInf") or node.said("RtrInf", "AddtlRtrRsnInf")


def _charges(node: Node) -> Iterator[Money]:
    for box in node.all("Chrgs"):
        records = list(box.all("Rcrd")) or [box]
        for record in records:
            if record.said("ChrgInclInd") == "false":
                continue
            amount = money_of(record.first("Amt") or record.first("TtlChrgsAndTaxAmt"), record.said("CdtDbtInd"))
            if amount is not None and amount.value:
                yield amount


def _own_day(node: Node) -> str:
    for kind in ("AccptncDtTm", "IntrBkSttlmDt", "TradDt", "TxDtTm"):
        if said := node.said("RltdDts", kind):
            return said
    return ""
