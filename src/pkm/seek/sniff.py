"""What came, when a feed was asked for: told by the body, the header is only a hint."""

import re
from itertools import islice
from typing import Final

from pkm.errors import BotCheck, NotAFeed
from pkm.rules.charset import decode_xml

HEAD_BYTES: Final = 16_384

_COMMENT = re.compile(r"<!--.*?-->|<!--.*\Z", re.DOTALL)
_ROOT = re.compile(
    r"<(?:[A-Za-z_][\w.-]{0,40}:)?(html|head|body|rss|feed|rdf|channel|opml|urlset|sitemapindex)(?=[\s>/])",
    re.IGNORECASE,
)
_HTML_DOCTYPE = re.compile(r"<!doctype\s+html", re.IGNORECASE)  # alone it proves nothing: feeds have one too
_FEED_ROOTS = frozenset({"rss", "feed", "rdf", "channel"})
_PROLOG = re.compile(r"\s+|<\?.*?\?>|<!--.*?-->", re.DOTALL)
_ENTITY = re.compile(r"""<!ENTITY\s+(%\s+)?[^\s"'>]+\s+(?:"([^"]*)"|'([^']*)'|(SYSTEM|PUBLIC))?""")
_ENTITIES_MOST = 10
_ENTITY_CHARS = 1_000
_CHALLENGE = re.compile(
    r"just a moment\.\.\.|cf-chl|challenge-platform|cf_captcha|captcha|checking your browser|"
    r"verify(?:ing)? (?:that )?you are (?:a )?human|are you a robot|enable javascript and cookies to continue|"
    r"ddos[- ]guard|ddos protection|anubis_challenge|incapsula incident|attention required!",
    re.IGNORECASE,
)
_MAGIC = (
    (b"\x1f\x8b", "a gzip file"),
    (b"PK\x03\x04", "a zip file"),
    (b"%PDF-", "a PDF"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"GIF8", "a picture"),
    (b"ID3", "a sound file"),
)


def head_of(body: bytes) -> str:
    """The beginning of a body as text, comments taken out, for guessing only."""
    return _COMMENT.sub("", decode_xml(body[:HEAD_BYTES]).text)


def root_of(head: str) -> str:
    """Which known root element stands first: `html`, `rss`, `feed`, `rdf`, … or an empty word."""
    found = _ROOT.search(head)
    if found is None:
        return "html" if _HTML_DOCTYPE.search(head) else ""
    name = found.group(1).lower()
    return "html" if name in {"head", "body"} else name


def is_feed_root(root: str) -> bool:
    """Whether a document with this root is a feed, even without items."""
    return root in _FEED_ROOTS


def is_json(body: bytes) -> bool:
    """Whether the body looks like a JSON object or list (markup never begins so)."""
    start = body[:256].lstrip(b"\xef\xbb\xbf \t\r\n\0")
    return start[:1] in (b"{", b"[")


def is_html(head: str, content_type: str | None) -> bool:
    """Whether the body is a web page; the header decides only where the body does not."""
    root = root_of(head)
    if root:
        return root == "html"
    said = (content_type or "").lower()
    return "html" in said and "<" in head


def refuse_what_is_no_feed(body: bytes, *, url: str, content_type: str | None) -> None:
    """Say what came, if it surely is no feed of markup.

    Raises:
        NotAFeed: Empty, a web page, a bot check, a picture, a subscription list, …
    """
    if not body.strip(b" \t\r\n\0\xef\xbb\xbf"):
        raise NotAFeed(
            url,
            "the answer is empty",
            why="no feed came, not even one without items",
            hint=f"later: pkm pull {url}",
        )
    kind = next((kind for magic, kind in _MAGIC if body.startswith(magic)), None)
    if kind:
        raise NotAFeed(url, f"{kind} came, and no feed", hint="look for the feed's own address on the page")
    head = head_of(body)
    if is_html(head, content_type):
        raise _page(url, head)
    root = root_of(head)
    if root == "opml":
        raise NotAFeed(
            url,
            "this is a subscription list, not a feed",
            hint="save it to a file, then: pkm follow FILE.opml",
        )
    if root in {"urlset", "sitemapindex"}:
        raise NotAFeed(
            url, "this is a sitemap, not a feed", hint="look for the feed's own address on the page"
        )


def refuse_entities(text: str, *, url: str) -> None:
    """Refuse a document type that declares entities as bombs do.

    The XML reader would stop the worst of them, but only after megabytes (expat's guard).

    Raises:
        NotAFeed: More than 10 entities, long or nested ones, or such as name a file.
    """
    if not _has_doctype(text):
        return
    declared = list(islice(_ENTITY.finditer(text), _ENTITIES_MOST + 1))
    if len(declared) > _ENTITIES_MOST or any(_is_bomb(found) for found in declared):
        raise NotAFeed(
            url,
            "the document declares entities as attacks do",
            why="nested or long entities fill the memory, and entities with a file name read files",
            hint=f"if you trust the site, tell it; to stop asking: pkm source remove {url}",
        )


def _is_bomb(found: re.Match[str]) -> bool:
    value = found.group(2) or found.group(3) or ""
    named = re.search(r"[&%](?!#|amp;|lt;|gt;|quot;|apos;)", value)
    # Old RDF feeds name the entities of XHTML by PUBLIC; nobody here ever fetches them.
    from_outside = found.group(4) and not (found.group(1) and found.group(4) == "PUBLIC")
    return bool(from_outside or named) or len(value) > _ENTITY_CHARS


def _has_doctype(text: str) -> bool:
    """Whether a document type stands where XML allows one: before the root, behind the prolog."""
    position = 0
    while found := _PROLOG.match(text, position):
        position = found.end()
    return text[position : position + 9].upper() == "<!DOCTYPE"


def _page(url: str, head: str) -> NotAFeed:
    if _CHALLENGE.search(head[:20_000]):
        return BotCheck(url)
    return NotAFeed(
        url,
        "a web page came, and no feed",
        why="the address may be that of the page, or the feed has moved",
        hint=f"to look for the feed behind it: pkm follow {url}",
    )
