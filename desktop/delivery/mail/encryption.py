"""Which certificates of a mail server count."""

from __future__ import annotations

import ssl

from desktop.delivery.mail.server import Answer, Server, Trouble


def tls_context(server: Server) -> ssl.SSLContext:
    """The system's certificates and the server's own `ca_file`. Trouble where that file cannot be read."""
    context = ssl.create_default_context()
    if not server.verify:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    elif server.ca_file:
        try:
            context.load_verify_locations(server.ca_file)
        except OSError as error:
            raise Trouble("ca_file", Answer(0, str(error)), permanent=True) from error
    return context
