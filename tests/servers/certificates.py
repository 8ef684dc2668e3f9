"""A certificate authority of the tests' own, and certificates of servers: right ones, and each kind of wrong one."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from pathlib import Path

from tests.servers.needed import command_path, need

_CURVE = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")
_LEAF = """basicConstraints=critical,CA:false
keyUsage=critical,digitalSignature
extendedKeyUsage=serverAuth
subjectKeyIdentifier=hash
authorityKeyIdentifier=keyid
subjectAltName={names}
"""


@dataclass(frozen=True)
class Certificate:
    chain: Path
    key: Path


class Authority:
    """Signs certificates; `root` is the file to trust."""

    def __init__(self, folder: Path) -> None:
        need("openssl")
        self._folder = folder
        self.root = folder / "ca.pem"
        self._key = folder / "ca.key"
        self._openssl(
            *("req", "-x509", *_CURVE, "-keyout", str(self._key), "-out", str(self.root), "-days", "30"),
            *("-subj", "/CN=Authority of the tests", "-addext", "keyUsage=critical,keyCertSign,cRLSign"),
        )

    def certificate(self, name: str, *, names: str = "DNS:localhost,IP:127.0.0.1", days: int = 30) -> Certificate:
        """A server's certificate; one that ended yesterday has -1 `days`."""
        made = Certificate(self._folder / f"{name}.pem", self._folder / f"{name}.key")
        request, extensions = self._folder / f"{name}.csr", self._folder / f"{name}.ext"
        extensions.write_text(_LEAF.format(names=names), encoding="ascii")
        self._openssl("req", *_CURVE, "-keyout", str(made.key), "-out", str(request), "-subj", f"/CN={name}")
        self._openssl(
            *("x509", "-req", "-in", str(request), "-CA", str(self.root), "-CAkey", str(self._key)),
            *("-CAcreateserial", "-days", str(days), "-extfile", str(extensions), "-out", str(made.chain)),
        )
        return made

    def self_signed(self) -> Certificate:
        made = Certificate(self._folder / "self.pem", self._folder / "self.key")
        self._openssl(
            *("req", "-x509", *_CURVE, "-keyout", str(made.key), "-out", str(made.chain), "-days", "30"),
            *("-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"),
        )
        return made

    def _openssl(self, *arguments: str) -> None:
        command = command_path("openssl")
        assert command is not None
        done = subprocess.run([command, *arguments], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
