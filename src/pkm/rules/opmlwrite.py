"""Write OPML: strict, sorted, one outline a line; equal sources give equal bytes."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Final

from pkm.model.source import AS_EVER, CAPTURES, KEY_POLICIES, Extra, Source, Tie
from pkm.rules import limits
from pkm.rules.asking import attributes as told_attributes
from pkm.rules.asking import interval_words
from pkm.rules.clean import tidy
from pkm.rules.mailplaces import is_mail_place
from pkm.rules.opml import OUR_WORDS, Folder, OpmlOutline, OpmlRest, outline_of
from pkm.rules.opmlnames import Prefixes, escaped
from pkm.rules.urls import has_secret, without_secrets

_NOTHING: Final = OpmlRest()
_DESCRIBING: Final = frozenset({"title", "type", "description", "language", "version"})
# Attributes for which `_leaf` has a place of its own.
_PLACED: Final = frozenset(
    {"text", "title", "type", "xmlurl", "htmlurl", "category", *(f"pkm:{word}" for word in OUR_WORDS)}
)


def write_opml(
    sources: Iterable[Source],
    *,
    title: str,
    with_private: bool,
    with_secrets: bool,
    rest: OpmlRest = _NOTHING,
) -> bytes:
    """The sources that are followed, as OPML: UTF-8, LF, sorted; equal sources give equal bytes.

    Args:
        sources: In any order; the built-in source and removed ones are left out.
        title: Of the list.
        with_private: Whether private sources are written too, and what the user and other programs said of each.
        with_secrets: Whether addresses keep their passwords and tokens.
        rest: What else stands in the list.
    """
    chosen = (one for one in sources if one.followed and one.kind != CAPTURES)
    outlines = [outline_of(one) for one in chosen if with_private or not one.private]
    if not with_private:
        outlines = [_impersonal(one) for one in outlines]
    if not with_secrets:
        outlines = [public for one in outlines if (public := _public(one)) is not None]
    return write_outlines(outlines, title=title, rest=rest if with_private else _NOTHING)


def write_outlines(outlines: Iterable[OpmlOutline], *, title: str, rest: OpmlRest = _NOTHING) -> bytes:
    """The same for what `read_opml` gave."""
    outlines = sorted(outlines, key=lambda one: ((one.title or one.url).casefold(), one.url))
    prefixes = Prefixes(_all_extras(outlines, rest))
    root = _Branch()
    for outline in outlines:
        for folder in outline.folders or ((),):
            root.at(folder).leaves.append(_leaf(outline, prefixes))
    for other in rest.others:
        root.at(other.folder).leaves.append(f"<outline {_attributes(other.attributes, prefixes)}/>")
    for path, extras in rest.folders:
        if (branch := root.there(path)) is not None:
            branch.said = f" {_attributes(extras, prefixes)}"
    head = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<opml version="2.0" {prefixes.declarations()}>',
        *_head(title, rest),
        "<body>",
    ]
    return "\n".join([*head, *root.lines(""), "</body>", "</opml>", ""]).encode("utf-8")


def _all_extras(outlines: Iterable[OpmlOutline], rest: OpmlRest) -> Iterator[Extra]:
    for outline in outlines:
        yield from outline.extras
    for other in rest.others:
        yield from other.attributes
    for _path, extras in rest.folders:
        yield from extras


def _head(title: str, rest: OpmlRest) -> list[str]:
    told = f"<title>{escaped(tidy(title, limit=limits.TITLE_CHARS))}</title>"
    if not rest.head:
        return [f"<head>{told}</head>"]
    more = [f"  <{name}>{escaped(value)}</{name}>" for name, value in rest.head]
    return ["<head>", f"  {told}", *more, "</head>"]


def _impersonal(outline: OpmlOutline) -> OpmlOutline:
    """What of an outline describes the feed, and not its reader: address, names, order."""
    extras = tuple(one for one in outline.extras if one.name.lower() in _DESCRIBING and not one.namespace)
    return OpmlOutline(
        url=outline.url,
        title=outline.title,
        home_url=outline.home_url,
        folders=outline.folders,
        tags=outline.tags,
        full=outline.full,
        extras=extras,
    )


def _public(outline: OpmlOutline) -> OpmlOutline | None:
    """The outline without passwords, tokens and the user's own network; None if nothing of use is left.

    That is so where the path is the secret, and of folders of this machine.
    """
    if is_mail_place(outline.url):
        return None
    home = outline.home_url and (None if has_secret(outline.home_url) else outline.home_url)
    outline = replace(outline, asking=AS_EVER, home_url=home)
    if not has_secret(outline.url):
        return outline
    url = without_secrets(outline.url)
    return None if "…" in url else replace(outline, url=url)


@dataclass(slots=True)
class _Branch:
    """A folder while the file is written."""

    branches: dict[str, "_Branch"] = field(default_factory=dict)
    leaves: list[str] = field(default_factory=list)
    said: str = ""

    def at(self, path: Folder) -> "_Branch":
        branch = self
        for name in path:
            branch = branch.branches.setdefault(name, _Branch())
        return branch

    def there(self, path: Folder) -> "_Branch | None":
        branch: _Branch | None = self
        for name in path:
            branch = branch.branches.get(name) if branch else None
        return branch

    def lines(self, indent: str) -> Iterator[str]:
        for name in sorted(self.branches, key=lambda name: (name.casefold(), name)):
            yield f'{indent}<outline text="{escaped(name)}"{self.branches[name].said}>'
            yield from self.branches[name].lines(f"{indent}  ")
            yield f"{indent}</outline>"
        yield from (f"{indent}{leaf}" for leaf in self.leaves)


def _attributes(extras: Iterable[Extra], prefixes: Prefixes) -> str:
    """Attributes as they stand in a tag; of two with one name the first."""
    named = {prefixes.name(one): one.value for one in reversed(tuple(extras))}
    return " ".join(f'{name}="{escaped(value)}"' for name, value in reversed(named.items()))


def _leaf(outline: OpmlOutline, prefixes: Prefixes) -> str:
    name = outline.title or tidy(outline.url, limit=limits.TITLE_CHARS)
    said = {one.name.lower(): one.value for one in outline.extras if not one.namespace}
    attributes = {
        "text": name,
        "title": said.get("title") or name,
        "type": said.get("type") or "rss",
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
        "pkm:isolate": "true" if outline.isolate else None,
        "pkm:key-policy": KEY_POLICIES[outline.key_policy] if outline.key_policy else None,
        "pkm:interval": interval_words(outline.interval_s) if outline.interval_s else None,
        **{f"pkm:{name}": value for name, value in told_attributes(outline.asking).items()},
        "pkm:mute": _written(outline.muted_at),
        "pkm:private-host": "true" if outline.private_host else None,
    }
    told = [f'{key}="{escaped(value)}"' for key, value in attributes.items() if value]
    more = [one for one in outline.extras if prefixes.name(one).lower() not in _PLACED]
    return f"<outline {' '.join([*told, *([_attributes(more, prefixes)] if more else [])])}/>"


def _written(moment: datetime | None) -> str | None:
    return moment.astimezone(UTC).isoformat() if moment else None


def _encoded(word: str) -> str:
    """A tag as it may stand in `category`, where a comma parts and a slash begins a path."""
    if not re.search(r"^/|,|%25|%2c|%2f", word, re.IGNORECASE):
        return word
    return word.replace("%", "%25").replace(",", "%2C").replace("/", "%2F")
