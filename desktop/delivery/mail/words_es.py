"""Words of mails in Spanish."""

from typing import Any

WORDS: dict[str, Any] = {
    "greeting": "Buenos días, {name}:",
    "greeting_all": "Buenos días:",
    "texts": {
        "invoice": (
            "Factura {number} de {firm}",
            "{greeting}\n\nAdjuntamos nuestra factura {number} del {issue_date} por un importe de {amount}.\n"
            "Su pedido: {po_number}\n\n{payment}\nPagar en línea: {link}\n\nUn cordial saludo,\n{firm}",
        ),
        "deposit": (
            "Factura de anticipo {number} de {firm}",
            "{greeting}\n\nAdjuntamos nuestra factura de anticipo {number} del {issue_date} "
            "por un importe de {amount}.\n"
            "Su pedido: {po_number}\n\n{payment}\nPagar en línea: {link}\n\nUn cordial saludo,\n{firm}",
        ),
        "final": (
            "Factura final {number} de {firm}",
            "{greeting}\n\nAdjuntamos nuestra factura final {number} del {issue_date} por un importe de {amount}.\n"
            "Su pedido: {po_number}\n\n{payment}\nPagar en línea: {link}\n\nUn cordial saludo,\n{firm}",
        ),
        "credit_note": (
            "Factura rectificativa {number} de {firm}",
            "{greeting}\n\nAdjuntamos nuestra factura rectificativa {number} del {issue_date} "
            "por un importe de {amount}.\n"
            "Rectifica la factura {corrects}.\n\n{payment}\n\nUn cordial saludo,\n{firm}",
        ),
        "statement": (
            "Estado de cuenta de {firm}, {issue_date}",
            "{greeting}\n\nAdjuntamos su estado de cuenta del {issue_date}.\n\n{payment}\n\n"
            "Si no coincide con sus libros, le rogamos que nos lo comunique.\n\nUn cordial saludo,\n{firm}",
        ),
        "receipt": (
            "Recibo {number} de {firm}",
            "{greeting}\n\nGracias por su pago de {amount}. Adjuntamos el recibo.\n\nUn cordial saludo,\n{firm}",
        ),
        "reminder": (
            "Recordatorio de pago de {firm}",
            "{greeting}\n\nAún no hemos recibido todos los pagos vencidos. "
            "En la carta adjunta figura lo que queda pendiente.\n\n{payment}\nPagar en línea: {link}\n\n"
            "Si ya ha pagado, no tenga en cuenta este mensaje.\n\nUn cordial saludo,\n{firm}",
        ),
        "notice": (
            "Pago próximo a vencer, de {firm}",
            "{greeting}\n\nUn pago vence pronto. En la carta adjunta figura el detalle."
            "\n\n{payment}\nPagar en línea: {link}\n\n"
            "Si ya ha pagado, no tenga en cuenta este mensaje.\n\nUn cordial saludo,\n{firm}",
        ),
        "payment_plan": (
            "Plan de pagos de {firm}",
            "{greeting}\n\nAdjuntamos el plan de pagos con todos los plazos y sus fechas.\n\n"
            "Un cordial saludo,\n{firm}",
        ),
        "cover_letter": (
            "Carta de {firm}",
            "{greeting}\n\nAdjuntamos nuestra carta.\n\nUn cordial saludo,\n{firm}",
        ),
        "several": (
            "{count} documentos de {firm}",
            "{greeting}\n\nAdjuntamos:\n\n{list}\n\n{payment}\n\nUn cordial saludo,\n{firm}",
        ),
    },
    "pay_by": "Le rogamos que pague {amount} a más tardar el {date}.",
    "pay_now": "Le rogamos que pague lo vencido: {amount}.",
    "pay_late": "{amount}: este importe venció el {date}. Le rogamos que lo pague ahora.",
    "pay_withheld": "Le rogamos que pague {amount} a más tardar el {date}, menos la retención que practique.",
    "pay_parts": "{amount} se pagan en {count} plazos; el próximo, de {part}, el {date}.",
    "pay_list": "Le rogamos que pague {amount}, cada documento en su fecha de la lista.",
    "debit": "Cobraremos {amount} por domiciliación el {date}. No tiene que hacer nada.",
    "debit_list": "Cobraremos {amount} por domiciliación en las fechas de la lista. No tiene que hacer nada.",
    "card": "Cargaremos {amount} en su tarjeta. No tiene que hacer nada.",
    "nothing_due": "No queda nada por pagar.",
    "credited": "Abonamos {amount} en su cuenta.",
    "list_line": "– {title} {number} del {date}: {amount}",
    "list_line_due": "– {title} {number} del {date}: {amount}, vence el {due}",
    "document": "Documento",
    "date": "Fecha",
    "due": "Vencimiento",
    "amount": "Importe",
}
