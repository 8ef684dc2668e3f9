"""Tables of banks: each as its bank writes it, and unknown ones as far as their own words go."""

from datetime import date
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.domain.bank_statement import Entry
from desktop.errors import UserError
from desktop.importing.bank.bank_file import BankFile
from desktop.importing.bank.csv import UnknownTableError, read_csv
from desktop.importing.bank.csv_banks import BANKS, recognised
from desktop.importing.bank.csv_profiles import CsvProfile
from desktop.importing.bank.sources import Source

DAY = date(2026, 4, 2)


def read(text: str | bytes, profile: CsvProfile | None = None, currency: str = "", name: str = "a.csv") -> BankFile:
    content = text.encode() if isinstance(text, str) else text
    return read_csv(Source(name, len(content), content[:65536], lambda: BytesIO(content)), profile, currency=currency)


def only(text: str | bytes, **options: str) -> Entry:
    file = read(text, **options)  # type: ignore[arg-type]
    assert not file.rejected
    ((entry,),) = (one.entries for one in file.statements)
    return entry


SPARKASSE = (
    '"Auftragskonto";"Buchungstag";"Valutadatum";"Buchungstext";"Verwendungszweck";"Glaeubiger ID";"Mandatsreferenz";'
    '"Kundenreferenz (End-to-End)";"Sammlerreferenz";"Lastschrift Ursprungsbetrag";"Auslagenersatz Ruecklastschrift";'
    '"Beguenstigter/Zahlungspflichtiger";"Kontonummer/IBAN";"BIC (SWIFT-Code)";"Betrag";"Waehrung";"Info"\r\n'
    '"DE02120300000000202051";"02.04.26";"03.04.26";"GUTSCHR. UEBERWEISUNG";"Rechnung 7, für März";"";"";"E2E-7";"";"";'
    '"";"Müller GmbH";"DE89370400440532013000";"COBADEFFXXX";"1.190,00";"EUR";"Umsatz gebucht"\r\n'
    '"DE02120300000000202051";"02.04.26";"";"LASTSCHRIFT";"Noch nicht";"";"";"";"";"";"";"X";"";"";"-5,00";"EUR";'
    '"Umsatz vorgemerkt"\r\n'
)


def test_sparkasse_with_umlauts_of_windows_and_lines_that_only_wait() -> None:
    file = read(SPARKASSE.encode("cp1252"))
    (statement,) = file.statements
    (entry,) = statement.entries
    assert statement.account == "DE02120300000000202051"
    assert (entry.booked_on, entry.valued_on, entry.amount, entry.currency) == (DAY, date(2026, 4, 3), 119_000, "EUR")
    assert (entry.party, entry.party_account) == ("Müller GmbH", "DE89370400440532013000")
    assert (entry.text, entry.end_to_end) == ("Rechnung 7, für März", "E2E-7")
    assert any("not booked yet" in one for one in file.problems)


