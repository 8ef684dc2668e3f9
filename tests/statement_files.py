"""Statement files as banks write them, for tests: one list of movements in several formats."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

IBAN = "DE02120300000000202051"


@dataclass(frozen=True)
class Told:
    """A movement; `amount` in cents."""

    day: date
    amount: int
    party: str = "Acme Werkzeugbau GmbH"
    text: str = "Rechnung INV-2026-0001"
    reference: str = ""
    account: str = "DE89370400440532013000"


def mt940(
    path: Path, told: Sequence[Told], *, opening: int, number: str = "1/1", account: str = IBAN, currency: str = "EUR"
) -> Path:
    closing = opening + sum(one.amount for one in told)
    lines = [":20:STARTUMS", f":25:{account}", f":28C:{number}", f":60F:{_balance(opening, told[0].day, currency)}"]
    for one in told:
        mark = "C" if one.amount >= 0 else "D"
        lines.append(f":61:{one.day:%y%m%d%m%d}{mark}{_comma(abs(one.amount))}NTRFNONREF//{one.reference or 'NONREF'}")
        parts = [one.text[at : at + 27] for at in range(0, len(one.text), 27)]
        said = "".join(f"?{20 + at}{part}" for at, part in enumerate(parts))
        details = f"166?00GUTSCHRIFT{said}?30COBADEFFXXX?31{one.account}?32{one.party[:27]}"
        lines += [f":86:{details[:61]}", *(details[at : at + 65] for at in range(61, len(details), 65))]
    lines += [f":62F:{_balance(closing, told[-1].day, currency)}", "-", ""]
    path.write_text("\r\n".join(lines), encoding="utf-8", newline="")
    return path


def csv(path: Path, told: Sequence[Told]) -> Path:
    """As the DKB writes it."""
    rows = [
        '"Girokonto";"' + IBAN + '"',
        '"Kontostand vom 30.04.2026:";"1.000,00 €"',
        '""',
        '"Buchungsdatum";"Wertstellung";"Status";"Zahlungspflichtige*r";"Zahlungsempfänger*in";"Verwendungszweck";'
        '"Umsatztyp";"IBAN";"Betrag (€)";"Gläubiger-ID";"Mandatsreferenz";"Kundenreferenz"',
    ]
    for one in reversed(told):
        payer, payee = (one.party, "Harbour") if one.amount >= 0 else ("Harbour", one.party)
        figure = _comma(one.amount)
        rows.append(
            f'"{one.day:%d.%m.%y}";"{one.day:%d.%m.%y}";"Gebucht";"{payer}";"{payee}";"{one.text}";"Eingang";'
            f'"{one.account}";"{figure}";"";"";""'
        )
    path.write_text("\r\n".join([*rows, ""]), encoding="utf-8", newline="")
    return path


def camt(path: Path, told: Sequence[Told], *, opening: int, number: str = "1", account: str = IBAN) -> Path:
    closing = opening + sum(one.amount for one in told)
    entries = "".join(
        f"<Ntry><Amt Ccy='EUR'>{_point(abs(one.amount))}</Amt><CdtDbtInd>{'CRDT' if one.amount >= 0 else 'DBIT'}"
        f"</CdtDbtInd><Sts>BOOK</Sts><BookgDt><Dt>{one.day}</Dt></BookgDt><ValDt><Dt>{one.day}</Dt></ValDt>"
        f"<AcctSvcrRef>{one.reference}</AcctSvcrRef><NtryDtls><TxDtls><RltdPties><Dbtr><Nm>{one.party}</Nm></Dbtr>"
        f"<DbtrAcct><Id><IBAN>{one.account}</IBAN></Id></DbtrAcct></RltdPties><RmtInf><Ustrd>{one.text}</Ustrd>"
        "</RmtInf></TxDtls></NtryDtls></Ntry>"
        for one in told
    )
    path.write_text(
        "<?xml version='1.0' encoding='UTF-8'?><Document xmlns='urn:iso:std:iso:20022:tech:xsd:camt.053.001.08'>"
        f"<BkToCstmrStmt><GrpHdr><MsgId>M{number}</MsgId></GrpHdr><Stmt><Id>{number}</Id>"
        f"<ElctrncSeqNb>{number}</ElctrncSeqNb><Acct><Id><IBAN>{account}</IBAN></Id><Ccy>EUR</Ccy></Acct>"
        f"{_bal('OPBD', opening, told[0].day)}{_bal('CLBD', closing, told[-1].day)}{entries}"
        "</Stmt></BkToCstmrStmt></Document>",
        encoding="utf-8",
    )
    return path


def _bal(code: str, minor: int, day: date) -> str:
    side = "CRDT" if minor >= 0 else "DBIT"
    return (
        f"<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp><Amt Ccy='EUR'>{_point(abs(minor))}</Amt>"
        f"<CdtDbtInd>{side}</CdtDbtInd><Dt><Dt>{day}</Dt></Dt></Bal>"
    )


def _balance(minor: int, day: date, currency: str) -> str:
    return f"{'C' if minor >= 0 else 'D'}{day:%y%m%d}{currency}{_comma(abs(minor))}"


def _comma(minor: int) -> str:
    return f"{'-' if minor < 0 else ''}{abs(minor) // 100},{abs(minor) % 100:02d}"


def _point(minor: int) -> str:
    return _comma(minor).replace(",", ".")
