"""Clients: who is billed."""

from __future__ import annotations

from desktop.domain.identifiers import check_tax_id
from desktop.i18n import _, number_text
from desktop.importing.kinds.einvoicing import ADDRESSING, check_einvoicing
from desktop.importing.kinds.fields import Field, Kind, Values, Verdict, spelled
from desktop.importing.kinds.paying import PAYING, check_paying
from desktop.importing.kinds.rules import check_decimals
from desktop.saying import put

# What the book calls the ways in which an invoice reaches a client.
DELIVERIES = {
    "email": spelled("""
        e-mail | mail | per mail | per e-mail | by email | courriel | electronic | elektronisch
    """),
    "print": spelled("""
        printer | post | by post | per post | letter | brief | drucken | druck | courrier | paper
    """),
    "folder": spelled("file | ordner | datei | dossier"),
    "pdf": (),
    "facturx": ("factur-x", "zugferd"),
    "xrechnung": ("x-rechnung",),
    "ubl": ("peppol",),
}

_TREATMENTS = {
    "auto": spelled("automatic | by the rules | automatisch"),
    "domestic": spelled("national | inland | Inland"),
    "reverse_charge": spelled("reverse charge | Steuerschuldnerschaft des Leistungsempfängers | autoliquidation"),
    "intra_goods": spelled("intra-community | innergemeinschaftlich | intracommunautaire"),
    "export": spelled("Ausfuhr | Drittland | exportation"),
    "exempt": spelled("tax exempt | steuerfrei | befreit | exonéré"),
    "outside": spelled("out of scope | nicht steuerbar | hors champ"),
}

