"""Words of mails in German."""

from typing import Any

WORDS: dict[str, Any] = {
    "greeting": "Guten Tag {name},",
    "greeting_all": "Sehr geehrte Damen und Herren,",
    "texts": {
        "invoice": (
            "Rechnung {number} von {firm}",
            "{greeting}\n\nanbei erhalten Sie unsere Rechnung {number} vom {issue_date} über {amount}.\n"
            "Ihre Bestellung: {po_number}\n\n{payment}\nOnline bezahlen: {link}\n\nMit freundlichen Grüßen\n{firm}",
        ),
        "deposit": (
            "Anzahlungsrechnung {number} von {firm}",
            "{greeting}\n\nanbei erhalten Sie unsere Anzahlungsrechnung {number} vom {issue_date} über {amount}.\n"
            "Ihre Bestellung: {po_number}\n\n{payment}\nOnline bezahlen: {link}\n\nMit freundlichen Grüßen\n{firm}",
        ),
        "final": (
            "Schlussrechnung {number} von {firm}",
            "{greeting}\n\nanbei erhalten Sie unsere Schlussrechnung {number} vom {issue_date} über {amount}.\n"
            "Ihre Bestellung: {po_number}\n\n{payment}\nOnline bezahlen: {link}\n\nMit freundlichen Grüßen\n{firm}",
        ),
        "credit_note": (
            "Rechnungskorrektur {number} von {firm}",
            "{greeting}\n\nanbei erhalten Sie unsere Rechnungskorrektur {number} vom {issue_date} über {amount}.\n"
            "Sie berichtigt die Rechnung {corrects}.\n\n{payment}\n\nMit freundlichen Grüßen\n{firm}",
        ),
        "statement": (
            "Kontoauszug von {firm}, {issue_date}",
            "{greeting}\n\nanbei erhalten Sie Ihren Kontoauszug vom {issue_date}.\n\n{payment}\n\n"
            "Falls er nicht mit Ihren Büchern übereinstimmt, geben Sie uns bitte Bescheid.\n\n"
            "Mit freundlichen Grüßen\n{firm}",
        ),
        "receipt": (
            "Zahlungsbestätigung {number} von {firm}",
            "{greeting}\n\nvielen Dank für Ihre Zahlung von {amount}. Die Bestätigung finden Sie im Anhang.\n\n"
            "Mit freundlichen Grüßen\n{firm}",
        ),
        "reminder": (
            "Zahlungserinnerung von {firm}",
            "{greeting}\n\nnoch nicht alle fälligen Zahlungen sind bei uns eingegangen. "
            "Was offen ist, steht im Schreiben im Anhang.\n\n{payment}\nOnline bezahlen: {link}\n\n"
            "Falls Sie inzwischen gezahlt haben, betrachten Sie diese Nachricht bitte als gegenstandslos.\n\n"
            "Mit freundlichen Grüßen\n{firm}",
        ),
        "notice": (
            "Zahlung bald fällig: {firm}",
            "{greeting}\n\nbald wird eine Zahlung fällig. Wofür, steht im Schreiben im Anhang."
            "\n\n{payment}\nOnline bezahlen: {link}\n\n"
            "Falls Sie inzwischen gezahlt haben, betrachten Sie diese Nachricht bitte als gegenstandslos.\n\n"
            "Mit freundlichen Grüßen\n{firm}",
        ),
        "payment_plan": (
            "Zahlungsplan von {firm}",
            "{greeting}\n\nanbei erhalten Sie den Zahlungsplan mit allen Raten und ihren Terminen.\n\n"
            "Mit freundlichen Grüßen\n{firm}",
        ),
        "cover_letter": (
            "Schreiben von {firm}",
            "{greeting}\n\nanbei erhalten Sie unser Schreiben.\n\nMit freundlichen Grüßen\n{firm}",
        ),
        "several": (
            "{count} Dokumente von {firm}",
            "{greeting}\n\nanbei erhalten Sie:\n\n{list}\n\n{payment}\n\nMit freundlichen Grüßen\n{firm}",
        ),
    },
    "pay_by": "Bitte zahlen Sie {amount} bis zum {date}.",
    "pay_now": "Bitte zahlen Sie, was überfällig ist: {amount}.",
    "pay_late": "{amount} sind seit dem {date} fällig. Bitte zahlen Sie jetzt.",
    "pay_withheld": "Bitte zahlen Sie {amount} bis zum {date}, abzüglich der Steuer, die Sie einbehalten.",
    "pay_parts": "{amount} sind in {count} Raten fällig, die nächste, {part}, am {date}.",
    "pay_list": "Bitte zahlen Sie {amount}, jedes Dokument bis zu seinem Termin in der Liste.",
    "debit": "Wir ziehen {amount} am {date} per Lastschrift ein. Sie brauchen nichts zu tun.",
    "debit_list": "Wir ziehen {amount} zu den Terminen der Liste per Lastschrift ein. Sie brauchen nichts zu tun.",
    "card": "Wir belasten Ihre Karte mit {amount}. Sie brauchen nichts zu tun.",
    "nothing_due": "Es ist nichts mehr zu zahlen.",
    "credited": "Wir schreiben {amount} Ihrem Konto gut.",
    "list_line": "– {title} {number} vom {date}: {amount}",
    "list_line_due": "– {title} {number} vom {date}: {amount}, fällig am {due}",
    "document": "Dokument",
    "date": "Datum",
    "due": "Fällig",
    "amount": "Betrag",
}
