"""How a request can fail, each with what happened, why, and what to type next.

All are `FetchError`s, so a pull reports them and goes on; `kind` tells the
schedule (and a script that reads `--json`) which sort it was:

    name           no such host
    name-service   the name service is silent: that says nothing about the host
    unreachable    nobody answers at that address
    no-network     this computer has no way out
    tls            the certificate or the encryption is not in order
    timeout        a limit of time was reached
    broken-answer  what came is not the HTTP answer it claims to be
    empty          the answer is fine and has nothing in it
    encoding       what came packed cannot be unpacked
    too-large      a limit of size was reached
    redirect       the server sends us somewhere we do not go
    status         the server answered, and said no
    proxy          the proxy of this computer failed, not the source
"""

import errno
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager

import httpcore

from pkm.errors import FetchError
from pkm.net.deadline import Deadline, OutOfBytes, OutOfTime
from pkm.net.decode import Undecodable
from pkm.net.trust import UntrustedFile
from pkm.rules.urls import display_url


class NameFailed(FetchError):
    """There is no host of that name."""

    kind = "name"


class NamesSilent(FetchError):
    """The name service did not answer: perhaps there is no network."""

    kind = "name-service"


class Unreachable(FetchError):
    """No connection: refused, no route, or silence."""

    kind = "unreachable"


class NoNetwork(Unreachable):
    """This computer has no way to that address, nor, as a rule, to any other."""

    kind = "no-network"


class TlsFailed(FetchError):
    """The certificate or the encryption is not in order."""

    kind = "tls"


class TimedOut(FetchError):
    """A limit of time was reached."""

    kind = "timeout"


class BrokenAnswer(FetchError):
    """What came is not the HTTP answer it claims to be, or is not all of it."""

    kind = "broken-answer"


class EmptyAnswer(BrokenAnswer):
    """The server says that all is well, and sends nothing."""

    kind = "empty"


class BadEncoding(BrokenAnswer):
    """What came packed cannot be unpacked."""

    kind = "encoding"


class TooLarge(FetchError):
    """A limit of size was reached."""

    kind = "too-large"


class BadRedirect(FetchError):
    """The server sends us somewhere we do not go."""

    kind = "redirect"


class StatusFailed(FetchError):
    """The server answered, and said no."""

    kind = "status"


class ProxyFailed(FetchError):
    """The proxy of this computer failed; that says nothing about the source."""

    kind = "proxy"


_LATER = "it may pass: `pkm pull` tries again later"
_WIRE = (
    httpcore.TimeoutException,
    httpcore.NetworkError,
    httpcore.ProtocolError,
    httpcore.ProxyError,
    OutOfTime,
    OutOfBytes,
    Undecodable,
    UntrustedFile,
    OSError,
)


@contextmanager
def explained(url: str, deadline: Deadline) -> Iterator[None]:
    """Turn every failure of the wire inside the block into a `FetchError` about `url`."""
    try:
        yield
    except _WIRE as error:
        raise _explain(error, display_url(url), deadline) from error


def _explain(error: Exception, url: str, deadline: Deadline) -> FetchError:
    if isinstance(error, httpcore.ProxyError):
        return _proxy(error, url)
    cause = _root(error)
    if isinstance(cause, socket.gaierror) or _is_tls(cause):
        return _tls(cause, url) if isinstance(cause, ssl.SSLError) else _name(cause, url)
    if deadline.passed or isinstance(error, OutOfTime):
        return TimedOut(url, f"no whole answer within {deadline.total_s:g} seconds", hint=_LATER)
    if isinstance(error, OutOfBytes):
        return TooLarge(url, f"the answer is larger than {error.limit:,} bytes", hint=_ASK_SMALLER)
    if isinstance(error, Undecodable):
        kind = TooLarge if error.too_large else BadEncoding
        return kind(url, str(error), hint=_ASK_SMALLER if error.too_large else _LATER)
    return _transport(error, url)


def _is_tls(cause: BaseException) -> bool:
    return isinstance(cause, ssl.SSLError) and not isinstance(cause, ssl.SSLEOFError)


_ASK_SMALLER = "ask the site for a shorter feed, or stop following it: `pkm source remove URL`"