FIELDS = (
    Field(
        "code",
        "code",
        spelled("""
            client code | customer code | client id | customer id | client no | customer no | client number |
            customer number | account number | account no | account code | reference | short name | number | no | id
            | Kundennummer | Kunden-Nr. | Kundennr | Kd-Nr. | KdNr | Kundencode | Debitor | Debitorennummer |
            Debitoren-Nr. | Debitorenkonto | Kontonummer | Konto | Nummer | Kürzel | Matchcode | code client |
            n° client | no client | numéro client | numéro de client | référence client | compte client | compte |
            identifiant | Klantnummer | código cliente
        """),
        required=True,
        remedy=lambda: _("Give each client a short code of its own, such as ACME."),
    ),
    Field(
        "name",
        "text",
        spelled("""
            company | company name | company / name | client name | client | customer name | customer | organization
            | organisation | organization name | business name | legal name | account name | display name |
            display name as | billing name | bill to | Firma | Firmenname | Kunde | Kundenname | Unternehmen |
            raison sociale | société | entreprise | name | contact name | Name 1 | Name/Firma | Firma/Name |
            Bezeichnung | Name (Adressattyp Unternehmen) | nom | dénomination | nom du client | nom client |
            nom de l'entreprise | Bedrijfsnaam | razón social | ragione sociale
        """),
        required=True,
        remedy=lambda: _("Write the name that stands on the client's invoices."),
    ),
    Field(
        "contact",
        "text",
        spelled("""
            contact person | primary contact | attention | attn | attention to | POAttentionTo | full name |
            Ansprechpartner | Ansprechperson | Kontakt | Kontaktperson | zu Händen | z. Hd. | personne de contact |
            interlocuteur | à l'attention de | nom du contact | name | contact name | nom
        """),
        parts=(
            spelled("""
                first name | firstname | given name | Vorname | Ansprechpartner Vorname | prénom
            """),
            spelled("""
                last name | lastname | surname | family name | Nachname | Ansprechpartner Nachname | nom de famille
            """),
        ),
    ),
    Field(
        "email",
        "email",
        spelled("""
            e-mail | email address | e-mail address | mail | billing email | invoice email | main email |
            contact email | primary email | Mailadresse | E-Mail-Adresse | Rechnungs-E-Mail | E-Mail 1 | courriel |
            adresse e-mail | adresse email | adresse mail | adresse électronique
        """),
    ),
    Field(
        "street",
        "text",
        spelled("""
            address | address 1 | address line 1 | address line1 | street address | billing address | billing street
            | billing address line 1 | bill to street | POAddressLine1 | SAAddressLine1 | street 1 | Straße |
            Strasse und Hausnummer | Straße und Nr. | Straße/Nr. | Str. | Anschrift | Adresse |
            Rechnungsadresse Straße | Straße 1 | Adresszeile 1 | rue | adresse 1 | adresse ligne 1 | voie |
            adresse de facturation | numéro et rue
        """),
        parts=(
            ("street name", "Straßenname"),
            spelled("house number | street number | Hausnummer | Haus-Nr. | Hausnr"),
        ),
    ),
    Field(
        "street2",
        "text",
        spelled("""
            street 2 | address 2 | address line 2 | address line2 | billing address line 2 | billing street 2 |
            POAddressLine2 | SAAddressLine2 | suite | Adresszusatz | Zusatz | Adresszeile 2 | Straße 2 |
            Namenszusatz | complément | complément d'adresse | adresse 2 | adresse ligne 2
        """),
    ),
    Field(
        "postcode",
        "code",
        spelled("""
            postal code | post code | zip | zip code | zipcode | zip / postal code | postal/zip code | postal/zip |
            billing zip | billing zip code | billing postal code | billing postcode | POPostalCode | SAPostalCode |
            PLZ | Postleitzahl | Rechnungsadresse PLZ | CP | code postal
        """),
    ),
    Field(
        "city",
        "text",
        spelled("""
            town | city/town | town/city | billing city | bill to city | POCity | SACity | Ort | Stadt | Wohnort |
            Rechnungsadresse Ort | ville | localité | commune
        """),
    ),
    Field(
        "region",
        "text",
        spelled("""
            state | province | county | state/province | province/state | state/region | state code | billing state
            | billing region | billing province | PORegion | SARegion | Bundesland | Kanton | Bundesland/Kanton |
            département | canton | région
        """),
    ),
    Field(
        "country",
        "country",
        spelled("""
            country code | country/region | billing country | billing country code | bill to country | POCountry |
            SACountry | country name | Land | Ländercode | Länderkennzeichen | Länderkürzel | Staat | pays |
            code pays | país | paese
        """),
        required=True,
        remedy=lambda: _("Write the client's country, such as DE or Germany: the tax depends on it."),
    ),
    Field(
        "tax_id",
        "code",
        spelled("""
            vat id | vat | vat number | vat no | vat registration number | vat reg no | tax registration number |
            tax number | tax id number | gst number | gst no | gstin | gst hst number | abn | uid | uid number |
            resale number | USt-IdNr. | USt-ID | USt-Id-Nr. | UStID | Umsatzsteuer-ID | Umsatzsteuer ID |
            Umsatzsteuer-Identifikationsnummer | UID-Nummer | UID-Nr. | EU-UStID | MWST-Nr. | MwSt-Nummer | n° tva |
            numéro tva | numéro de tva | tva | tva intracommunautaire | n° tva intracommunautaire |
            numéro de tva intracommunautaire | tva intracom | n° tva intracom | btw nummer | partita iva
        """),
    ),
    Field(
        "currency",
        "currency",
        spelled("""
            currency code | default currency | Währung | Währungscode | devise | monnaie | moneda | valuta
        """),
    ),
    Field(
        "language",
        "language",
        spelled("""
            language code | locale | preferred language | Sprache | Korrespondenzsprache | langue | idioma
        """),
    ),
    Field(
        "terms",
        "terms",
        spelled("""
            payment terms | payment term | credit terms | due days | payment days | net days | days to pay |
            Zahlungsbedingung | Zahlungsbedingungen | Zahlungsziel | Zahlungsfrist | Zahlungsziel in Tagen |
            Zahlungskondition | Zahlungskonditionen | conditions de paiement | condition de paiement |
            délai de paiement | conditions de règlement | délai de règlement | échéance
        """),
    ),
    Field(
        "segment",
        "text",
        spelled("""
            group | customer group | client group | customer type | client type | category | class | Gruppe |
            Kundengruppe | Kategorie | Segmentname | Kundentyp | groupe | groupe de clients | catégorie |
            type de client
        """),
    ),
    Field(
        "salesperson",
        "text",
        spelled("""
            sales person | sales rep | sales representative | account manager | account owner | key account manager |
            responsible | Verkäufer | Vertriebler | Vertriebsmitarbeiter | Außendienst | Kundenbetreuer | Betreuer |
            Sachbearbeiter | vendeur | commercial | responsable commercial | chargé de compte | vendedor | comercial |
            gestor comercial | venditore
        """),
        offered=False,
    ),
    Field(
        "delivery",
        "choice",
        spelled("""
            delivery method | preferred delivery method | preferred send method | send method | send by | invoice by
            | Versand | Versandart | Rechnungsversand | Zustellung | Versandweg | envoi | mode d'envoi | livraison
        """),
        choices=DELIVERIES,
    ),
    Field(
        "po_required",
        "bool",
        spelled("""
            po required | requires po | po number required | purchase order required | Bestellnummer nötig |
            Bestellnummer erforderlich | Bestellnummer Pflicht | bon de commande obligatoire |
            numéro de commande obligatoire
        """),
    ),
    Field(
        "buyer_reference",
        "code",
        spelled("""
            buyer reference | buyer ref | leitweg-id | Leitweg ID | routing id | Käuferreferenz | référence acheteur
            | code service | your reference | Ihr Zeichen
        """),
    ),
    Field(
        "credit_limit",
        "amount",
        spelled("""
            credit limit amount | limit | Kreditlimit | Kreditrahmen | limite de crédit | plafond | encours autorisé
        """),
    ),
    Field(
        "phone",
        "text",
        spelled("""
            phone number | telephone | tel | main phone | Telefon | Telefonnummer | Telefon 1 | téléphone | tél
        """),
        offered=False,
    ),
    Field(
        "tax_number",
        "code",
        spelled("""
            local tax number | Steuernummer | Steuer-Nr. | ein | siret | siren | n° siret | numéro siret
        """),
        offered=False,
    ),
    Field(
        "is_business",
        "bool",
        spelled("is company | is a business | Unternehmer | gewerblich | professionnel"),
        offered=False,
    ),
    Field("tax_treatment", "choice", spelled("tax rule | Besteuerung"), offered=False, choices=_TREATMENTS),
    Field(
        "place_of_supply",
        "text",
        spelled("place of supply | POS state | gst state | tax jurisdiction | nexus state | Leistungsort"),
        offered=False,
    ),
    Field(
        "tax_certificate",
        "code",
        spelled("""
            exemption certificate | resale certificate | exemption number |
            Freistellungsbescheinigung | certificat d'exonération
        """),
        offered=False,
    ),
    Field(
        "withholding",
        "percent",
        spelled("""
            withholding rate | withholding tax rate | tds rate | Quellensteuer |
            Quellensteuersatz | retenue à la source
        """),
        offered=False,
    ),
    Field("withholding_section", "code", spelled("tds section | withholding code"), offered=False),
    *ADDRESSING,
    *PAYING,
    Field(
        "combine",
        "bool",
        spelled("one invoice | combine invoices | consolidated billing | Sammelrechnung | facture groupée"),
        offered=False,
    ),
    Field(
        "mail_together",
        "bool",
        spelled("one e-mail | one mail | several documents in one e-mail | eine E-Mail | Sammelmail | un seul e-mail"),
        offered=False,
    ),
    Field(
        "buyer_reference_required",
        "bool",
        spelled("buyer reference needed | requires buyer reference | Leitweg-ID nötig"),
        offered=False,
    ),
    Field("on_hold", "bool", spelled("hold | blocked | gesperrt | bloqué"), offered=False),
    Field("hold_reason", "text", spelled("why on hold | reason for hold | Sperrgrund"), offered=False),
    Field("disputed", "bool", spelled("in dispute | strittig | en litige"), offered=False),
    Field(
        "note",
        "lines",
        spelled(
            "notes | comment | comments | memo | remarks | Notiz | Bemerkung | Bemerkungen | remarque | commentaire"
        ),
        offered=False,
    ),
)


def check(values: Values, verdict: Verdict) -> None:
    limit = values["credit_limit"]
    if limit is not None and limit < 0:
        verdict.reject(
            "credit_limit",
            _("The credit limit {limit} is below 0.").format(limit=number_text(limit)),
            _("Write 0 or more, or leave it empty for no limit."),
        )
    check_decimals(values, verdict, ("credit_limit",))
    withheld = values["withholding"]
    if withheld is not None and not 0 <= withheld < 100:
        verdict.reject(
            "withholding",
            _("{percent} % cannot be withheld.").format(percent=number_text(withheld)),
            _("Write a percentage of the net from 0 to below 100, such as 10."),
        )
    check_einvoicing(values, verdict)
    check_paying(values, verdict)
    if values["tax_id"]:
        # Only noted: whether this client needs a tax id at all is decided before an invoice.
        checked = check_tax_id(values["country"] or "", values["tax_id"])
        if not checked.ok:
            verdict.note("tax_id", put(checked.problem))


KIND = Kind("clients", FIELDS, check, key=("code",), made_from=("code", "name"))