TABLES = {
    "Deutsche Bank": (
        "Umsätze Girokonto;;;Kundennummer: 123 1234567\n"
        "02.03.2026 - 02.04.2026\n"
        "Letzter Kontostand;;;;1.000,00;EUR\n"
        "Vorgemerkte und noch nicht gebuchte Umsätze sind nicht Bestandteil dieser Übersicht.\n"
        "Buchungstag;Wert;Umsatzart;Begünstigter / Auftraggeber;Verwendungszweck;IBAN;BIC;Kundenreferenz;"
        "Mandatsreferenz;Gläubiger ID;Fremde Gebühren;Betrag;Abweichender Empfänger;Anzahl der Aufträge;"
        "Anzahl der Schecks;Soll;Haben;Währung\n"
        "02.04.2026;02.04.2026;SEPA-Überweisung;Acme;Rechnung 7;DE89370400440532013000;COBADEFFXXX;;;;;;;;;;"
        "1.190,00;EUR\n"
        "Kontostand;02.04.2026;;;2.190,00;EUR\n",
        119_000,
        "Acme",
        "Rechnung 7",
    ),
    "DKB (until 2023)": (
        '"Kontonummer:";"DE02120300000000202051 / Girokonto";\n\n'
        '"Buchungstag";"Wertstellung";"Buchungstext";"Auftraggeber / Begünstigter";"Verwendungszweck";"Kontonummer";'
        '"BLZ";"Betrag (EUR)";"Gläubiger-ID";"Mandatsreferenz";"Kundenreferenz";\n'
        '"02.04.2026";"02.04.2026";"Gutschrift";"Acme";"Rechnung 7";"DE89370400440532013000";"COBADEFF";"1.190,00";"";'
        '"";"";\n',
        119_000,
        "Acme",
        "Rechnung 7",
    ),
    "ING (Germany)": (
        "Umsatzanzeige;Datei erstellt am: 03.04.2026 10:00\n;Letztes Update: aktuell\n\n"
        "IBAN;DE02 1203 0000 0000 2020 51\nKontoname;Girokonto\nSaldo;1.190,00;EUR\n\n"
        "Buchung;Wertstellungsdatum;Auftraggeber/Empfänger;Buchungstext;"
        "Verwendungszweck;Saldo;Währung;Betrag;Währung\n"
        "02.04.2026;02.04.2026;Acme;Gutschrift;Rechnung 7;1.190,00;EUR;1.190,00;EUR\n",
        119_000,
        "Acme",
        "Rechnung 7",
    ),
    "N26": (
        '"Booking Date","Value Date","Partner Name","Partner Iban",Type,"Payment Reference","Account Name",'
        '"Amount (EUR)","Original Amount","Original Currency","Exchange Rate"\n'
        '2026-04-02,2026-04-02,Acme,DE89370400440532013000,"Credit Transfer","Rechnung 7","Hauptkonto",1190.00,,,\n',
        119_000,
        "Acme",
        "Rechnung 7",
    ),
    "Commerzbank": (
        "Buchungstag;Wertstellung;Umsatzart;Buchungstext;Betrag;Währung;IBAN Auftraggeberkonto;Kategorie\n"
        "02.04.2026;02.04.2026;Gutschrift;Acme Rechnung 7;1190,00;EUR;DE02120300000000202051;Einnahmen\n",
        119_000,
        "",
        "Acme Rechnung 7",
    ),
    "Revolut": (
        "Type,Product,Started Date,Completed Date,Description,Amount,Fee,Currency,State,Balance\n"
        "TRANSFER,Current,2026-04-02 09:00:00,2026-04-02 10:00:00,From Acme,1192.00,2.00,EUR,COMPLETED,1190.00\n"
        "CARD_PAYMENT,Current,2026-04-02 09:00:00,,Shop,-3.00,0.00,EUR,PENDING,\n",
        119_000,
        "",
        "From Acme",
    ),
    "Wise": (
        '"TransferWise ID",Date,Amount,Currency,Description,"Payment Reference","Running Balance","Exchange From",'
        '"Exchange To","Exchange Rate","Payer Name","Payee Name","Payee Account Number",Merchant,'
        '"Card Last Four Digits","Card Holder Full Name",Attachment,Note,"Total fees"\n'
        '"TRANSFER-7",02-04-2026,1190.00,EUR,"Received money from Acme","Rechnung 7",1190.00,,,,Acme,,,,,,,,0.00\n',
        119_000,
        "Acme",
        "Rechnung 7 Received money from Acme",
    ),
    "PayPal (Deutsch)": (
        '"Datum","Uhrzeit","Zeitzone","Name","Typ","Status","Währung","Brutto","Gebühr","Netto",'
        '"Absender E-Mail-Adresse","Empfänger E-Mail-Adresse","Transaktionscode","Betreff","Rechnungsnummer"\n'
        '"02.04.2026","10:00:00","CET","Acme","Zahlung","Abgeschlossen","EUR","1.190,00","-20,00","1.170,00","a@x","b@x",'
        '"7AB","","INV-7"\n',
        117_000,
        "Acme",
        "INV-7",
    ),
    "Chase": (
        "Details,Posting Date,Description,Amount,Type,Balance,Check or Slip #\n"
        'CREDIT,04/02/2026,"ACME CORP PAYMENT",1190.00,ACH_CREDIT,1190.00,\n',
        119_000,
        "",
        "ACME CORP PAYMENT",
    ),
    "Bank of America": (
        'Description,,Summary Amt.\nBeginning balance as of 04/01/2026,,0.00\nTotal credits,,"1,190.00"\n'
        'Total debits,,0.00\nEnding balance as of 04/02/2026,,"1,190.00"\n\nDate,Description,Amount,Running Bal.\n'
        '04/01/2026,Beginning balance as of 04/01/2026,,"0.00"\n04/02/2026,"ACME CORP","1,190.00","1,190.00"\n',
        119_000,
        "",
        "ACME CORP",
    ),
    "HSBC (UK)": (
        "Date,Payment type,Description,Paid out,Paid in,Balance\n"
        '02 Apr 2026,CR,ACME LTD INV 7,,"1,190.00","1,190.00"\n',
        119_000,
        "",
        "ACME LTD INV 7",
    ),
    "Barclays": (
        "Number,Date,Account,Amount,Subcategory,Memo\n ,02/04/2026,20-00-00 12345678,1190.00,Credit,ACME LTD\n",
        119_000,
        "",
        "ACME LTD",
    ),
    "BNP Paribas": (
        "Date operation;Libelle court;Type operation;Libelle operation;Montant operation en euro\n"
        "02-04-2026;VIREMENT RECU;VIR;VIR SEPA RECU ACME;1 190,00\n",
        119_000,
        "",
        "VIR SEPA RECU ACME",
    ),
    "Crédit Agricole": (
        "Téléchargement du 03/04/2026;\n\nCompte de Dépôt n° 12345678901;\nSolde au 03/04/2026 1 190,00 €\n\n"
        'Date;Libellé;Débit euros;Crédit euros;\n02/04/2026;"VIREMENT EN VOTRE FAVEUR ACME";;1 190,00;\n',
        119_000,
        "",
        "VIREMENT EN VOTRE FAVEUR ACME",
    ),
    "BBVA (Spain)": (
        "F.Valor;Fecha;Concepto;Movimiento;Importe;Divisa;Disponible;Divisa;Observaciones\n"
        "02/04/2026;02/04/2026;Transferencia recibida;ACME;1.190,00;EUR;1.190,00;EUR;Factura 7\n",
        119_000,
        "",
        "Transferencia recibida ACME Factura 7",
    ),
    "Santander (Spain)": (
        "FECHA OPERACIÓN;FECHA VALOR;CONCEPTO;IMPORTE EUR;SALDO\n"
        "02/04/2026;02/04/2026;Transferencia De Acme;1.190,00;1.190,00\n",
        119_000,
        "",
        "Transferencia De Acme",
    ),
    "HDFC Bank": (
        "  Date     ,Narration                ,Value Dat,Debit Amount       ,Credit Amount      ,Chq/Ref Number   ,"
        "Closing Balance\n"
        "  02/04/26 ,NEFT CR-ACME PVT LTD,  02/04/26 ,           0.00  ,       1190.00  ,N0927,1190.00\n",
        119_000,
        "",
        "NEFT CR-ACME PVT LTD",
    ),
    "ICICI Bank": (
        "S No.,Value Date,Transaction Date,Cheque Number,Transaction Remarks,Withdrawal Amount (INR ),"
        "Deposit Amount (INR ),Balance (INR )\n1,02/04/2026,02/04/2026,-,NEFT-ACME PVT LTD,0.0,1190.0,1190.0\n",
        119_000,
        "",
        "NEFT-ACME PVT LTD",
    ),
    "UBS": (
        "Kontonummer:;0235 00A12345.0;\nIBAN:;CH9300762011623852957;\nVon:;2026-04-01;\nBis:;2026-04-02;\n"
        "Anfangssaldo:;0.00;\nSchlusssaldo:;1190.00;\nBewertet in:;CHF;\n"
        "Anzahl Transaktionen in diesem Zeitraum:;1;\n\n"
        "Abschlussdatum;Abschlusszeit;Buchungsdatum;Valutadatum;Währung;Belastung;Gutschrift;Einzelbetrag;Saldo;"
        "Transaktions-Nr.;Beschreibung1;Beschreibung2;Beschreibung3;Fussnoten\n"
        '2026-04-02;;2026-04-02;2026-04-02;CHF;;1190.00;;1190.00;9930;"Acme AG;8000 Zuerich";"Gutschrift";"QRR: 21";\n',
        119_000,
        "Acme AG;8000 Zuerich",
        "Gutschrift QRR: 21",
    ),
    "PostFinance": (
        'Datum von:;="01.04.2026"\nDatum bis:;="02.04.2026"\nBuchungsart:;="Alle Buchungen"\n'
        'Konto:;="CH9300762011623852957"\nWährung:;="CHF"\n\n'
        "Datum;Bewegungstyp;Avisierungstext;Gutschrift in CHF;Lastschrift in CHF;Label;Kategorie;Valuta;Saldo in CHF\n"
        '02.04.2026;Gutschrift;"GUTSCHRIFT ACME AG";1190.00;;;;02.04.2026;1190.00\n\nDisclaimer:\n'
        "Der Dokumentinhalt wurde durch Filtereinstellungen generiert.\n",
        119_000,
        "",
        "GUTSCHRIFT ACME AG",
    ),
}


