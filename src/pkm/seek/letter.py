"""A mail as an item: subject, sender, date, and the text that a person would read. Pure.

RFC 5322 and MIME by the standard library's parser, which takes anything; its newer policy is not used, since
its header parser raises on broken headers and is slow on long ones. What senders get wrong most (a charset
that is not there, raw bytes in a subject, a boundary that never comes) is read as well as can be.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes
from email.errors import HeaderParseError, MessageError
from email.header import decode_header
from email.message import Message
from email.utils import getaddresses, parsedate_to_datetime
from hashlib import sha256
from typing import Final

from pkm.model.item import ParsedItem
from pkm.rules import limits
from pkm.rules.charset import decode_html
from pkm.rules.clean import tidy
from pkm.rules.feeddates import parse_date
from pkm.rules.html import one_line, plain_text, sanitise
from pkm.rules.htmltree import Element, grow
from pkm.rules.urls import has_secret, join
from pkm.seek.pagenames import is_unseen
from pkm.seek.values import paragraphs

_HEADER_CHARS: Final = 4_000
_SENDERS_MOST: Final = 4
_PARTS_MOST: Final = 200
_ENCODED: Final = re.compile(r"=\?[^?\s]{1,40}\?[bBqQ]\?[^?\s]{0,2000}\?=")
_GAP: Final = re.compile(r"\?=\s+=\?")
_KEY: Final = re.compile(r"<?([^<>\s]{1,900})>?")
_TINY: Final = re.compile(
    r"mso-hide\s*:\s*all|(?:max-height|opacity)\s*:\s*0(?:px|em|%)?\s*(?:;|!|$)", re.IGNORECASE
)
_SEE_ONLINE: Final = re.compile(
    r"(?:view|read|open|see)\b.{0,24}\b(?:online|browser|web(?:site|page)?)|^web ?version$|^online version$"
    r"|im browser|online (?:lesen|ansehen|anzeigen)|webansicht|webversion"
    r"|(?:version|voir|lire).{0,16}en ligne|dans (?:votre|le) navigateur|(?:ver|leer).{0,24}(?:navegador|en línea)"
    r"|(?:bekijk|lees).{0,24}(?:online|browser)|nel browser|no navegador",
    re.IGNORECASE,
)
_FIRST_YEAR: Final = 1990


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """What a mail says.

    Attributes:
        key: Its Message-ID without brackets; of a mail without one, a hash of it.
        subject: Plain, one line; None if it has none.
        senders: Plain names, the address where there is no name.
        sent_at: Aware, UTC; None if it gave no date that we can read.
        url: Where it can be read on the web: `Archived-At` (RFC 5064), else its own link to that; None if it
            names no such place, or one with a secret in it.
        list_name: Of the mailing list, from `List-Id` (RFC 2919).
        html: Sanitised; empty if there is no text.
        text: The same as plain text.
    """

    key: str = ""
    subject: str | None = None
    senders: tuple[str, ...] = ()
    sent_at: datetime | None = None
    url: str | None = None
    list_name: str | None = None
    html: str = ""
    text: str = ""


def read_letter(data: bytes) -> Letter:
    """Read a mail as it lies in a file; never fails, whatever it holds. At most `MAIL_BYTES` are looked at."""
    message = _parsed(data[: limits.MAIL_BYTES])
    html = _body(message)
    clean = sanitise(html)
    return Letter(
        key=_key(message) or f"sha256:{sha256(data).hexdigest()}",
        subject=tidy(_header(message, "subject"), limit=limits.TITLE_CHARS) or None,
        senders=_senders(message),
        sent_at=_sent_at(message),
        url=_archived_at(message) or _see_online(html),
        list_name=_list_name(message),
        html=clean,
        text=plain_text(clean),
    )


def is_letter(data: bytes) -> bool:
    """Whether a file looks like a mail: it begins with headers, one of which every mail has."""
    head = data[:65_536].lstrip(b"\r\n").partition(b"\n\n")[0].partition(b"\r\n\r\n")[0]
    names = {line.partition(b":")[0].strip().lower() for line in head.split(b"\n") if b":" in line}
    return bool(names & {b"from", b"message-id", b"received"}) and bool(
        names & {b"subject", b"date", b"message-id"}
    )


def as_item(letter: Letter, *, position: int, seen_at: datetime) -> ParsedItem:
    """The letter as a source gives it.

    Args:
        letter: Which.
        position: 0 for the newest.
        seen_at: Aware; the date of a letter that has none, or one to come.
    """
    sent_at = min(letter.sent_at or seen_at, seen_at)
    return ParsedItem(
        raw_id=letter.key,
        url=letter.url,
        title=letter.subject,
        authors=letter.senders,
        published_at=sent_at,
        html=letter.html or None,
        position=position,
    )


def _parsed(data: bytes) -> Message:
    try:
        return message_from_bytes(data)
    except (RecursionError, MessageError, ValueError, LookupError):
        # Parts in parts in parts: the headers are still worth having.
        head = data.replace(b"\r\n", b"\n").partition(b"\n\n")[0]
        return message_from_bytes(b"\n".join(_without_type(head.split(b"\n"))) + b"\n\n")


def _without_type(lines: Iterable[bytes]) -> Iterator[bytes]:
    dropping = False
    for line in lines:
        if line[:1] not in (b" ", b"\t"):
            dropping = line[:8].lower() == b"content-"
        if not dropping:
            yield line


# Headers


def _header(message: Message, name: str) -> str:
    """A header's words, encoded words decoded (RFC 2047); empty if it is absent."""
    return _words(_raw(message, name))


