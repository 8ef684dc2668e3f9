"""The words that dunning is kept in."""

from __future__ import annotations

from typing import Final

INTERESTS: Final = ("none", "statutory", "fixed")
DAY_COUNTS: Final = ("act/365", "act/360", "act/act", "30/360")
REMINDER_STATES: Final = ("planned", "held", "sent", "skipped", "cancelled", "failed")
CLAIM_STATES: Final = ("", "waived", "billed")
"""What became of a reminder's fee and interest; the empty text is nothing yet."""
