"""What a client's page says beside the words of documents and letters, by language."""

from __future__ import annotations

from collections.abc import Mapping

Table = Mapping[str, str | tuple[str, str]]

_EN: Table = {
    "title": "Your account with {firm}",
    "as_of": "As of {date}. What was paid later is not on this page yet.",
    "state": "State",
    "files": "Files",
    "einvoice": "E-invoice",
    "open_state": "open",
    "paid_state": "settled",
    "late": ("{count} day late", "{count} days late"),
    "due_in": ("due in {count} day", "due in {count} days"),
    "due_today": "due today",
    "pay": "How to pay",
    "transfer": "Transfer the amount to this account and name the reference, so that your payment finds its invoice.",
    "debit": "There is nothing for you to do: what is due is collected from your account.",
    "card": "There is nothing for you to do: what is due is charged to your card.",
    "copy": "Copy",
    "copied": "Copied",
    "copy_what": "Copy: {what}",
    "overdue": "Overdue",
    "questions": "Questions about this page",
    "nothing_issued": "Nothing has been issued yet.",
}
_DE: Table = {
    "title": "Ihr Konto bei {firm}",
    "as_of": "Stand: {date}. Was danach bezahlt wurde, steht noch nicht auf dieser Seite.",
    "state": "Stand",
    "files": "Dateien",
    "einvoice": "E-Rechnung",
    "open_state": "offen",
    "paid_state": "ausgeglichen",
    "late": ("{count} Tag überfällig", "{count} Tage überfällig"),
    "due_in": ("fällig in {count} Tag", "fällig in {count} Tagen"),
    "due_today": "heute fällig",
    "pay": "So bezahlen Sie",
    "transfer": "Überweisen Sie den Betrag auf dieses Konto und nennen Sie die Referenz, damit Ihre Zahlung zu ihrer "
    "Rechnung findet.",
    "debit": "Sie brauchen nichts zu tun: Was fällig ist, wird von Ihrem Konto eingezogen.",
    "card": "Sie brauchen nichts zu tun: Was fällig ist, wird Ihrer Karte belastet.",
    "copy": "Kopieren",
    "copied": "Kopiert",
    "copy_what": "Kopieren: {what}",
    "overdue": "Überfällig",
    "questions": "Fragen zu dieser Seite",
    "nothing_issued": "Es wurde noch nichts ausgestellt.",
}
_FR: Table = {
    "title": "Votre compte chez {firm}",
    "as_of": "Situation au {date}. Ce qui a été payé depuis ne figure pas encore sur cette page.",
    "state": "État",
    "files": "Fichiers",
    "einvoice": "Facture électronique",
    "open_state": "ouvert",
    "paid_state": "soldé",
    "late": ("{count} jour de retard", "{count} jours de retard"),
    "due_in": ("à payer dans {count} jour", "à payer dans {count} jours"),
    "due_today": "à payer aujourd’hui",
    "pay": "Comment payer",
    "transfer": "Virez le montant sur ce compte en indiquant la référence, afin que votre paiement soit rattaché à sa "
    "facture.",
    "debit": "Vous n’avez rien à faire : ce qui est dû est prélevé sur votre compte.",
    "card": "Vous n’avez rien à faire : ce qui est dû est débité de votre carte.",
    "copy": "Copier",
    "copied": "Copié",
    "copy_what": "Copier : {what}",
    "overdue": "En retard",
    "questions": "Questions sur cette page",
    "nothing_issued": "Rien n’a encore été émis.",
}
_ES: Table = {
    "title": "Su cuenta con {firm}",
    "as_of": "Situación a {date}. Lo pagado después aún no aparece en esta página.",
    "state": "Estado",
    "files": "Archivos",
    "einvoice": "Factura electrónica",
    "open_state": "pendiente",
    "paid_state": "saldada",
    "late": ("{count} día de retraso", "{count} días de retraso"),
    "due_in": ("vence en {count} día", "vence en {count} días"),
    "due_today": "vence hoy",
    "pay": "Cómo pagar",
    "transfer": "Transfiera el importe a esta cuenta e indique la referencia, para que su pago llegue a su factura.",
    "debit": "No tiene que hacer nada: lo que vence se cobra en su cuenta.",
    "card": "No tiene que hacer nada: lo que vence se carga en su tarjeta.",
    "copy": "Copiar",
    "copied": "Copiado",
    "copy_what": "Copiar: {what}",
    "overdue": "Vencido",
    "questions": "Preguntas sobre esta página",
    "nothing_issued": "Todavía no se ha emitido nada.",
}
_HI: Table = {
    "title": "{firm} के साथ आपका खाता",
    "as_of": "{date} की स्थिति। इसके बाद किया गया भुगतान अभी इस पृष्ठ पर नहीं है।",
    "state": "स्थिति",
    "files": "फ़ाइलें",
    "einvoice": "ई-चालान",
    "open_state": "बकाया",
    "paid_state": "चुकता",
    "late": ("{count} दिन की देरी", "{count} दिन की देरी"),
    "due_in": ("{count} दिन में देय", "{count} दिन में देय"),
    "due_today": "आज देय",
    "pay": "भुगतान कैसे करें",
    "transfer": "राशि इस खाते में भेजें और संदर्भ लिखें, ताकि आपका भुगतान सही चालान तक पहुँचे।",
    "debit": "आपको कुछ नहीं करना है: देय राशि आपके खाते से ली जाती है।",
    "card": "आपको कुछ नहीं करना है: देय राशि आपके कार्ड से ली जाती है।",
    "copy": "कॉपी करें",
    "copied": "कॉपी हो गया",
    "copy_what": "कॉपी करें: {what}",
    "overdue": "समय बीता",
    "questions": "इस पृष्ठ के बारे में प्रश्न",
    "nothing_issued": "अभी तक कुछ जारी नहीं हुआ है।",
}
WORDS: Mapping[str, Table] = {"en": _EN, "de": _DE, "fr": _FR, "es": _ES, "hi": _HI}
# These languages have the form for one with nothing too.
_NONE_IS_ONE = ("fr", "hi")


def page_word(locale: str, key: str, count: int | None = None) -> str:
    """The word of a key in a language or locale, English where there is none; of a pair, the form for the count."""
    language = locale.replace("-", "_").partition("_")[0]
    found = WORDS.get(language, _EN)[key]
    if isinstance(found, str):
        return found
    return found[0 if count == 1 or (count == 0 and language in _NONE_IS_ONE) else 1]
