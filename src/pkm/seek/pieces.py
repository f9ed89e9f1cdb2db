"""What is put in by hand, before it is stored: a page, a file, a talk, a mail, pasted words."""

import re
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from pkm.errors import (
    AddressRefused,
    CredentialsError,
    FeedError,
    FetchError,
    NotFound,
    PkmError,
    UnsafeLink,
    UsageError,
)
from pkm.net.door import Answer, Request, judge
from pkm.rules import limits
from pkm.rules.clean import tidy
from pkm.rules.owners import only_leads_on, own_address
from pkm.rules.urls import canonical, display_url, host_of, is_home_page
from pkm.seek.discover import looks_like_html
from pkm.seek.extractor import best
from pkm.seek.fetch import Asker, ask_typed
from pkm.seek.letter import is_letter, read_letter
from pkm.seek.moves import is_waylaid
from pkm.seek.page import Page, read_page

PAGE_ACCEPT: Final = "text/html, application/xhtml+xml, text/plain;q=0.8, */*;q=0.1"
_LOGIN_TITLE: Final = re.compile(
    r"(?i)\b(?:log ?-?in|sign ?-?in|anmelden|einloggen|connexion|iniciar sesi.n|inloggen)\b"
)
_PASSWORD: Final = re.compile(rb"(?i)<input[^>]{0,500}\btype\s*=\s*[\"']?password")
_TALK_TITLE_CHARS: Final = 60
_TALK_TITLE_WORDS: Final = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """What is put in.

    Attributes:
        url: Web address as given; None for a talk, most mails and pasted words.
        kind: `page`, `talk`, `mail` or `text`.
        title: None: the page's own, else the address.
        published_at: Aware, UTC.
        words: Pasted or typed words of the thing itself; for a talk they become the note.
        html: Its text as markup; None if there is none.
        text: The same as plain text.
        given: Its text came from the user's hand, and no server will give it again.
        moved_to: Where the address led in the end, if that is the one to keep.
        aliases: Other names by which it is to be known: the address that the page calls its own, `mid:…` (RFC
            2392) of a mail.
    """

    url: str | None = None
    kind: str = "page"
    title: str | None = None
    authors: tuple[str, ...] = ()
    published_at: datetime | None = None
    language: str | None = None
    words: str | None = None
    html: str | None = None
    text: str = ""
    given: bool = False
    moved_to: str | None = None
    aliases: tuple[str, ...] = ()


def must_be_web(url: str) -> str:
    """The address to store.

    Raises:
        UnsafeLink: It is no web address.
    """
    address = canonical(url)
    if address is None:
        raise UnsafeLink(
            f"{display_url(url)}: not added",
            why="it is no web address",
            hint="give one that begins with https://, or paste the words: pkm add -",
        )
    return address


def read_address(url: str, *, door: Asker, now: datetime, typed: bool) -> tuple[Piece, PkmError | None]:
    """The page at an address, as far as it can be had.

    Args:
        url: Web address.
        door: The network.
        now: Aware, UTC.
        typed: The user named this host on the command line, so it may be a private one.

    Returns:
        The piece, and why it is the bare address alone, if it is.
    """
    # A redirect that has its target in itself needs no asking: the host that leads on need not hear of us.
    address = must_be_web(url)
    asked = url if host_of(url) == host_of(address) else address
    try:
        answer, _ = ask_typed(Request(url=asked, accept=PAGE_ACCEPT), door=door, typed=typed and asked == url)
        judge(answer, now)
    except (FeedError, CredentialsError, AddressRefused) as error:
        return Piece(url=url), error
    piece = of_answer(url, answer)
    if answer.hops and _is_login(asked, answer, piece):
        # It says nothing of the piece, and the next address would seem to be this one.
        return Piece(url=url), FetchError(
            display_url(url),
            "a log-in page came in its place",
            why=f"it sent us to {display_url(answer.url)}",
        )
    return piece, None


def _is_login(asked: str, answer: Answer, piece: Piece) -> bool:
    """Whether a redirect ended at a log-in page: by its address, or since it is called so and asks for a password."""
    if is_waylaid(asked, answer.url):
        return True
    return bool(_LOGIN_TITLE.search(piece.title or "")) and bool(_PASSWORD.search(answer.body))


def of_answer(url: str, answer: Answer) -> Piece:
    """The piece for an address, out of what it answered."""
    moved_to = answer.url if answer.hops and only_leads_on(url) else answer.moved_to
    if moved_to and is_home_page(moved_to) and not only_leads_on(url):
        moved_to = None  # where sites send whoever asks for what they no longer have
    bare = Piece(url=url, moved_to=moved_to)
    if looks_like_html(answer.body, answer.content_type):
        page = read_page(answer.body, url=answer.url, content_type=answer.content_type, find=best())
        own = own_address(answer.url, page.canonical)
        return replace(_of_page(bare, page), aliases=(own,) if own else ())
    if (answer.content_type or "").startswith("text/plain"):
        words = answer.body[: limits.HTML_BYTES].decode("utf-8", "replace")
        return replace(bare, words=words)
    return bare


def _of_page(piece: Piece, page: Page) -> Piece:
    return replace(
        piece,
        title=page.title,
        authors=page.authors,
        published_at=page.published_at,
        language=page.language,
        html=page.html,
        text=page.text,
    )


def of_file(data: bytes, *, url: str | None) -> Piece:
    """The piece for a text that lies in a file: a saved page, or plain words.

    Args:
        data: Of the file.
        url: Whose text it is; None for what the saved page calls its own address, else for no address.
    """
    if not looks_like_html(data, None):
        words = data.decode("utf-8", "replace")
        return Piece(url=url, words=words, given=True) if url else of_words(words)
    page = read_page(data, url=url or "", content_type=None, find=best())
    own = url or page.canonical
    return _of_page(Piece(url=own, kind="page" if own else "text", given=True), page)


def of_talk(words: str) -> Piece:
    """The piece for something that was said.

    Raises:
        UsageError: There are no words.
    """
    said = words.strip()
    if not said:
        raise UsageError("there are no words to keep", hint='pkm add --talk "who said what"')
    title = " ".join(said.split()[:_TALK_TITLE_WORDS])
    return Piece(kind="talk", title=tidy(title, limit=_TALK_TITLE_CHARS), words=said)


def of_words(words: str) -> Piece:
    """The piece for pasted words: their first line is the title.

    Raises:
        UsageError: There are none.
    """
    lines = [line for line in words.replace("\r\n", "\n").split("\n") if line.strip()]
    if not lines:
        raise UsageError("there is nothing to add", why="it is empty", hint="pkm add URL")
    title = tidy(lines[0].lstrip("# "), limit=limits.TITLE_CHARS)
    return Piece(kind="text", title=title or None, words=words.strip(), given=True)


def of_mail(data: bytes) -> Piece:
    """The piece for a mail.

    Raises:
        NotFound: It is none.
    """
    if not is_letter(data):
        raise NotFound(
            "there is no mail in it",
            why="a mail begins with lines such as From: and Subject:",
            hint="save the mail as a file in its own form (.eml), then: pkm add --mail FILE.eml",
        )
    letter = read_letter(data)
    return Piece(
        url=letter.url,
        kind="mail",
        title=letter.subject,
        authors=letter.senders,
        published_at=letter.sent_at,
        html=letter.html or None,
        text=letter.text,
        given=True,
        aliases=(f"mid:{letter.key}",),
    )