def _raw(message: Message, name: str) -> str:
    # `get` would give a question mark for each byte that is no ASCII.
    values = (str(value) for key, value in message.raw_items() if key.lower() == name)
    return next(values, "")[:_HEADER_CHARS]


def _words(raw: str) -> str:
    # What is no ASCII came in as half surrogates: some programs write headers in plain UTF-8 or Latin-1.
    text = raw
    if not text.isascii():
        text = _read_bytes(text.encode("utf-8", "surrogateescape"), None)
    return _ENCODED.sub(_decoded, _GAP.sub("?==?", text))


def _decoded(found: re.Match[str]) -> str:
    try:
        pieces = decode_header(found[0])
    except (HeaderParseError, ValueError):
        return found[0]
    return "".join(one if isinstance(one, str) else _read_bytes(one, label) for one, label in pieces)


def _read_bytes(data: bytes, label: str | None) -> str:
    # RFC 2231 allows a language behind the charset: `utf-8*en`.
    name = (label or "").partition("*")[0]
    return decode_html(data, content_type=f"text/plain; charset={name}" if name else None).text


def _key(message: Message) -> str | None:
    found = _KEY.search(_header(message, "message-id").strip())
    return found[1] if found else None


def _senders(message: Message) -> tuple[str, ...]:
    raw = _raw(message, "from") or _raw(message, "sender")
    try:
        # Taken apart before it is decoded: a name may hold a comma, or what looks like an address.
        pairs = getaddresses([raw])[:_SENDERS_MOST]
    except (ValueError, IndexError):
        return ()
    names = (tidy(_words(name) or _words(address), limit=limits.AUTHOR_CHARS) for name, address in pairs)
    return tuple(dict.fromkeys(name for name in names if name))


def _sent_at(message: Message) -> datetime | None:
    text = _header(message, "date").strip()
    moment = parse_date(text) if text else None
    if moment is None and text:
        try:
            read = parsedate_to_datetime(text)
        except (ValueError, TypeError, IndexError, OverflowError):
            return None
        moment = read if read.tzinfo else read.replace(tzinfo=UTC)
    try:
        return moment.astimezone(UTC) if moment and moment.year >= _FIRST_YEAR else None
    except OverflowError:
        return None


def _archived_at(message: Message) -> str | None:
    return _usable(_header(message, "archived-at").strip().strip("<>"))


def _list_name(message: Message) -> str | None:
    said = _header(message, "list-id")
    name, _, rest = said.partition("<")
    return tidy(name.strip(' "') or rest.partition(">")[0], limit=limits.TITLE_CHARS) or None


def _usable(url: str) -> str | None:
    target = join(None, url) if url else None
    if target is None or len(target) > limits.URL_CHARS or has_secret(target):
        return None
    return target


# Text


def _body(message: Message) -> str:
    """What a person would read of it, as markup: HTML where there is any, else its plain text."""
    rich: list[str] = []
    plain: list[str] = []
    for part in _texts(message):
        content = part.get_payload(decode=True)
        if not isinstance(content, bytes):
            continue
        words = _read_bytes(content[: 4 * limits.HTML_BYTES], _charset(part))
        (rich if part.get_content_type() == "text/html" else plain).append(words)
    markup = "".join(_seen(one) for one in rich)
    if markup and (plain_text(sanitise(markup)) or not plain):
        return markup
    return "".join(paragraphs(one.replace("\r\n", "\n")) for one in plain)


def _texts(message: Message) -> Iterator[Message]:
    """The parts that are text to be read, attachments and mails inside the mail left out."""
    ahead: list[Message] = [message]
    left = _PARTS_MOST
    while ahead and left:
        part, left = ahead.pop(), left - 1
        if "attachment" in _raw(part, "content-disposition").lower():
            continue
        content = part.get_payload()
        if isinstance(content, list):
            if part.get_content_maintype() == "multipart":
                ahead += reversed([one for one in content if isinstance(one, Message)])
        elif part.get_content_type() in ("text/html", "text/plain"):
            yield part


def _charset(part: Message) -> str | None:
    try:
        return part.get_content_charset()
    except (LookupError, ValueError):
        return None


def _seen(markup: str) -> str:
    """Without what is only there for the preview of a mail program."""
    tree = grow(markup[: limits.HTML_BYTES])
    for one in tree.below():
        if is_unseen(one) or _is_tiny(one):
            one.gone = True
    return tree.markup()


def _is_tiny(one: Element) -> bool:
    # A size of 0 is no sign: columns are laid out with it, and the words in them have sizes of their own.
    style = one.attributes.get("style", "")
    return bool(style) and one.name not in ("body", "html") and bool(_TINY.search(style))


def _see_online(markup: str) -> str | None:
    """The mail's own link to itself on the web."""
    if "<a" not in markup.lower():
        return None
    links = [one for one in grow(markup[: limits.HTML_BYTES]).below() if one.name == "a"]
    for one in links:
        words = one_line(one.text())
        if len(words) <= 60 and _SEE_ONLINE.search(words):
            found = _usable(one.attributes.get("href", "").strip())
            if found:
                return found
    return None
