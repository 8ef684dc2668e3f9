"""Words of mails in Hindi."""

from typing import Any

WORDS: dict[str, Any] = {
    "greeting": "नमस्ते {name} जी,",
    "greeting_all": "महोदय/महोदया,",
    "texts": {
        "invoice": (
            "{firm} की ओर से बीजक {number}",
            "{greeting}\n\nदिनांक {issue_date} का हमारा बीजक {number}, राशि {amount}, संलग्न है।\n"
            "आपका क्रय आदेश: {po_number}\n\n{payment}\nऑनलाइन भुगतान: {link}\n\nसादर\n{firm}",
        ),
        "deposit": (
            "{firm} की ओर से अग्रिम बीजक {number}",
            "{greeting}\n\nदिनांक {issue_date} का हमारा अग्रिम बीजक {number}, राशि {amount}, संलग्न है।\n"
            "आपका क्रय आदेश: {po_number}\n\n{payment}\nऑनलाइन भुगतान: {link}\n\nसादर\n{firm}",
        ),
        "final": (
            "{firm} की ओर से अंतिम बीजक {number}",
            "{greeting}\n\nदिनांक {issue_date} का हमारा अंतिम बीजक {number}, राशि {amount}, संलग्न है।\n"
            "आपका क्रय आदेश: {po_number}\n\n{payment}\nऑनलाइन भुगतान: {link}\n\nसादर\n{firm}",
        ),
        "credit_note": (
            "{firm} की ओर से क्रेडिट नोट {number}",
            "{greeting}\n\nदिनांक {issue_date} का हमारा क्रेडिट नोट {number}, राशि {amount}, संलग्न है।\n"
            "यह बीजक {corrects} में सुधार करता है।\n\n{payment}\n\nसादर\n{firm}",
        ),
        "statement": (
            "{firm} की ओर से खाता विवरण, {issue_date}",
            "{greeting}\n\n{issue_date} तक का आपका खाता विवरण संलग्न है।\n\n{payment}\n\n"
            "यदि यह आपके हिसाब से मेल न खाए, तो कृपया हमें बताएँ।\n\nसादर\n{firm}",
        ),
        "receipt": (
            "{firm} की ओर से रसीद {number}",
            "{greeting}\n\n{amount} के भुगतान के लिए धन्यवाद। रसीद संलग्न है।\n\nसादर\n{firm}",
        ),
        "reminder": (
            "{firm} की ओर से भुगतान अनुस्मारक",
            "{greeting}\n\nहमें अभी तक सभी देय भुगतान नहीं मिले हैं। "
            "संलग्न पत्र में बकाया की सूची है।\n\n{payment}\nऑनलाइन भुगतान: {link}\n\n"
            "यदि आपने इस बीच भुगतान कर दिया है, तो कृपया इस संदेश पर ध्यान न दें।\n\nसादर\n{firm}",
        ),
        "notice": (
            "{firm} की ओर से: भुगतान शीघ्र देय",
            "{greeting}\n\nएक भुगतान शीघ्र देय होगा। विवरण संलग्न पत्र में है।\n\n{payment}\nऑनलाइन भुगतान: {link}\n\n"
            "यदि आपने इस बीच भुगतान कर दिया है, तो कृपया इस संदेश पर ध्यान न दें।\n\nसादर\n{firm}",
        ),
        "payment_plan": (
            "{firm} की ओर से भुगतान योजना",
            "{greeting}\n\nसभी किस्तों और उनकी तारीख़ों के साथ भुगतान योजना संलग्न है।\n\nसादर\n{firm}",
        ),
        "cover_letter": (
            "{firm} की ओर से पत्र",
            "{greeting}\n\nहमारा पत्र संलग्न है।\n\nसादर\n{firm}",
        ),
        "several": (
            "{firm} की ओर से {count} दस्तावेज़",
            "{greeting}\n\nसंलग्न हैं:\n\n{list}\n\n{payment}\n\nसादर\n{firm}",
        ),
    },
    "pay_by": "कृपया {date} तक {amount} का भुगतान करें।",
    "pay_now": "कृपया बकाया राशि {amount} का भुगतान करें।",
    "pay_late": "{amount} {date} से देय है। कृपया अभी भुगतान करें।",
    "pay_withheld": "कृपया {date} तक {amount} का भुगतान करें, आपके द्वारा काटा गया कर घटाकर।",
    "pay_parts": "{amount} {count} किस्तों में देय है; अगली किस्त {part} की {date} को है।",
    "pay_list": "कृपया {amount} का भुगतान करें, हर दस्तावेज़ का सूची में दी गई तारीख़ तक।",
    "debit": "हम {date} को {amount} सीधे आपके खाते से लेंगे। आपको कुछ नहीं करना है।",
    "debit_list": "हम सूची में दी गई तारीख़ों पर {amount} सीधे आपके खाते से लेंगे। आपको कुछ नहीं करना है।",
    "card": "हम {amount} आपके कार्ड से लेंगे। आपको कुछ नहीं करना है।",
    "nothing_due": "कुछ भी देय नहीं है।",
    "credited": "{amount} आपके खाते में जमा किया गया है।",
    "list_line": "– {title} {number}, {date}: {amount}",
    "list_line_due": "– {title} {number}, {date}: {amount}, देय {due}",
    "document": "दस्तावेज़",
    "date": "तारीख़",
    "due": "देय तिथि",
    "amount": "राशि",
}
