"""Words of mails in English."""

from typing import Any

WORDS: dict[str, Any] = {
    "greeting": "Dear {name},",
    "greeting_all": "Dear Sir or Madam,",
    "texts": {
        "invoice": (
            "Invoice {number} from {firm}",
            "{greeting}\n\nPlease find attached our invoice {number} of {issue_date} for {amount}.\n"
            "Your order: {po_number}\n\n{payment}\nPay online: {link}\n\nKind regards\n{firm}",
        ),
        "deposit": (
            "Deposit invoice {number} from {firm}",
            "{greeting}\n\nPlease find attached our deposit invoice {number} of {issue_date} for {amount}.\n"
            "Your order: {po_number}\n\n{payment}\nPay online: {link}\n\nKind regards\n{firm}",
        ),
        "final": (
            "Final invoice {number} from {firm}",
            "{greeting}\n\nPlease find attached our final invoice {number} of {issue_date} for {amount}.\n"
            "Your order: {po_number}\n\n{payment}\nPay online: {link}\n\nKind regards\n{firm}",
        ),
        "credit_note": (
            "Credit note {number} from {firm}",
            "{greeting}\n\nPlease find attached our credit note {number} of {issue_date} for {amount}.\n"
            "It corrects invoice {corrects}.\n\n{payment}\n\nKind regards\n{firm}",
        ),
        "statement": (
            "Statement of account from {firm}, {issue_date}",
            "{greeting}\n\nPlease find attached your statement of account of {issue_date}.\n\n{payment}\n\n"
            "If your books differ from it, please tell us.\n\nKind regards\n{firm}",
        ),
        "receipt": (
            "Receipt {number} from {firm}",
            "{greeting}\n\nThank you for your payment of {amount}. Please find the receipt attached.\n\n"
            "Kind regards\n{firm}",
        ),
        "reminder": (
            "Payment reminder from {firm}",
            "{greeting}\n\nWe have not received all payments that are due. "
            "The attached letter lists what is open.\n\n{payment}\nPay online: {link}\n\n"
            "If you have paid meanwhile, please disregard this message.\n\nKind regards\n{firm}",
        ),
        "notice": (
            "Payment due soon, from {firm}",
            "{greeting}\n\nA payment will soon be due. The attached letter says what it is for."
            "\n\n{payment}\nPay online: {link}\n\n"
            "If you have paid meanwhile, please disregard this message.\n\nKind regards\n{firm}",
        ),
        "payment_plan": (
            "Payment plan from {firm}",
            "{greeting}\n\nPlease find attached the payment plan, with all instalments and their dates.\n\n"
            "Kind regards\n{firm}",
        ),
        "cover_letter": (
            "Letter from {firm}",
            "{greeting}\n\nPlease find our letter attached.\n\nKind regards\n{firm}",
        ),
        "several": (
            "{count} documents from {firm}",
            "{greeting}\n\nPlease find attached:\n\n{list}\n\n{payment}\n\nKind regards\n{firm}",
        ),
    },
    "pay_by": "Please pay {amount} by {date}.",
    "pay_now": "Please pay what is overdue: {amount}.",
    "pay_late": "{amount} has been due since {date}. Please pay it now.",
    "pay_withheld": "Please pay {amount} by {date}, less the tax that you withhold.",
    "pay_parts": "{amount} is due in {count} instalments, the next one, {part}, on {date}.",
    "pay_list": "Please pay {amount}, each document by its date in the list.",
    "debit": "We will collect {amount} by direct debit on {date}. You need do nothing.",
    "debit_list": "We will collect {amount} by direct debit on the dates in the list. You need do nothing.",
    "card": "We will charge {amount} to your card. You need do nothing.",
    "nothing_due": "Nothing is left to pay.",
    "credited": "We credit {amount} to your account.",
    "list_line": "– {title} {number} of {date}: {amount}",
    "list_line_due": "– {title} {number} of {date}: {amount}, due {due}",
    "document": "Document",
    "date": "Date",
    "due": "Due",
    "amount": "Amount",
}
