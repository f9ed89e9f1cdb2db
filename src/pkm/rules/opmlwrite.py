"""Write OPML: strict, sorted, one outline a line; equal sources give equal bytes."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from pkm.model.source import AS_EVER, CAPTURES, KEY_POLICIES, Source, Tie
from pkm.rules import limits
from pkm.rules.asking import attributes as told_attributes
from pkm.rules.asking import interval_words
from pkm.rules.clean import tidy
from pkm.rules.opml import NAMESPACE, Folder, OpmlOutline, outline_of
from pkm.rules.urls import has_secret, without_secrets


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


def _public(outline: OpmlOutline) -> OpmlOutline | None:
    """The outline without passwords, tokens and the user's own network; None if its path is the secret."""
    outline = replace(outline, asking=AS_EVER)
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
        "pkm:isolate": "true" if outline.isolate else None,
        "pkm:key-policy": KEY_POLICIES[outline.key_policy] if outline.key_policy else None,
        "pkm:interval": interval_words(outline.interval_s) if outline.interval_s else None,
        **{f"pkm:{name}": value for name, value in told_attributes(outline.asking).items()},
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
