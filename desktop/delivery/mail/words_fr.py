"""Words of mails in French."""

from typing import Any

WORDS: dict[str, Any] = {
    "greeting": "Bonjour {name},",
    "greeting_all": "Madame, Monsieur,",
    "texts": {
        "invoice": (
            "Facture {number} de {firm}",
            "{greeting}\n\nVeuillez trouver ci-joint notre facture {number} du {issue_date}, "
            "d’un montant de {amount}.\n"
            "Votre commande : {po_number}\n\n{payment}\nPayer en ligne : {link}\n\nCordialement\n{firm}",
        ),
        "deposit": (
            "Facture d’acompte {number} de {firm}",
            "{greeting}\n\nVeuillez trouver ci-joint notre facture d’acompte {number} du {issue_date}, "
            "d’un montant de {amount}.\n"
            "Votre commande : {po_number}\n\n{payment}\nPayer en ligne : {link}\n\nCordialement\n{firm}",
        ),
        "final": (
            "Facture de solde {number} de {firm}",
            "{greeting}\n\nVeuillez trouver ci-joint notre facture de solde {number} du {issue_date}, "
            "d’un montant de {amount}.\n"
            "Votre commande : {po_number}\n\n{payment}\nPayer en ligne : {link}\n\nCordialement\n{firm}",
        ),
        "credit_note": (
            "Avoir {number} de {firm}",
            "{greeting}\n\nVeuillez trouver ci-joint notre avoir {number} du {issue_date}, d’un montant de {amount}.\n"
            "Il corrige la facture {corrects}.\n\n{payment}\n\nCordialement\n{firm}",
        ),
        "statement": (
            "Relevé de compte de {firm}, {issue_date}",
            "{greeting}\n\nVeuillez trouver ci-joint votre relevé de compte au {issue_date}.\n\n{payment}\n\n"
            "S’il ne concorde pas avec vos livres, merci de nous le signaler.\n\nCordialement\n{firm}",
        ),
        "receipt": (
            "Reçu {number} de {firm}",
            "{greeting}\n\nNous vous remercions de votre paiement de {amount}. Le reçu est en pièce jointe.\n\n"
            "Cordialement\n{firm}",
        ),
        "reminder": (
            "Rappel de paiement de {firm}",
            "{greeting}\n\nNous n’avons pas encore reçu tous les paiements échus. "
            "La lettre ci-jointe indique ce qui reste dû.\n\n{payment}\nPayer en ligne : {link}\n\n"
            "Si vous avez payé entre-temps, merci de ne pas tenir compte de ce message.\n\nCordialement\n{firm}",
        ),
        "notice": (
            "Paiement bientôt échu, de {firm}",
            "{greeting}\n\nUn paiement arrive bientôt à échéance. La lettre ci-jointe en donne le détail."
            "\n\n{payment}\nPayer en ligne : {link}\n\n"
            "Si vous avez payé entre-temps, merci de ne pas tenir compte de ce message.\n\nCordialement\n{firm}",
        ),
        "payment_plan": (
            "Échéancier de {firm}",
            "{greeting}\n\nVeuillez trouver ci-joint l’échéancier, avec toutes les échéances et leurs dates.\n\n"
            "Cordialement\n{firm}",
        ),
        "cover_letter": (
            "Courrier de {firm}",
            "{greeting}\n\nVeuillez trouver ci-joint notre courrier.\n\nCordialement\n{firm}",
        ),
        "several": (
            "{count} documents de {firm}",
            "{greeting}\n\nVeuillez trouver ci-joint :\n\n{list}\n\n{payment}\n\nCordialement\n{firm}",
        ),
    },
    "pay_by": "Merci de régler {amount} au plus tard le {date}.",
    "pay_now": "Merci de régler ce qui est échu : {amount}.",
    "pay_late": "{amount} : ce montant est dû depuis le {date}. Merci de le régler dès maintenant.",
    "pay_withheld": "Merci de régler {amount} au plus tard le {date}, moins la taxe que vous retenez.",
    "pay_parts": "{amount} sont à régler en {count} échéances ; la prochaine, {part}, le {date}.",
    "pay_list": "Merci de régler {amount}, chaque document à sa date dans la liste.",
    "debit": "Nous prélèverons {amount} le {date}. Vous n’avez rien à faire.",
    "debit_list": "Nous prélèverons {amount} aux dates de la liste. Vous n’avez rien à faire.",
    "card": "Nous débiterons {amount} de votre carte. Vous n’avez rien à faire.",
    "nothing_due": "Il ne reste rien à payer.",
    "credited": "Nous créditons votre compte de {amount}.",
    "list_line": "– {title} {number} du {date} : {amount}",
    "list_line_due": "– {title} {number} du {date} : {amount}, à régler le {due}",
    "document": "Document",
    "date": "Date",
    "due": "Échéance",
    "amount": "Montant",
}
