"""Links in words that leave: to the web they stay, into the vault they become plain words.

A `[[wikilink]]` shows a note's title, and a relative link shows its path; readers can follow neither,
and the title of a note that they may not see must not leak.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from pkm.rules.markup import Part, Spans
from pkm.rules.urls import display_url, has_secret, is_web, shareable

Visible = Callable[[str], bool | None]
"""Whether the audience may see the note that a target names; None if no note answers to it."""

REDACTED = "…"
"""Stands for a hidden note that was linked without words of its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlainLinks:
    """Text without a way into the vault.

    Attributes:
        text: Markdown; hidden targets are gone from it.
        hidden: Targets that the audience may not see, as written, in order: for the user's eyes only.
        secret: Web addresses that hold a secret: for the user's eyes only.
    """

    text: str
    hidden: tuple[str, ...] = ()
    secret: tuple[str, ...] = ()


def plain_links(text: str, visible: Visible) -> PlainLinks:
    """Rewrite links outside code; a picture becomes a link, since a hot-linked one reports its readers."""
    walk = _Walk(visible=visible)
    out = "".join(part if code else walk.rewrite(part) for code, part in split_code(text))
    out = _ADDRESS.sub(walk.masked, out)
    return PlainLinks(text=out, hidden=tuple(walk.hidden), secret=tuple(walk.secret))


def split_code(text: str) -> Iterator[tuple[bool, str]]:
    """Stretches of a markdown text with LF, with whether each is code.

    A fence that is never closed is no code here: what hides in it would show if a reader's program
    thinks otherwise.
    """
    at = 0
    for span in Spans(text).all:
        if span.part in _CODE and span.closed:
            yield False, text[at : span.start]
            yield True, text[span.start : span.end]
            at = span.end
    yield False, text[at:]


_CODE = frozenset({Part.FENCE, Part.CODE})
_LINK = re.compile(
    r"!?\[\[(?P<wiki>[^\[\]\n|#]*)(?P<anchor>#[^\[\]\n|]*)?(?:\|(?P<label>[^\[\]\n]*))?\]\]"
    r"|(?P<image>!?)\[(?P<text>(?:[^\[\]\\]|\\.|\[[^\[\]]{0,500}\])*)\]"
    r"\([ \t]*(?:<(?P<pointed>[^<>\n]*)>|(?P<bare>[^\s()<>]*(?:\([^\s()]*\)[^\s()<>]*)*))"
    r"(?:\s+(?:\"[^\"]*\"|'[^']*'))?[ \t]*\)"
    r"|^[ ]{0,3}\[[^\[\]\n]+\]:[ \t]*<?(?P<defined>[^\s<>]+)>?[^\n]*\n?"
    r"|<(?P<auto>[a-zA-Z][a-zA-Z0-9+.-]{1,31}:[^\s<>]*)>",
    re.MULTILINE,
)
_ADDRESS = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]{1,20}://[^\s<>()\[\]`\"]+")
_MAIL = re.compile(r"mailto:[^\s<>()]+", re.IGNORECASE)


@dataclass(slots=True)
class _Walk:
    """Collects what was hidden while links are rewritten."""

    visible: Visible
    hidden: list[str] = field(default_factory=list)
    secret: list[str] = field(default_factory=list)

    def rewrite(self, text: str) -> str:
        return _LINK.sub(self._replace, text)

    def masked(self, found: re.Match[str]) -> str:
        """A bare address, with what lets its owner in shown as `…`."""
        if not has_secret(found[0]):
            return found[0]
        self.secret.append(found[0])
        return display_url(found[0])

    def _replace(self, found: re.Match[str]) -> str:
        if found["wiki"] is not None:
            return self._wiki(found["wiki"].strip(), (found["anchor"] or "").lstrip("#^"), found["label"])
        if found["defined"] is not None:
            return self._kept(found["defined"], found[0], "")
        if found["auto"] is not None:
            return self._kept(found["auto"], found[0], "")
        target = found["pointed"] if found["pointed"] is not None else found["bare"]
        whole = found[0].removeprefix("!")
        return self._kept(target, whole, found["text"], local=True)

    def _wiki(self, target: str, anchor: str, label: str | None) -> str:
        if target and self.visible(target) is False:
            self.hidden.append(target)
            return label or REDACTED
        return label or target or anchor

    def _kept(self, target: str, whole: str, words: str, *, local: bool = False) -> str:
        """The whole link if it leads to the web without a secret, else its words."""
        if is_web(target):
            address = _shared_address(target)
            if address is None:
                self.secret.append(target)
                return words
            head, _, tail = whole.rpartition(target)
            return head + address + tail
        if _MAIL.fullmatch(target):
            return whole
        if local and self.visible(target) is False:
            self.hidden.append(target)
        return words


def _shared_address(target: str) -> str | None:
    """Without what tracks; the place on the page stays, since it was typed to point there."""
    address = shareable(target)
    place = target.partition("#")[2]
    if address is None or not place or "#" in address:
        return address
    return None if has_secret(f"{address.partition('?')[0]}?{place}") else f"{address}#{place}"
