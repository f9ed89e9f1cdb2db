"""Where links stand in a text, to the character, so that one can be changed and nothing else.

`[[target]]`, `![[target]]`, `[words](path)`, `![words](path)` and `[name]: path`; never in code, in comments, in
addresses, or behind a backslash. Sources: CommonMark 0.31, section 6.3, for paths; Obsidian's help for the rest.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final
from urllib.parse import unquote

from pkm.model.note import LinkForm
from pkm.rules.markup import Spans

# Two brackets in a path are a link of their own: else it would hang on a space in the name which of both it is.
_BARE: Final = r"(?:[^\s()<>\[]|\[(?!\[))"
_LINK: Final = re.compile(
    r"(?P<bang>!?)(?:\[\[(?P<wiki>[^\[\]\n]+)\]\]"
    r"|\[(?P<label>(?:[^\[\]\n\\]|\\.|\[[^\[\]\n]{0,500}\])*+)\]"
    r"\([ \t]*(?:<(?P<pointed>[^<>\n]*)>|(?P<bare>" + _BARE + r"*(?:\(" + _BARE + r"*\)" + _BARE + r"*)*))"
    r"(?:[ \t]+(?:\"[^\"\n]*\"|'[^'\n]*'|\([^()\n]*\)))?[ \t]*\))"
    r"|^[ ]{0,3}\[(?!\^)[^\[\]\n]+\]:[ \t]*(?:<(?P<to_pointed>[^<>\n]*)>|(?P<to_bare>[^\s<>]+))",
    re.MULTILINE,
)
_SCHEME: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:|//")
_LABEL_BAR: Final = re.compile(r"\\?\|")  # in a table the bar between target and label is escaped
_REMARK: Final = re.compile(r"^[ \t]*#[^\n]*", re.MULTILINE)
_AROUND_ADDRESS: Final = re.compile(r"[\s<>()\"]")
_ADDRESS_CHARS: Final = 2_048
# What would end a path, or be read as an escape, in round brackets and in pointed ones.
_IN_ROUND: Final = re.compile(r"[\s()<>\[\]\\%#?\"]")
_IN_POINTED: Final = re.compile(r"[\n<>\\%#?]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A link, and where it stands.

    Attributes:
        target: As meant: spaces at its ends off, %-escapes of a path resolved.
        raw: As written.
        anchor: What follows `#`, None if nothing does.
        label: The words shown, None if the target is.
        opened: Offset of the link's first character.
        closed: Offset behind its last.
        start: Offset of the target as written.
        end: Offset behind it.
        pointed: The path stands in `<…>`.
    """

    form: LinkForm
    target: str
    raw: str
    anchor: str | None = None
    label: str | None = None
    opened: int
    closed: int
    start: int
    end: int
    pointed: bool = False

    @property
    def is_path(self) -> bool:
        """Whether it is written as a path, and not by a name in double brackets."""
        return self.form in {LinkForm.PATH, LinkForm.IMAGE}

    @property
    def to_note(self) -> bool:
        """Whether it may lead to a note: any name, but of the paths only those in `.md`."""
        if self.is_path:
            return self.form == LinkForm.PATH and self.target.casefold().endswith(".md")
        return True

    def written(self, target: str) -> str:
        """A target as it stands in a link of this form."""
        if not self.is_path:
            return target
        return (_IN_POINTED if self.pointed else _IN_ROUND).sub(_escaped, target)


def places(text: str, spans: Spans) -> Iterator[Place]:
    """The links of a text, in order.

    Args:
        text: With LF.
        spans: Of the same text.
    """
    for found in _LINK.finditer(text):
        opened = found.start()
        escaped = _is_escaped(text, opened)
        bang = bool(found["bang"])
        if (escaped and not bang) or spans.at(opened) or _in_address(text, opened):
            continue
        place = _wiki(found) if found["wiki"] is not None else _path(found)
        if place is not None:
            yield _unbanged(place) if escaped and bang else place


def without_remarks(block: str) -> str:
    """YAML with its comment lines blanked, every other character where it was."""
    return _REMARK.sub(lambda remark: " " * len(remark[0]), block)


def _wiki(found: re.Match[str]) -> Place | None:
    inside, base = found["wiki"], found.start("wiki")
    bar = _LABEL_BAR.search(inside)
    whole, label = (inside[: bar.start()], inside[bar.end() :]) if bar else (inside, "")
    target, _, anchor = whole.partition("#")
    if not target.strip() or "://" in target:
        return None
    start = base + len(target) - len(target.lstrip())
    return Place(
        form=LinkForm.EMBED if found["bang"] else LinkForm.WIKI,
        target=target.strip(),
        raw=target.strip(),
        anchor=anchor.strip() or None,
        label=label.strip() or None,
        opened=found.start(),
        closed=found.end(),
        start=start,
        end=start + len(target.strip()),
    )


def _path(found: re.Match[str]) -> Place | None:
    group = next(name for name in ("pointed", "bare", "to_pointed", "to_bare") if found[name] is not None)
    target, _, anchor = found[group].partition("#")
    if not target.strip() or _SCHEME.match(target):
        return None
    start = found.start(group)
    return Place(
        form=LinkForm.IMAGE if found["bang"] else LinkForm.PATH,
        target=unquote(target.strip()),
        raw=target.strip(),
        anchor=unquote(anchor).strip() or None,
        label=(found["label"] or "").strip() or None,
        opened=found.start(),
        closed=found.end(),
        start=start + len(target) - len(target.lstrip()),
        end=start + len(target.rstrip()),
        pointed=group.endswith("pointed"),
    )


def _unbanged(place: Place) -> Place:
    r"""A link behind `\!`: the mark is a character, and what follows an ordinary link."""
    form = LinkForm.PATH if place.is_path else LinkForm.WIKI
    return replace(place, form=form, opened=place.opened + 1)


def _is_escaped(text: str, offset: int) -> bool:
    before = offset
    while before and text[before - 1] == "\\":
        before -= 1
    return (offset - before) % 2 == 1


def _in_address(text: str, offset: int) -> bool:
    """Whether the run of characters that `offset` goes on is a web address."""
    scheme = text.rfind("://", max(0, offset - _ADDRESS_CHARS), offset)
    return scheme >= 0 and not _AROUND_ADDRESS.search(text, scheme, offset)


def _escaped(found: re.Match[str]) -> str:
    return "".join(f"%{byte:02X}" for byte in found[0].encode("utf-8", "replace"))
