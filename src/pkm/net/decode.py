"""Undo one layer of gzip or deflate, never making more than we said we would take.

RFC 9110, section 8.4.1. Libraries that decode for us allocate first and count
later: 29 kB became 120 MB before the caller saw a byte.
"""

import zlib

from pkm.rules import limits

_STEP = 64 * 1024
_FREE = limits.MB  # below this much output the ratio says nothing: blank feeds compress well
_MEMBERS = 1_000
_GZIP_MAGIC = b"\x1f\x8b"


class Undecodable(Exception):
    """The body is not what its `Content-Encoding` says, or is too large.

    Attributes:
        too_large: Whether a limit of size was reached.
    """

    def __init__(self, message: str, *, too_large: bool = False) -> None:
        super().__init__(message)
        self.too_large = too_large


class Decoder:
    """Takes a body in pieces; `finish` gives the whole.

    Args:
        encoding: The `Content-Encoding` header's value; "" if there was none.
        most: Bytes after decoding that we take.
        ratio: Decoded bytes for each byte of the wire that we take, past 1 MB.

    Raises:
        Undecodable: The encoding is unknown, or there is more than one.
    """

    def __init__(
        self,
        encoding: str = "",
        *,
        most: int = limits.BODY_DECODED,
        ratio: int = limits.DECODE_RATIO,
    ) -> None:
        self._encoding = _one_encoding(encoding)
        self._most = most
        self._ratio = ratio
        self._body = bytearray()
        self._wire = 0
        self._members = 0
        self._waiting = b""  # a member's first byte, until the second is here
        self._inflate: zlib._Decompress | None = None
        self._ended = False

    def feed(self, piece: bytes) -> None:
        """Take the next bytes of the wire.

        Raises:
            Undecodable: They are damaged, or too much came out of them.
        """
        self._wire += len(piece)
        if not self._encoding:
            self._take(piece)
            return
        while piece and not self._ended:
            piece = self._inflated(self._inflate, piece) if self._inflate else self._begun(piece)

    def finish(self) -> bytes:
        """The whole body.

        Raises:
            Undecodable: The compressed body broke off.
        """
        if self._inflate or (self._waiting and not self._members):
            raise Undecodable("the compressed answer broke off")
        return bytes(self._body)

    def _begun(self, piece: bytes) -> bytes:
        """Start on a member; what is left to decode, if two bytes are here to tell its kind."""
        piece = self._waiting + piece
        self._waiting = piece if len(piece) < 2 else b""
        if self._waiting:
            return b""
        if self._members and not piece.startswith(_GZIP_MAGIC):
            self._ended = True  # padding after the last member is common, and harmless
            return b""
        self._members += 1
        if self._members > _MEMBERS:
            raise Undecodable("the compressed answer has too many parts", too_large=True)
        self._inflate = zlib.decompressobj(_window_bits(self._encoding, piece))
        return piece

    def _inflated(self, inflate: "zlib._Decompress", piece: bytes) -> bytes:
        """Decode until `piece` or the member ends; what follows the member."""
        full = True
        while full or piece:
            try:
                decoded = inflate.decompress(piece, _STEP)
            except zlib.error as error:
                raise Undecodable("the compressed answer is damaged") from error
            self._take(decoded)
            if inflate.eof:
                self._inflate = None
                self._ended = self._encoding != "gzip"  # RFC 1952: gzip may have several members
                return inflate.unused_data
            full, piece = len(decoded) == _STEP, inflate.unconsumed_tail
        return b""

    def _take(self, decoded: bytes) -> None:
        self._body += decoded
        size = len(self._body)
        if size > self._most:
            raise Undecodable(f"the answer is larger than {self._most:,} bytes", too_large=True)
        if self._encoding and size > _FREE and size > self._wire * self._ratio:
            raise Undecodable("the answer unpacks to far more than it should", too_large=True)


def _one_encoding(header: str) -> str:
    name = header.strip().lower()
    if name in {"", "identity"}:
        return ""
    if name in {"gzip", "x-gzip"}:
        return "gzip"
    if name == "deflate":
        return name
    # What the server wrote is not repeated: it is text from outside.
    raise Undecodable("the answer is packed in a way that we did not ask for")


def _window_bits(encoding: str, head: bytes) -> int:
    if encoding == "gzip":
        return 16 + zlib.MAX_WBITS
    # "deflate" means zlib (RFC 1950), yet some servers send it bare (RFC 1951).
    zlib_header = head[0] & 0x0F == 8 and (head[0] << 8 | head[1]) % 31 == 0
    return zlib.MAX_WBITS if zlib_header else -zlib.MAX_WBITS
