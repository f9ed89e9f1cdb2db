"""Certificates of our own making, for servers on the loopback."""

import ssl
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """A self-signed certificate and its key, as PEM files."""

    key: Path
    cert: Path

    def server(self) -> ssl.SSLContext:
        """What a server speaks with."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.cert, self.key)
        return context


def make_certificate(folder: Path, *names: str) -> Certificate:
    """One for these host names and addresses; the calling test is skipped where openssl is absent."""
    made = Certificate(key=folder / "key.pem", cert=folder / "cert.pem")
    told = ",".join(f"{'IP' if name[0].isdigit() else 'DNS'}:{name}" for name in names)
    line = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    line += ["-keyout", str(made.key), "-out", str(made.cert), "-days", "2", "-subj", f"/CN={names[0]}"]
    line += ["-addext", f"subjectAltName={told}"]
    try:
        subprocess.run(line, check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("no openssl here to make a certificate with")
    return made