def _transport(error: Exception, url: str) -> FetchError:
    if isinstance(error, UntrustedFile):
        return _no_file(error, url)
    if isinstance(error, httpcore.ConnectTimeout | httpcore.PoolTimeout):
        return Unreachable(url, "nobody answered in time", why="the connection was not made", hint=_LATER)
    if isinstance(error, httpcore.TimeoutException):
        return TimedOut(url, "the server fell silent", why="nothing came for too long", hint=_LATER)
    if isinstance(error, httpcore.ProtocolError):
        why = "it ended early, or is not HTTP"
        return BrokenAnswer(url, "the server sent a broken answer", why=why, hint=_LATER)
    if isinstance(error, httpcore.ReadError | httpcore.WriteError):
        why = "the connection was cut"
        return BrokenAnswer(url, "the answer broke off", why=why, hint=_LATER)
    cause = _root(error)
    kind = NoNetwork if isinstance(cause, OSError) and cause.errno in _NO_WAY_OUT else Unreachable
    return kind(url, "no connection", why=_told(cause), hint="check the address and your network")


_PROXY_HINT = "check http_proxy and https_proxy, or `pkm source show SOURCE` if it has a proxy of its own"


def _proxy(error: httpcore.ProxyError, url: str) -> ProxyFailed:
    if str(error).startswith("407"):
        why = "it answered 407: it wants a login, or refused ours"
        return ProxyFailed(url, "the proxy refused", why=why, hint=_PROXY_HINT)
    if _root(error) is not error:
        why = f"nobody answers there: {_told(_root(error))}"
        return ProxyFailed(url, "the proxy was not reached", why=why, hint=_PROXY_HINT)
    status = str(error)[:3]
    why = f"it answered {status}" if status.isdigit() else "it is none that pkm can use"
    return ProxyFailed(url, "the proxy refused", why=why, hint=_PROXY_HINT)


def _name(error: BaseException, url: str) -> FetchError:
    if getattr(error, "errno", None) in {socket.EAI_NONAME, getattr(socket, "EAI_NODATA", socket.EAI_NONAME)}:
        return NameFailed(
            url, "no such host", why="the name is not known", hint="check the spelling of the address"
        )
    return NamesSilent(
        url, "the host's name could not be looked up", why="the name service did not answer", hint=_LATER
    )


_NO_WAY_OUT = frozenset({errno.ENETUNREACH, errno.ENETDOWN})

# Of OpenSSL, by its numbers (openssl/x509_vfy.h): its own words differ from version to version.
_CERTIFICATE = {
    9: "is not valid yet: check the clock of this computer",
    10: "has expired",
    18: "is self-signed",
    19: "is self-signed, further up its chain",
    20: "was signed by somebody whom this computer does not know",
    21: "was signed by somebody whom this computer does not know",
    23: "was revoked",
    62: "is for another name",
    64: "is for another address",
}
_OLD = frozenset(
    {"UNSUPPORTED_PROTOCOL", "TLSV1_ALERT_PROTOCOL_VERSION", "VERSION_TOO_LOW", "DH_KEY_TOO_SMALL"}
)
_NO_TLS = frozenset({"WRONG_VERSION_NUMBER", "HTTP_REQUEST", "UNKNOWN_PROTOCOL"})
_TLS_HINT = "it may pass; for an authority of your own: `pkm source set SOURCE --ca FILE`"


def _tls(error: ssl.SSLError, url: str) -> TlsFailed:
    if isinstance(error, ssl.SSLCertVerificationError):
        told = _CERTIFICATE.get(error.verify_code, f"is not in order: {error.verify_message}")
        reason = f"no safe connection: its certificate {told}"
        return TlsFailed(url, reason, why="it may not be who it says", hint=_TLS_HINT)
    if error.reason in _OLD:
        why = "its encryption is of an old kind that is no longer safe"
    elif error.reason in _NO_TLS:
        why = "there is no encryption at that port: perhaps its address begins with http://"
    else:
        why = "no encryption that both sides know"
    return TlsFailed(url, "no safe connection", why=why, hint=_TLS_HINT)


def _no_file(error: UntrustedFile, url: str) -> TlsFailed:
    why = f"{error} cannot be read, or holds no certificate in PEM form"
    return TlsFailed(
        url,
        "not asked",
        why=why,
        hint="`pkm source set SOURCE --ca FILE` names another, --ca none takes it off",
    )


def _root(error: BaseException) -> BaseException:
    """What the socket or OpenSSL raised: httpcore keeps it as its own error's argument, not always as cause."""
    inner = error.__cause__ or next((part for part in error.args if isinstance(part, BaseException)), None)
    return error if inner is None else _root(inner)


def _told(error: BaseException) -> str:
    """The operating system's own words, without the numbers before them."""
    if isinstance(error, OSError) and error.strerror:
        return error.strerror.lower()
    return "the connection failed"
