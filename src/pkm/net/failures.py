"""How a request can fail, each with what happened, why, and what to type next.

All are `FetchError`s, so a pull reports them and goes on; `kind` tells the
schedule (and a script that reads `--json`) which sort it was:

    name           no such host, or the name service is silent
    unreachable    nobody answers at that address
    tls            the certificate or the encryption is not in order
    timeout        a limit of time was reached
    broken-answer  what came is not the HTTP answer it claims to be
    too-large      a limit of size was reached
    redirect       the server sends us somewhere we do not go
    status         the server answered, and said no
    proxy          the proxy of this computer failed, not the source
"""

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
    """The host's name was not found, or nobody told us in time."""

    kind = "name"


class Unreachable(FetchError):
    """No connection: refused, no route, or silence."""

    kind = "unreachable"


class TlsFailed(FetchError):
    """The certificate or the encryption is not in order."""

    kind = "tls"


class TimedOut(FetchError):
    """A limit of time was reached."""

    kind = "timeout"


class BrokenAnswer(FetchError):
    """What came is not the HTTP answer it claims to be, or is not all of it."""

    kind = "broken-answer"


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
        kind = TooLarge if error.too_large else BrokenAnswer
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
    return Unreachable(
        url, "no connection", why=_told(_root(error)), hint="check the address and your network"
    )


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


def _name(error: BaseException, url: str) -> NameFailed:
    if getattr(error, "errno", None) in {socket.EAI_NONAME, getattr(socket, "EAI_NODATA", socket.EAI_NONAME)}:
        return NameFailed(
            url, "no such host", why="the name is not known", hint="check the spelling of the address"
        )
    return NameFailed(
        url, "the host's name could not be looked up", why="the name service did not answer", hint=_LATER
    )


def _tls(error: ssl.SSLError, url: str) -> TlsFailed:
    if isinstance(error, ssl.SSLCertVerificationError):
        why = f"its certificate is not in order: {error.verify_message}"
    else:
        why = "no encryption that both sides know"
    return TlsFailed(
        url,
        "no safe connection",
        why=why,
        hint="it may pass; for an authority of your own: `pkm source set SOURCE --ca FILE`",
    )


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
