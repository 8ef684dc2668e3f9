"""What goes wrong between here and a mail server: its cause, told from the error that the system gives."""

from __future__ import annotations

import socket
import ssl

from desktop.delivery.mail.server import Reason

# X509_V_ERR_CERT_NOT_YET_VALID and _HAS_EXPIRED; then _HOSTNAME_, _EMAIL_ and _IP_ADDRESS_MISMATCH.
_WRONG_TIME = {9, 10}
_WRONG_NAME = {62, 63, 64}


class HungUp(ConnectionError):
    """The server closed the line where an answer was due."""


class Rubbish(Exception):
    """What came is not what a mail server says."""


def reason_of(error: BaseException) -> tuple[Reason, bool]:
    """Why a line failed, and whether it wants a person: a certificate or a wrong port does not mend itself."""
    match error:
        case ssl.SSLCertVerificationError(verify_code=code):
            if code in _WRONG_TIME:
                return "certificate_expired", True
            return ("certificate_name" if code in _WRONG_NAME else "certificate_unknown"), True
        case ssl.SSLEOFError() | ssl.SSLZeroReturnError():
            return "dropped", False
        case ssl.SSLError():
            return "tls", True
        case socket.gaierror() | UnicodeError():
            # Without a network no name is known either, so this may mend itself.
            return "name_unknown", False
        case TimeoutError():
            return "timeout", False
        case ConnectionRefusedError():
            return "closed_port", False
        case ConnectionError():
            return "dropped", False
        case OSError():
            return "unreachable", False
    return "not_mail", True
