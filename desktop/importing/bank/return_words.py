"""Words by which banks say that a movement takes back an earlier one."""

from __future__ import annotations

import re
from typing import Final

_RETURN: Final = re.compile(
    r"r(?:ü|ue|u)ck(?:lastschr|überw|ueberw|buchung|gabe|rechn)|retoure|storno|wiedergutschr|return(?:ed)?\b|bounced"
    r"|reversal|chargeback|unpaid|dishono|impay[ée]|rejet|devoluci|devuelt|storn|insoluto|teruggeboekt|terugboeking"
    r"|storneerd|zwrot|reject",
    re.IGNORECASE,
)


def tells_return(words: str) -> bool:
    """Whether the bank's own name of a kind of movement says that it is a return or a reversal."""
    return bool(_RETURN.search(words))
