"""What pages listen for when the configuration changes."""

from __future__ import annotations

from desktop.ui.saving import MASTER_DATA

CONFIGURATION = frozenset({"configuration"})
"""Something was proposed, withdrawn or refused: the settings themselves are as before."""
IN_FORCE = MASTER_DATA | {"firm", "ledger", "templates"} | CONFIGURATION
"""A change came into force, or was rolled back: whatever stands in the settings may show on any page."""
