"""A small camt.053 as text, for tests that need a statement of a few lines."""

from __future__ import annotations

_CAMT = """<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt>
<GrpHdr><MsgId>M{number}</MsgId><CreDtTm>{last}T20:00:00</CreDtTm></GrpHdr>
<Stmt><Id>S{number}</Id><ElctrncSeqNb>{number}</ElctrncSeqNb><CreDtTm>{last}T20:00:00</CreDtTm>
<FrToDt><FrDtTm>{first}T00:00:00</FrDtTm><ToDtTm>{last}T23:59:59</ToDtTm></FrToDt>
<Acct><Id><IBAN>{iban}</IBAN></Id><Ccy>{currency}</Ccy></Acct>
{balances}{entries}
</Stmt></BkToCstmrStmt></Document>
"""
_BALANCE = """<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp><Amt Ccy="{currency}">{amount}</Amt>
<CdtDbtInd>{sign}</CdtDbtInd><Dt><Dt>{day}</Dt></Dt></Bal>
"""
_ENTRY = """<Ntry><Amt Ccy="{currency}">{amount}</Amt><CdtDbtInd>{sign}</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts>
<BookgDt><Dt>{day}</Dt></BookgDt><ValDt><Dt>{day}</Dt></ValDt><AcctSvcrRef>{reference}</AcctSvcrRef>
<NtryDtls><TxDtls><RltdPties><{side}><Pty><Nm>{party}</Nm></Pty></{side}></RltdPties>
<RmtInf><Ustrd>{text}</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>
"""


def camt(
    iban: str,
    *lines: tuple[str, int, str],
    currency: str = "EUR",
    number: int = 1,
    opening: int = 100_000,
    party: str = "Payer",
) -> str:
    """A camt.053 of lines (ISO day, minor units of two decimals, text) in the order of their days."""
    first, last = lines[0][0], lines[-1][0]
    closing = opening + sum(amount for _day, amount, _text in lines)
    balances = "".join(
        _BALANCE.format(code=code, currency=currency, amount=_major(amount), sign=_sign(amount), day=day)
        for code, amount, day in (("OPBD", opening, first), ("CLBD", closing, last))
    )
    entries = "".join(
        _ENTRY.format(
            currency=currency,
            amount=_major(amount),
            sign=_sign(amount),
            day=day,
            reference=f"REF{number:04}{place:06}",
            side="Dbtr" if amount > 0 else "Cdtr",
            party=party,
            text=text,
        )
        for place, (day, amount, text) in enumerate(lines)
    )
    return _CAMT.format(
        number=number, iban=iban, currency=currency, first=first, last=last, balances=balances, entries=entries
    )


def _major(amount: int) -> str:
    return f"{abs(amount) // 100}.{abs(amount) % 100:02}"


def _sign(amount: int) -> str:
    return "CRDT" if amount >= 0 else "DBIT"
