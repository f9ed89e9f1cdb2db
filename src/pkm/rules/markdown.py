"""Text from outside put into markdown, and markdown made into markup.

Captured text is code for the other programs that share the folder: Dataview and Templater run what stands
between their marks, Obsidian embeds what `![[` names, vim and Emacs obey modelines.
"""

import re
from functools import cache
from typing import TYPE_CHECKING, Final

from pkm.rules.clean import Sink, clean
from pkm.rules.html import sanitise
from pkm.rules.urls import display_url, join

if TYPE_CHECKING:
    from markdown_it import MarkdownIt

_SPACES: Final = re.compile(r"\s+")
_SPECIAL: Final = re.compile(
    r"[\\`*\[\]<>|~${}^]"  # code, emphasis, links, HTML and Templater, tables, math, templates, block ids
    r"|(?<![^\W_])_|_(?![^\W_])"  # emphasis; inside a word it is none
    r"|(?<!\S)#(?=\S)"  # Obsidian's tags
    r"|&(?=#?\w+;)"  # character references
    r"|%(?=%)|(?<=%)%|=(?==)|(?<==)="  # Obsidian's comments and highlights
    r"|:(?=//)"  # addresses that some renderers make links of
    r"|(?<=<)%|(?<=\$)=|(?<=\[):"  # Templater, Dataview and Logseq do not mind a backslash before their mark
)
_MODELINE: Final = re.compile(
    r"(?<![^\W_])((?:vim?|ex)(?:\\?[<=>])?\d*|local variables):(?!//)|(?<=-)\*(?=-)", re.IGNORECASE
)
_MARKS: Final = re.compile(r"(?<=<)(?=%)|(?<=\$)(?==)|(?<=!)(?=\[\[)|(?<=\[)(?=:)|(?<=\{)(?=[{%])")
_BLOCK_START: Final = re.compile(
    r"(#{1,6}(?=\s|$)|[-+=:](?=\s|$)|[-=+](?=[-=+ ]*$)|-(?=--))|(\d{1,9})([.)])(?=\s|$)"
)
_REFERENCE: Final = re.compile(r"&(?=#?\w+;)")
_DESTINATION: Final = str.maketrans({"[": "%5B", "]": "%5D", "$": "%24"})


def escape_inline(text: str) -> str:
    """A title or name as markdown that renders as just its words, on one line.

    Good for the text of a link, a heading, a list item, a table's cell, and at the start of a line.
    """
    return escape_text(_SPACES.sub(" ", clean(text, Sink.NOTE_TITLE)).strip())


def escape_text(line: str) -> str:
    """One line of clean text as markdown; white space around it stays."""
    lead = line[: len(line) - len(line.lstrip())]
    words = _SPECIAL.sub(r"\\\g<0>", line[len(lead) :])
    words = _MODELINE.sub(_escaped_modeline, words)
    start = _BLOCK_START.match(words)
    return lead + (_escaped_start(start) + words[start.end() :] if start else words)


def defused(markdown: str) -> str:
    """Markdown in which no mark of a neighbour's programs stands, not even in code: a space breaks it."""
    spaced = _MARKS.sub(" ", markdown)
    return _MODELINE.sub(lambda found: f"{found[1]} :" if found[1] else " *", spaced)


def _escaped_modeline(found: re.Match[str]) -> str:
    return f"{found[1]}\\:" if found[1] else "\\*"


def _escaped_start(found: re.Match[str]) -> str:
    return f"{found[2]}\\{found[3]}" if found[2] else f"\\{found[0]}"


def link(text: str, url: str) -> str:
    """A markdown link whose text cannot end it; the escaped text alone if `url` is no web address."""
    target = join(None, url)
    if target is None:
        return escape_inline(text)
    shown = escape_inline(text) or escape_inline(display_url(url))
    return f"[{shown}]({destination(target)})"


def destination(url: str) -> str:
    """A web address as the target of a markdown link, in pointed brackets where it has round ones.

    Raises:
        ValueError: It is no web address.
    """
    target = join(None, url)
    if target is None:
        raise ValueError(url)
    scheme, slashes, rest = target.partition("://")
    host, slash, path = rest.partition("/")  # the brackets of an IPv6 host stay
    target = _REFERENCE.sub(r"\\&", scheme + slashes + host + slash + path.translate(_DESTINATION))
    return f"<{target}>" if "(" in target or ")" in target else target


def render(markdown: str) -> str:
    """Safe markup of markdown text: raw HTML in it is shown as text, and the result is sanitised."""
    return sanitise(str(_renderer().render(clean(markdown, Sink.NOTE))))


@cache
def _renderer() -> "MarkdownIt":
    from markdown_it import MarkdownIt  # noqa: PLC0415 - 45 ms that only rendering needs

    return MarkdownIt("js-default")
