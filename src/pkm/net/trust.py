"""Whom to believe about who a server is: certificates, read when first needed."""

import os
import ssl
import threading

import certifi

from pkm.errors import UsageError


class UntrustedFile(Exception):
    """A source's own file of authorities cannot be read; its name is the argument."""


class Trust:
    """TLS contexts, each made once; thread-safe.

    Args:
        tls: The usual one; None: SSL_CERT_FILE and SSL_CERT_DIR, else certifi's list.
    """

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        self._usual = tls
        self._others: dict[tuple[str | None, bool], ssl.SSLContext] = {}
        self._lock = threading.Lock()

    def context(self, ca_file: str | None = None, *, insecure: bool = False) -> ssl.SSLContext:
        """The context for servers that are believed so.

        Args:
            ca_file: PEM file with authorities that are trusted beside the usual ones.
            insecure: Nobody's word is asked for.

        Raises:
            UntrustedFile: The file cannot be read, or holds no certificate.
            UsageError: What SSL_CERT_FILE or SSL_CERT_DIR names cannot be read.
        """
        with self._lock:
            if ca_file is None and not insecure:
                self._usual = self._usual or trusted_by_default()
                return self._usual
            key = (ca_file, insecure)
            if key not in self._others:
                self._others[key] = _careless() if insecure else _with_file(ca_file or "")
            return self._others[key]


def _careless() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def _with_file(ca_file: str) -> ssl.SSLContext:
    context = trusted_by_default()
    try:
        context.load_verify_locations(cafile=ca_file)
    except (OSError, ValueError):  # ssl.SSLError is an OSError; ValueError: a NUL in the name
        raise UntrustedFile(ca_file) from None  # OpenSSL's words are about encryption, this is about a file
    return context


def trusted_by_default() -> ssl.SSLContext:
    """Whom to trust: SSL_CERT_FILE and SSL_CERT_DIR if set, else certifi's list. Slow: make it once.

    Raises:
        UsageError: What those variables name cannot be read.
    """
    file, folder = os.environ.get("SSL_CERT_FILE"), os.environ.get("SSL_CERT_DIR")
    if not file and not folder:
        return ssl.create_default_context(cafile=certifi.where())
    try:
        return ssl.create_default_context(cafile=file or None, capath=folder or None)
    except OSError as error:
        raise UsageError(
            "SSL_CERT_FILE or SSL_CERT_DIR cannot be used",
            why=error.strerror or "it holds no certificates",
            hint="point it at a PEM file, or unset it",
        ) from error
