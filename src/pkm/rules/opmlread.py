"""Read OPML, as tolerantly as can be done safely."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from pkm.errors import Refused
from pkm.model.source import Extra
from pkm.rules import limits
from pkm.rules.charset import decode_xml
from pkm.rules.clean import tidy
from pkm.rules.mailplaces import is_mail_place
from pkm.rules.opml import (
    NAMESPACE,
    OUR_WORDS,
    WHY_CHARS,
    Folder,
    OpmlFile,
    OpmlOther,
    OpmlOutline,
    OpmlRest,
    plain,
    sorted_others,
    source_key,
)
from pkm.rules.opmlfeed import joined, outline_in, web_address
from pkm.rules.opmlnames import Names, distinct, is_command
from pkm.rules.tags import Tag, spelt, tags, unescape

_ENTITY = re.compile(r"<!ENTITY\s", re.IGNORECASE)
_CDATA = re.compile(r"\s*<!\[CDATA\[(.*)\]\]>\s*", re.DOTALL)
_ELEMENT = re.compile(r"[A-Za-z_][\w.-]*", re.ASCII)
_FIRST = {"title": 0, "type": 1}
_HEAD_CHARS = 50_000
_KNOWN = frozenset({"xmlurl", "htmlurl", "category"})
_LISTS = ("link", "include", "source")  # outlines that point to another list or to a page


def read_opml(data: bytes, *, own: bool = False) -> OpmlFile:
    """Read a list that may be damaged, as far as it goes.

    Args:
        data: Of the file.
        own: It is the home's own: folders of this machine that it names are sources too.

    Raises:
        Refused: It is too large, declares entities, or is no OPML.
    """
    text = _text(data)
    reading = _Reading(text, own=own)
    for tag in tags(text, only=frozenset({"opml", "outline", "body"})):
        reading.take(tag)
    if not reading.seen:
        raise Refused(
            "this is no OPML file",
            why="there is no opml and no outline element in it",
            hint="export your subscriptions as OPML, then: pkm follow FILE.opml",
        )
    reading.end()
    head = _head(text)
    titles = [value for name, value in head if name.lower() == "title"]
    return OpmlFile(
        title=plain(titles[0], limits.TITLE_CHARS) if titles else None,
        outlines=tuple(reading.found.values()),
        rest=OpmlRest(
            head=tuple(pair for pair in head if pair[0].lower() != "title"),
            folders=tuple(sorted(reading.folders.items())),
            others=sorted_others(reading.others),
        ),
        skipped=tuple(reading.skipped),
        noted=tuple(reading.noted),
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


def _head(text: str) -> list[tuple[str, str]]:
    """The elements of the head that hold plain text, each once."""
    found: dict[str, tuple[str, str]] = {}
    behind: Tag | None = None
    for tag in tags(text[:_HEAD_CHARS]):
        if tag.local in {"body", "outline"} or (tag.local == "head" and tag.closing):
            break
        if tag.closing and behind is not None and tag.name == behind.name:
            name = text[behind.start + 1 : behind.start + 1 + len(behind.name)]
            value = _plain_text(text[behind.end : tag.start])
            if _ELEMENT.fullmatch(name) and value:
                found.setdefault(behind.name, (name, value))
        behind = None if tag.closing or tag.local in {"opml", "head"} else tag
    return list(found.values())


def _plain_text(text: str) -> str:
    cdata = _CDATA.fullmatch(text)
    return tidy(cdata[1] if cdata else unescape(text), limit=WHY_CHARS)


@dataclass(slots=True)
class _Open:
    """An outline that is not closed yet.

    Attributes:
        name: Of a folder; None for a feed and for an outline without a name.
        extras: All its attributes.
        own: Of a folder: what is said of it beside its name.
        leaf: It may yet turn out to hold nothing.
        commented: It, or one around it, is commented out.
    """

    name: str | None
    extras: tuple[Extra, ...]
    own: tuple[Extra, ...]
    leaf: bool
    commented: bool


@dataclass(slots=True)
class _Reading:
    """The state of one pass over a file."""

    text: str
    path: list[_Open] = field(default_factory=list)
    found: dict[str, OpmlOutline] = field(default_factory=dict)
    folders: dict[Folder, tuple[Extra, ...]] = field(default_factory=dict)
    others: list[OpmlOther] = field(default_factory=list)
    skipped: list[tuple[str, str]] = field(default_factory=list)
    noted: list[tuple[str, str]] = field(default_factory=list)
    own: bool = False
    seen: bool = False
    count: int = 0
    names: Names = field(default_factory=Names)

    def take(self, tag: Tag) -> None:
        self.seen = self.seen or tag.local != "body"
        self.names.learn(tag.attributes)
        if tag.local == "body":
            self.end()
        elif tag.local != "outline":
            return
        elif tag.closing:
            self._close()
        else:
            self._open(tag)

    def end(self) -> None:
        """Whatever is still open ends here."""
        while self.path:
            self._close()

    def _close(self) -> None:
        if not self.path:
            return
        closed = self.path.pop()
        if closed.leaf:
            self._keep(closed.extras, commented=closed.commented)

    def _open(self, tag: Tag) -> None:
        self.count += 1
        if self.count > limits.OPML_OUTLINES:
            if self.count == limits.OPML_OUTLINES + 1:
                self.skipped.append(("the rest", f"more than {limits.OPML_OUTLINES:,} outlines"))
            return
        said = tag.attributes
        name = plain(said.get("text"), limits.TITLE_CHARS) or plain(said.get("title"), limits.TITLE_CHARS)
        around = bool(self.path) and self.path[-1].commented
        commented = around or said.get("iscomment", "").strip().lower() == "true"
        extras = self._extras(tag)
        is_folder = self._is_folder(said)
        if not is_folder:
            self._take_in(said, name, extras, commented=commented)
        elif tag.empty:
            self._keep(extras, commented=commented)
        if not tag.empty:
            own = tuple(one for one in extras if not _is_said_already(one, said, "rss"))
            self.path.append(
                _Open(name if is_folder else None, extras, own if is_folder else (), is_folder, commented)
            )

    def _extras(self, tag: Tag) -> tuple[Extra, ...]:
        spellings = spelt(self.text, tag)
        made = (self.names.kept(spellings.get(key, key), value) for key, value in tag.attributes.items())
        return distinct(one for one in made if one is not None)

    def _is_folder(self, said: Mapping[str, str]) -> bool:
        """Whether it claims to be nothing but a folder or a note."""
        return not any(said.get(key, "").strip() for key in ("xmlurl", "url", "htmlurl")) and (
            said.get("type", "").strip().lower() != "source"
        )

    def _take_in(
        self, said: dict[str, str], name: str | None, extras: tuple[Extra, ...], *, commented: bool
    ) -> None:
        """An outline with an address: a feed is stored, anything else kept as it is."""
        for command in filter(is_command, said):
            self._skip(name, said, f"its {command} was left out, since some readers would run it")
        address = said.get("xmlurl", "").strip()
        kind = said.get("type", "").strip().lower()
        reason = ""
        # Liferea writes the address of a list as xmlUrl, too.
        if kind == "source" or (kind in _LISTS and not address):
            reason = "it points to another list or a page, not to a feed"
        elif not (address or said.get("url", "").strip()):
            reason = "it names a page but no feed: pkm follow PAGE finds one"
        elif commented:
            reason = "it is commented out"
        if reason:
            self.noted.append((_called(name, said), reason))
            self._keep(extras, commented=commented)
            return
        address_ = address or said["url"].strip()
        url = address_ if self.own and is_mail_place(address_) else web_address(address_)
        if url is None:
            self._skip(name, {"url": address or said["url"]}, "its address is not http or https")
            self._keep(extras, commented=commented)
            return
        mine = [
            one._replace(name=one.name.lower()) if one.name.lower() in _FIRST else one
            for one in extras
            if not self._is_known(one, said, address)
        ]
        mine.sort(key=lambda one: _FIRST.get(one.name.lower(), len(_FIRST)))  # as they will be written
        outline = outline_in(url, name, said, self.names, self._folder(name))
        self._store(replace(outline, extras=tuple(mine)))

    def _is_known(self, extra: Extra, said: Mapping[str, str], address: str) -> bool:
        """Whether an attribute of a feed is one that `OpmlOutline` has a place for."""
        key = extra.name.lower()
        if extra.namespace == NAMESPACE:
            word = extra.name.partition(":")[2].lower()
            return word in OUR_WORDS or word.startswith("header-")
        return (key == "url" and not address) or key in _KNOWN or _is_said_already(extra, said, "rss")

    def _keep(self, extras: tuple[Extra, ...], *, commented: bool) -> None:
        if not extras:
            return
        if commented and not any(one.name.lower() == "iscomment" for one in extras):
            extras = (*extras, Extra("isComment", "true"))
        self.others.append(OpmlOther(folder=self._folder(None), attributes=extras))

    def _folder(self, name: str | None) -> Folder:
        """The folders that are open, each marked as one that holds something."""
        for one in reversed(self.path):
            if not one.leaf:
                break
            one.leaf = False
        path: list[str] = []
        for one in self.path[: 4 * limits.OPML_DEPTH]:
            part = tidy(one.name, limit=limits.TAG_CHARS) if one.name else ""
            if not part:
                continue
            if len(path) == limits.OPML_DEPTH:
                self._skip(name, {}, f"folders deeper than {limits.OPML_DEPTH} were cut")
                break
            path.append(part)
            if one.own:
                self.folders.setdefault(tuple(path), one.own)
        return tuple(path)

    def _skip(self, name: str | None, said: Mapping[str, str], reason: str) -> None:
        self.skipped.append((_called(name, said), reason))

    def _store(self, new: OpmlOutline) -> None:
        key = source_key(new.url)
        old = self.found.get(key)
        self.found[key] = new if old is None else joined(old, new)


def _called(name: str | None, said: Mapping[str, str]) -> str:
    address = said.get("url") or said.get("xmlurl") or said.get("htmlurl") or ""
    return name or tidy(address, limit=200) or "an outline without a name"


def _is_said_already(extra: Extra, said: Mapping[str, str], kind: str) -> bool:
    """Whether an attribute only repeats: `text`, a `title` that is the same, a `type` that is `kind`.

    A folder that calls itself a feed confuses other readers, so that word is not kept.
    """
    key, value = extra.name.lower(), extra.value.strip()
    if extra.namespace:
        return False
    text = plain(said.get("text"), limits.TITLE_CHARS)
    same = {"text": True, "iscomment": value.lower() == "true", "type": value.lower() in {"", kind}}
    return same.get(
        key, key == "title" and (text is None or plain(value, limits.TITLE_CHARS) in {text, None})
    )
