"""Read OPML, as tolerantly as can be done safely."""

import re
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from enum import StrEnum
from typing import TypeVar

from pkm.errors import Refused, UsageError
from pkm.model.source import KEY_POLICIES, Asking, Space, Stance, Tie
from pkm.rules import limits
from pkm.rules.asking import from_attributes, interval
from pkm.rules.charset import decode_xml
from pkm.rules.clean import tidy
from pkm.rules.opml import (
    NAMESPACE,
    WHY_CHARS,
    Folder,
    OpmlFile,
    OpmlOutline,
    own_title,
    plain,
    sorted_folders,
    sorted_tags,
)
from pkm.rules.tags import Tag, tags, unescape
from pkm.rules.urls import canonical, has_secret, join

_ENTITY = re.compile(r"<!ENTITY\s", re.IGNORECASE)
_FULL = ("auto", "always", "never")
_LISTS = ("link", "include", "source")  # outlines that point to another list or to a page
_PSEUDO = re.compile(r"feed:(?://)?(https?://)?", re.IGNORECASE)

_Word = TypeVar("_Word", bound=StrEnum)


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
    return plain(unescape(found.group(1)), limits.TITLE_CHARS) if found else None


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
        name = plain(tag.attributes.get("text"), limits.TITLE_CHARS) or plain(
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
        return plain(attributes.get(f"{prefix}:{key}"), WHY_CHARS)

    paths, words = _categories(attributes.get("category", ""))
    home = (attributes.get("htmlurl") or "").strip()
    return OpmlOutline(
        url=url,
        title=own_title(name, url),
        home_url=join(None, home) if home else None,
        folders=sorted_folders((folder, *paths)),
        tags=sorted_tags(words),
        id=ours("id"),
        since=_moment(ours("since")),
        why=ours("why"),
        space=_member(Space, ours("space")),
        tie=_member(Tie, ours("tie")) or Tie.UNKNOWN,
        stance=_member(Stance, ours("stance")),
        private=ours("private") == "true",
        private_host=ours("private-host") == "true",
        full=full if (full := ours("full")) in _FULL and full else "never",
        isolate=ours("isolate") == "true",
        key_policy=_place(ours("key-policy")),
        interval_s=_span(ours("interval")),
        asking=_asking(attributes, prefix),
        muted_at=_moment(ours("mute")),
    )


def _asking(attributes: dict[str, str], prefix: str) -> Asking:
    ours = (name.partition(":") for name in attributes)
    return from_attributes({key: attributes[f"{prefix}:{key}"] for space, _, key in ours if space == prefix})


def _place(word: str | None) -> int | None:
    return KEY_POLICIES.index(word) if word in KEY_POLICIES else None


def _span(word: str | None) -> int | None:
    try:
        return interval(word) if word else None
    except UsageError:
        return None


def _joined(old: OpmlOutline, new: OpmlOutline) -> OpmlOutline:
    """One outline of two places: the first says what it says, folders and tags add up."""
    return replace(
        old,
        title=old.title or new.title,
        home_url=old.home_url or new.home_url,
        folders=sorted_folders((*old.folders, *new.folders)),
        tags=sorted_tags((*old.tags, *new.tags)),
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


def _member(words: type[_Word], word: str | None) -> _Word | None:
    return next((one for one in words if one == word), None)


def _moment(text: str | None) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text or "")
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None


def _decoded(word: str) -> str:
    if not re.search(r"%2c|%2f|%25", word, re.IGNORECASE):
        return word
    word = re.sub("%2c", ",", word, flags=re.IGNORECASE)
    word = re.sub("%2f", "/", word, flags=re.IGNORECASE)
    return word.replace("%25", "%")