@pytest.mark.parametrize("bank", TABLES)
def test_a_bank_is_recognised_and_read(bank: str) -> None:
    text, amount, party, words = TABLES[bank]
    file = read(text)
    assert not file.rejected
    (statement,) = file.statements
    (entry,) = statement.entries
    assert (entry.booked_on, entry.amount, entry.party, entry.text) == (DAY, amount, party, words)


def test_each_bank_is_told_from_every_other() -> None:
    for bank in BANKS:
        assert recognised(bank.needs) is bank


def test_what_stands_above_the_columns_names_account_and_currency() -> None:
    (statement,) = read(TABLES["UBS"][0]).statements
    assert (statement.account, statement.currency) == ("CH9300762011623852957", "CHF")
    (statement,) = read(TABLES["ING (Germany)"][0]).statements
    assert statement.account == "DE02120300000000202051"


def test_currencies_are_statements_of_their_own() -> None:
    file = read("Date,Description,Amount,Currency\n2026-04-02,A,10.00,EUR\n2026-04-02,B,900,JPY\n")
    assert [(one.currency, [entry.amount for entry in one.entries]) for one in file.statements] == [
        ("EUR", [1_000]),
        ("JPY", [900]),
    ]


def test_balances_beside_the_rows_give_order_and_prove_them() -> None:
    rows = ["2026-04-03,C,5.00,118.00", "2026-04-02,B,-2.00,113.00", "2026-04-02,A,15.00,115.00"]
    head = "Date,Description,Amount,Balance\n"
    (statement,) = read(head + "\n".join(rows)).statements
    assert [entry.text for entry in statement.entries] == ["A", "B", "C"]
    assert statement.opening is not None
    assert statement.closing is not None
    assert (statement.opening.amount, statement.closing.amount) == (10_000, 11_800)
    many = [f"2026-04-02,R{at},1.00,{at}.00" for at in range(1, 40)]
    del many[20]
    (statement,) = read(head + "\n".join(many)).statements
    assert statement.opening is None
    assert any("does not follow" in one for one in statement.problems)


