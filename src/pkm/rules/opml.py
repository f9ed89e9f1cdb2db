"""OPML, the exchange format of what one follows: read tolerantly, written strictly.

OPML 2.0 (opml.org/spec2.opml). Ours are the attributes under `NAMESPACE`; every other reader passes
them over. Nothing but http and https comes in: a file from somebody else once ran commands in a feed
reader, by addresses such as `|cmd` and `exec:…`.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from enum import StrEnum
from typing import Final, TypeVar

from pkm.errors import Refused
from pkm.model.source import CAPTURES, Source, Space, Stance, Tie
from pkm.rules import limits
from pkm.rules.charset import decode_xml
from pkm.rules.clean import tidy
from pkm.rules.tags import Tag, tags, unescape
from pkm.rules.urls import canonical, has_secret, join, without_secrets

NAMESPACE: Final = "urn:pkm-loop:opml"
WHY_CHARS: Final = 2_000

_ENTITY = re.compile(r"<!ENTITY\s", re.IGNORECASE)
_FULL = ("auto", "always", "never")
_LISTS = ("link", "include", "source")  # outlines that point to another list or to a page
_PSEUDO = re.compile(r"feed:(?://)?(https?://)?", re.IGNORECASE)

Folder = tuple[str, ...]
_Word = TypeVar("_Word", bound=StrEnum)


@dataclass(frozen=True, slots=True, kw_only=True)
class OpmlOutline:
    """One feed of an OPML file, joined from all places where it stands.

    Attributes:
        url: http or https.
        title: Plain text; None if the file gave none but the address.
        home_url: http or https; None if absent.
        folders: Paths, sorted; empty if it stands in none.
        tags: Sorted.
        id: Our id, as the file says; not checked.
        since: Aware, UTC; when it was followed.
        muted_at: Aware, UTC.
        private_host: To be honoured in the home's own `sources.opml` alone.
    """

    url: str
    title: str | None = None
    home_url: str | None = None
    folders: tuple[Folder, ...] = ()
    tags: tuple[str, ...] = ()
    id: str | None = None
    since: datetime | None = None
    why: str | None = None
    space: Space | None = None
    tie: Tie = Tie.UNKNOWN
    stance: Stance | None = None
    private: bool = False
    private_host: bool = False
    full: str = "never"
    muted_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OpmlFile:
    """A subscription list.

    Attributes:
        title: Plain text; None if absent.
        outlines: In the order in which the file names them first.
        skipped: What was left out: its name or address, and the reason.
    """

    title: str | None = None
    outlines: tuple[OpmlOutline, ...] = ()
    skipped: tuple[tuple[str, str], ...] = ()


def read_opml(data: bytes) -> OpmlFile:
    """Read a list that may be damaged, as far as it goes.

    Raises:
        Refused: It is too large, declares entities, or is no OPML.
    """
    text = _text(data)
    reading = _Reading()
    for tag in tags(text, only=frozenset({"opml", "outline", "body"})):
        reading.take(tag)
    if not reading.seen:
        raise Refused(
            "this is no OPML file",
            why="there is no opml and no outline element in it",
            hint="export your subscriptions as OPML, then: pkm follow FILE.opml",
        )
    return OpmlFile(
        title=_title(text), outlines=tuple(reading.found.values()), skipped=tuple(reading.skipped)
    )


def outline_of(source: Source) -> OpmlOutline:
    """What an OPML file says of a source."""
    url = join(None, source.url) or source.url
    return OpmlOutline(
        url=url,
        title=_own_title(_plain(source.title, limits.TITLE_CHARS), url),
        home_url=join(None, source.home_url) if source.home_url else None,
        folders=_sorted_folders(source.folders),
        tags=_sorted_tags(source.tags),
        id=source.id,
        since=source.followed_at,
        why=_plain(source.why, WHY_CHARS),
        space=source.space,
        tie=source.tie,
        stance=source.stance,
        private=source.private,
        private_host=source.private_host,
        full=source.full,
        muted_at=source.muted_at,
    )


def write_opml(sources: Iterable[Source], *, title: str, with_private: bool, with_secrets: bool) -> bytes:
    """The sources that are followed, as OPML: UTF-8, LF, sorted; equal sources give equal bytes.

    Args:
        sources: In any order; the built-in source and removed ones are left out.
        title: Of the list.
        with_private: Whether private sources are written too.
        with_secrets: Whether addresses keep their passwords and tokens.
    """
    chosen = (one for one in sources if one.followed and one.kind != CAPTURES)
    outlines = [outline_of(one) for one in chosen if with_private or not one.private]
    if not with_secrets:
        outlines = [public for one in outlines if (public := _public(one)) is not None]
    return write_outlines(outlines, title=title)


def write_outlines(outlines: Iterable[OpmlOutline], *, title: str) -> bytes:
    """The same for what `read_opml` gave."""
    root = _Branch()
    for outline in sorted(outlines, key=lambda one: ((one.title or one.url).casefold(), one.url)):
        for folder in outline.folders or ((),):
            root.at(folder).leaves.append(_leaf(outline))
    head = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<opml version="2.0" xmlns:pkm="{NAMESPACE}">',
        f"<head><title>{_escaped(tidy(title, limit=limits.TITLE_CHARS))}</title></head>",
        "<body>",
    ]
    return "\n".join([*head, *root.lines(""), "</body>", "</opml>", ""]).encode("utf-8")


# Reading.


def _text(data: bytes) -> str:
    if len(data) > limits.OPML_BYTES:
        raise Refused(
            "this OPML file is too large",
            why=f"it has {len(data):,} bytes, the limit is {limits.OPML_BYTES:,}",
            hint="split it into several files",
        )
    text = decode_xml(data).text
    if _ENTITY.search(text):
        raise Refused(
            "this OPML file declares entities",
            why="honest lists never do; it is a known way to read files or to fill the memory",
            hint="ask for a fresh export from whoever gave you the file",
        )
    return text


def _title(text: str) -> str | None:
    found = re.search(r"<title>([^<]{0,4000})</title>", text[:20_000], re.IGNORECASE)
    return _plain(unescape(found.group(1)), limits.TITLE_CHARS) if found else None


@dataclass(slots=True)
class _Reading:
    """The state of one pass over a file."""

    path: list[str | None] = field(default_factory=list)
    found: dict[str, OpmlOutline] = field(default_factory=dict)
    skipped: list[tuple[str, str]] = field(default_factory=list)
    seen: bool = False
    count: int = 0
    prefix: str = "pkm"

    def take(self, tag: Tag) -> None:
        self.seen = self.seen or tag.local != "body"
        if tag.local == "opml":
            self._name_prefix(tag)
        elif tag.local == "body":
            self.path.clear()
        elif tag.closing:
            if self.path:
                self.path.pop()
        else:
            self._open(tag)

    def _name_prefix(self, tag: Tag) -> None:
        for name, value in tag.attributes.items():
            if value == NAMESPACE and name.startswith("xmlns:"):
                self.prefix = name.removeprefix("xmlns:")

    def _open(self, tag: Tag) -> None:
        self.count += 1
        if self.count > limits.OPML_OUTLINES:
            if self.count == limits.OPML_OUTLINES + 1:
                self.skipped.append(("the rest", f"more than {limits.OPML_OUTLINES:,} outlines"))
            return
        name = _plain(tag.attributes.get("text"), limits.TITLE_CHARS) or _plain(
            tag.attributes.get("title"), limits.TITLE_CHARS
        )
        is_feed = self._feed(tag.attributes, name)
        if not tag.empty:
            self.path.append(None if is_feed else name)

    def _feed(self, attributes: dict[str, str], name: str | None) -> bool:
        """Store the outline if it is a feed; say whether it claims to be anything but a folder."""
        address = (attributes.get("xmlurl") or "").strip()
        kind = attributes.get("type", "").strip().lower()
        # Liferea writes the address of a list as xmlUrl, too.
        if kind == "source" or (kind in _LISTS and not address):
            self._skip(name, attributes, "it points to another list or a page, not to a feed")
            return True
        address = address or (attributes.get("url") or "").strip()
        if not address:
            if attributes.get("htmlurl", "").strip():
                self._skip(name, attributes, "it names a page but no feed: pkm follow PAGE finds one")
                return True
            return False
        url = _web(address)
        if url is None:
            self._skip(name, {"url": address}, "its address is not http or https")
        else:
            self._store(_outline(url, name, attributes, self.prefix, self._folder(name)))
        if attributes.get("filtercmd"):
            self._skip(name, attributes, "its filter command was left out; the feed was taken")
        return True

    def _folder(self, name: str | None) -> Folder:
        path = tuple(part for part in self.path[: 4 * limits.OPML_DEPTH] if part)
        if len(path) > limits.OPML_DEPTH:
            self._skip(name, {}, f"folders deeper than {limits.OPML_DEPTH} were cut; the feed was taken")
        return path[: limits.OPML_DEPTH]

    def _skip(self, name: str | None, attributes: dict[str, str], reason: str) -> None:
        address = attributes.get("url") or attributes.get("xmlurl") or attributes.get("htmlurl") or ""
        self.skipped.append((name or tidy(address, limit=200) or "an outline without a name", reason))

    def _store(self, new: OpmlOutline) -> None:
        # With a secret it is somebody's own feed: the address without it would be another's too.
        key = (None if has_secret(new.url) else canonical(new.url)) or new.url
        old = self.found.get(key)
        self.found[key] = new if old is None else _joined(old, new)


def _web(address: str) -> str | None:
    """An http or https address, also from the pseudo schemes `feed://host` and `feed:https://host`."""
    if address[:5].lower() == "feed:":
        address = _PSEUDO.sub(lambda found: found.group(1) or "http://", address, count=1)
    return join(None, address)


def _outline(
    url: str, name: str | None, attributes: dict[str, str], prefix: str, folder: Folder
) -> OpmlOutline:
    def ours(key: str) -> str | None:
        return _plain(attributes.get(f"{prefix}:{key}"), WHY_CHARS)

    paths, words = _categories(attributes.get("category", ""))
    home = (attributes.get("htmlurl") or "").strip()
    return OpmlOutline(
        url=url,
        title=_own_title(name, url),
        home_url=join(None, home) if home else None,
        folders=_sorted_folders((folder, *paths)),
        tags=_sorted_tags(words),
        id=ours("id"),
        since=_moment(ours("since")),
        why=ours("why"),
        space=_member(Space, ours("space")),
        tie=_member(Tie, ours("tie")) or Tie.UNKNOWN,
        stance=_member(Stance, ours("stance")),
        private=ours("private") == "true",
        private_host=ours("private-host") == "true",
        full=full if (full := ours("full")) in _FULL and full else "never",
        muted_at=_moment(ours("mute")),
    )


def _joined(old: OpmlOutline, new: OpmlOutline) -> OpmlOutline:
    """One outline of two places: the first says what it says, folders and tags add up."""
    return replace(
        old,
        title=old.title or new.title,
        home_url=old.home_url or new.home_url,
        folders=_sorted_folders((*old.folders, *new.folders)),
        tags=_sorted_tags((*old.tags, *new.tags)),
        private=old.private or new.private,
    )


def _categories(text: str) -> tuple[list[Folder], list[str]]:
    """Folder paths (they begin with a slash) and tags of a `category` attribute; OPML 2.0."""
    paths: list[Folder] = []
    words: list[str] = []
    for raw in text.split(","):
        part = raw.strip()
        if part.startswith("/"):
            paths.append(
                tuple(_decoded(name) for name in part.split("/") if name.strip())[: limits.OPML_DEPTH]
            )
        else:
            words.append(_decoded(part))
    return paths, words


def _sorted_folders(folders: Iterable[Folder]) -> tuple[Folder, ...]:
    clean = {
        tuple(name for part in folder if (name := tidy(part, limit=limits.TAG_CHARS)))[: limits.OPML_DEPTH]
        for folder in folders
    }
    return tuple(sorted(clean - {()}, key=_order))


def _sorted_tags(words: Iterable[str]) -> tuple[str, ...]:
    clean = {tidy(word, limit=limits.TAG_CHARS) for word in words} - {""}
    return tuple(sorted(clean, key=lambda word: (word.casefold(), word)))


def _order(folder: Folder) -> tuple[tuple[str, str], ...]:
    return tuple((name.casefold(), name) for name in folder)


def _own_title(name: str | None, url: str) -> str | None:
    """The name, unless it is the address, which we write where there is no name."""
    return None if name == tidy(url, limit=limits.TITLE_CHARS) else name


def _plain(text: str | None, limit: int) -> str | None:
    return tidy(text, limit=limit) or None if text else None


def _member(words: type[_Word], word: str | None) -> _Word | None:
    return next((one for one in words if one == word), None)


def _moment(text: str | None) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text or "")
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None


# Writing.


def _public(outline: OpmlOutline) -> OpmlOutline | None:
    """The outline without passwords and tokens; None if its path is the secret: nothing useful is left."""
    if not has_secret(outline.url):
        return outline
    url = without_secrets(outline.url)
    return None if "…" in url else replace(outline, url=url)


@dataclass(slots=True)
class _Branch:
    """A folder while the file is written."""

    branches: dict[str, "_Branch"] = field(default_factory=dict)
    leaves: list[str] = field(default_factory=list)

    def at(self, path: Folder) -> "_Branch":
        branch = self
        for name in path:
            branch = branch.branches.setdefault(name, _Branch())
        return branch

    def lines(self, indent: str) -> Iterator[str]:
        for name in sorted(self.branches, key=lambda name: (name.casefold(), name)):
            yield f'{indent}<outline text="{_escaped(name)}">'
            yield from self.branches[name].lines(f"{indent}  ")
            yield f"{indent}</outline>"
        yield from (f"{indent}{leaf}" for leaf in self.leaves)


def _leaf(outline: OpmlOutline) -> str:
    name = outline.title or tidy(outline.url, limit=limits.TITLE_CHARS)
    attributes = {
        "text": name,
        "title": name,
        "type": "rss",
        "xmlUrl": outline.url,
        "htmlUrl": outline.home_url,
        "category": ",".join(_encoded(word) for word in outline.tags),
        "pkm:id": outline.id,
        "pkm:since": _written(outline.since),
        "pkm:why": outline.why,
        "pkm:space": outline.space,
        "pkm:tie": None if outline.tie is Tie.UNKNOWN else outline.tie,
        "pkm:stance": outline.stance,
        "pkm:private": "true" if outline.private else None,
        "pkm:full": None if outline.full == "never" else outline.full,
        "pkm:mute": _written(outline.muted_at),
        "pkm:private-host": "true" if outline.private_host else None,
    }
    told = (f'{key}="{_escaped(value)}"' for key, value in attributes.items() if value)
    return f"<outline {' '.join(told)}/>"


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")


def _written(moment: datetime | None) -> str | None:
    return moment.astimezone(UTC).isoformat() if moment else None


def _encoded(word: str) -> str:
    """A tag as it may stand in `category`, where a comma parts and a slash begins a path."""
    if not re.search(r"^/|,|%25|%2c|%2f", word, re.IGNORECASE):
        return word
    return word.replace("%", "%25").replace(",", "%2C").replace("/", "%2F")


def _decoded(word: str) -> str:
    if not re.search(r"%2c|%2f|%25", word, re.IGNORECASE):
        return word
    word = re.sub("%2c", ",", word, flags=re.IGNORECASE)
    word = re.sub("%2f", "/", word, flags=re.IGNORECASE)
    return word.replace("%25", "%")
