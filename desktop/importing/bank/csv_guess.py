"""What the columns of an unknown bank's table are, by the words that banks of many languages head them with."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Final

from desktop.importing.bank.csv_banks import BANKS
from desktop.importing.bank.csv_profiles import CsvProfile, column_key
from desktop.importing.mapping import signature

# The first that a header has is taken, so that the day of booking goes before a mere date.
_WORDS: Final = {
    "booked_on": (
        "Booking date", "Buchungsdatum", "Buchungstag", "Posting date", "Posted date", "Post date", "Date posted",
        "Transaction date", "Date de comptabilisation", "Date opération", "Date d'opération", "Fecha operación",
        "Fecha contable", "Boekdatum", "Data operazione", "Data contabile", "Data księgowania", "Bokföringsdag",
        "Bogføringsdato", "Data lançamento", "Txn date", "Tran date", "Buchung", "Date", "Datum", "Fecha", "Data",
        "Dato", "Rentedatum",
    ),
    "valued_on": (
        "Value date", "Valutadatum", "Wertstellung", "Wertstellungsdatum", "Valuta", "Date valeur", "Date de valeur",
        "Fecha valor", "Data valuta", "Rentedatum", "Wert", "Data waluty",
    ),
    "amount": (
        "Amount", "Betrag", "Umsatz", "Montant", "Importe", "Importo", "Bedrag", "Kwota", "Belopp", "Beløb", "Valor",
        "Transaction amount", "Bedrag (EUR)", "Amount in account currency", "Kwota operacji", "Net",
    ),
    "debit": (
        "Debit", "Debit amount", "Soll", "Belastung", "Lastschrift", "Débit", "Paid out", "Money out", "Withdrawal",
        "Withdrawals", "Withdrawal amount", "Withdrawal amt", "Cargo", "Cargos", "Debe", "Dare", "Uscite", "Af",
        "Obciążenia", "Débito", "Payments", "Out",
    ),
    "credit": (
        "Credit", "Credit amount", "Haben", "Gutschrift", "Crédit", "Paid in", "Money in", "Deposit", "Deposits",
        "Deposit amount", "Deposit amt", "Abono", "Abonos", "Haber", "Avere", "Entrate", "Bij", "Uznania", "Crédito",
        "Receipts", "In",
    ),
    "marker": (
        "Af Bij", "Soll/Haben", "S/H", "Debit/Credit", "Credit/Debit", "D/C", "C/D", "Dr/Cr", "Cr/Dr", "DC",
        "Credit Debit Indicator", "Credit or debit", "Vorzeichen", "Sens",
    ),
    "currency": ("Currency", "Währung", "Waehrung", "Devise", "Divisa", "Moneda", "Munt", "Valuta", "Waluta", "Ccy"),
    "party": (
        "Name", "Counterparty", "Counterparty name", "Partner name", "Payee", "Payer", "Beneficiary",
        "Auftraggeber/Empfänger", "Empfänger", "Auftraggeber", "Begünstigter", "Name Zahlungsbeteiligter",
        "Beguenstigter/Zahlungspflichtiger", "Begünstigter/Auftraggeber", "Tegenpartij", "Naam tegenpartij",
        "Naam / Omschrijving", "Contrepartie", "Nom de la contrepartie", "Ordenante", "Beneficiario",
        "Zahlungsempfänger", "Zahlungspartner", "Nadawca", "Kontrahent", "Partner", "Merchant",
    ),
    "party_account": (
        "Counterparty account", "Counterparty IBAN", "Partner IBAN", "IBAN Zahlungsbeteiligter", "IBAN", "Kontonummer",
        "Kontonummer/IBAN", "Tegenrekening", "Tegenrekening IBAN/BBAN", "Compte contrepartie", "Payee account",
        "Cuenta", "Konto",
    ),
    "party_bic": ("BIC", "BIC (SWIFT-Code)", "SWIFT", "BIC tegenpartij", "Counterparty BIC"),
    "text": (
        "Verwendungszweck", "Description", "Payment reference", "Reference", "Narration", "Narrative", "Details",
        "Particulars", "Memo", "Remittance information", "Mededelingen", "Omschrijving", "Omschrijving-1",
        "Omschrijving-2", "Omschrijving-3", "Libellé", "Communication", "Communications", "Concepto", "Descripción",
        "Descrizione", "Causale", "Opis operacji", "Tytuł", "Text", "Beschreibung", "Mitteilung", "Message",
        "Transaction remarks", "Remarks", "Purpose", "Detalle", "Motif", "Note",
    ),
    "end_to_end": ("End-to-End", "End to End Id", "EndToEndId", "Kundenreferenz", "End-to-End-Referenz"),
    "mandate": ("Mandatsreferenz", "Mandate reference", "Machtigingskenmerk", "Mandate", "Référence mandat"),
    "bank_reference": (
        "Transaction ID", "Transaction no", "Transaktions-Nr", "Transaktionsnummer", "Bank reference",
        "Transactiereferentie", "Volgnr", "Chq/Ref Number", "Unique id", "Transaction reference",
    ),
    "code": (
        "Buchungstext", "Umsatzart", "Transaction type", "Type", "Code", "Mutatiesoort", "Vorgang", "Umsatztyp",
    ),
    "balance": (
        "Balance", "Saldo", "Running balance", "Running bal", "Closing balance", "Solde", "Saldo na mutatie",
        "Kontostand", "Saldo nach Buchung", "Saldo po operacji", "Balance after",
    ),
    "account": (
        "Account", "Account number", "Auftragskonto", "IBAN Auftragskonto", "IBAN Auftraggeberkonto", "Rekening",
        "IBAN/BBAN", "Own account", "Numéro de compte", "Compte",
    ),
}  # fmt: skip


def words_known(cells: Sequence[str]) -> int:
    """How many of the cells are headings that some bank uses, for finding the line of the column names."""
    keys = {column_key(cell) for cell in cells if 0 < len(cell.strip()) < 60}
    return len(keys & _known())


def guessed(header: Sequence[str]) -> CsvProfile:
    """A profile by the words of the header alone; what it `lacks` says whether it can be read at all."""
    keys = [column_key(heading) for heading in header]
    free = set(range(len(header)))
    columns: dict[str, tuple[str, ...]] = {}
    # A column of one own heading belongs to the field of which it is the more usual word.
    for field in ("account", *(name for name in _WORDS if name != "account")):
        found = []
        for word in _WORDS[field]:
            key = column_key(word)
            place = next((at for at in sorted(free) if keys[at] == key), None)
            if place is not None:
                found.append(place)
                free.discard(place)
                if field != "text":
                    break
        if found:
            columns[field] = tuple(header[place] for place in sorted(found))
    if "debit" in columns and "credit" in columns and "amount" in columns and "marker" not in columns:
        del columns["debit"], columns["credit"]
    elif ("debit" in columns) != ("credit" in columns):
        columns.pop("debit", None)
        columns.pop("credit", None)
    return CsvProfile(name="", columns=columns, signature=signature(header))


@cache
def _known() -> frozenset[str]:
    told = {column_key(word) for words in _WORDS.values() for word in words}
    told |= {column_key(heading) for bank in BANKS for names in bank.columns.values() for heading in names}
    return frozenset(told - {""})