@pytest.mark.parametrize(
    "rows, amount",
    [
        ('Datum,Bedrag (EUR),Af Bij,Omschrijving\n20260402,"1.190,00",Af,Huur\n', -119_000),
        ('Datum,Bedrag (EUR),Af Bij,Omschrijving\n20260402,"1.190,00",Bij,Huur\n', 119_000),
        ("Date;Details;Debit;Credit\n02/04/2026;A;1 190,00;\n13/04/2026;B;;7,00\n", -119_000),
        ("Date;Details;Debit;Credit\n02/04/2026;A;-1 190,00;\n13/04/2026;B;;7,00\n", -119_000),
        ("Date,Details,Amount\n2026-04-02,A,(1190.00)\n", -119_000),
        ("Date\tDetails\tAmount\n2026-04-02\tA\t1190.00-\n", -119_000),
    ],
)
def test_signs_of_unknown_banks(rows: str, amount: int) -> None:
    assert read(rows).statements[0].entries[0].amount == amount


def test_negated_and_joined_columns_of_a_profile() -> None:
    profile = CsvProfile(
        "Card",
        {"booked_on": ("Day",), "amount": ("Sum",), "text": ("Shop", "#4")},
        negate=True,
        decimal=".",
        currency="USD",
    )
    entry = only("Day,Sum,Shop,\n2026-04-02,7.50,Mill,Street 1\n", profile=profile)  # type: ignore[arg-type]
    assert (entry.amount, entry.currency, entry.text) == (-750, "USD", "Mill Street 1")
    with pytest.raises(UserError, match="has no column “Sum”"):
        read("Day,Amount,Shop\n2026-04-02,7.50,Mill\n", profile)


