"""Which documents wait for their registration with India's invoice portal, as a condition on an invoice `i`."""

from __future__ import annotations

from typing import Final

SINCE: Final = "portal.since"
"""The setting that holds the first day of issue whose documents must be registered, as ISO text."""

# As `needs_registration` of the domain decides it, by the frozen rows. Without the setting nothing waits.
UNREGISTERED: Final = f"""i.issue_date >= (SELECT json_extract(value, '$') FROM setting WHERE key = '{SINCE}')
 AND i.kind <> 'opening' AND NOT EXISTS (SELECT 1 FROM registration r WHERE r.invoice_id = i.id)
 AND EXISTS (SELECT 1 FROM party s WHERE s.id = i.seller_id AND json_extract(s.data, '$.country') = 'IN'
  AND coalesce(json_extract(s.data, '$.tax_id'), '') <> '')
 AND EXISTS (SELECT 1 FROM party b WHERE b.id = i.buyer_id AND (coalesce(json_extract(b.data, '$.country'), '') <> 'IN'
  OR coalesce(json_extract(b.data, '$.tax_id'), '') <> ''))
 AND EXISTS (SELECT 1 FROM invoice_line l WHERE l.invoice_id = i.id AND l.category IN ('S', 'G', 'AE'))"""