def test_days_of_two_readings_are_told_by_their_order_or_refused() -> None:
    rows = "Date,Details,Amount\n01/04/2026,A,1.00\n02/05/2026,B,1.00\n"
    with pytest.raises(UserError, match="begin with the day or the month"):
        read(rows)
    (statement,) = read("Date,Details,Amount\n01/03/2026,A,1.00\n01/04/2026,B,1.00\n02/03/2026,C,1.00\n").statements
    assert [entry.booked_on for entry in statement.entries] == [date(2026, 1, 3), date(2026, 1, 4), date(2026, 2, 3)]


def test_rows_that_cannot_be_read_say_their_line_and_remedy() -> None:
    file = read("Date,Details,Amount\n2026-04-02,A,1.00\n2026-02-30,B,2.00\n2026-04-03,C,x\n2026-04-04,D,1.005\n")
    assert len(file.statements[0].entries) == 1
    assert [(one.row, one.column, one.value) for one in file.rejected] == [
        (3, "Date", "2026-02-30"),
        (4, "Amount", "x"),
        (5, "Amount", "1.005"),
    ]
    assert all(one.problem and one.remedy for one in file.rejected)


def test_an_unknown_table_says_its_columns_and_a_guess() -> None:
    with pytest.raises(UnknownTableError, match="Wann, Wieviel") as unknown:
        read("Wann;Wieviel\n02.04.2026;1,00\n")
    assert unknown.value.guess.lacks == ("booked_on", "amount")


def test_profiles_survive_being_kept() -> None:
    for bank in BANKS:
        again = CsvProfile.from_json(bank.name, "", bank.to_json())
        assert again == bank
    with pytest.raises(UserError, match="cannot be read"):
        CsvProfile.from_json("X", "", '{"columns": 3}')


@given(st.text(max_size=300) | st.binary(max_size=300).map(lambda raw: raw.decode("latin-1")))
def test_anything_is_read_or_refused_in_a_sentence(text: str) -> None:
    refusal = None
    try:
        file = read("Date,Details,Amount\n" + text)
    except UserError as error:
        refusal = error
    if refusal is not None:
        assert refusal.message
    else:
        assert all(entry.booked_on and entry.place for one in file.statements for entry in one.entries)
