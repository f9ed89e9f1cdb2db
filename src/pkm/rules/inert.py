r"""Other people's text, made inert for a markdown note.

A passage of an item is text, not markup: nothing in it may run, link, embed, tag or load in Obsidian,
Logseq, vim or Emacs, nor pass for a mark of ours. Each live sequence gets a backslash before it, which
markdown shows as the bare character (CommonMark 0.31, section 2.4); `plain` takes them away again.
"""

import re
from typing import Final

_BREAKS: Final = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
_DROPPED: Final = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\U000e0000-\U000e007f]")
_BROKEN: Final = re.compile("[\ud800-\udfff\ufffe\uffff]")
_BIDI: Final = re.compile("[\u202a-\u202e\u2066-\u2069]")
_ESCAPED: Final = re.compile(r"\\([!-/:-@\[-`{-~])")

_LIVE: Final = re.compile(
    r"""\\(?=[!-/:-@\[-`{-~])              # a backslash that would escape
      | [`\[\]<|]                          # code (and Dataview in it), links and embeds, HTML, Templater
      | (?<=%)%|(?<=<)%                    # %% comments, <% commands
      | (?<=\$)=                           # Dataview JS
      | (?<=\{)\{                          # Logseq macros, site generators
      | (?<=:):                            # inline fields
      | (?<![^\s(])\#(?=\S)                # tags
      | (?<!\S)\^(?=[\w-]+[ \t]*$)         # block marks
      | (?<=-)\*(?=-)                      # Emacs: -*- … -*-
      | (?<=[Vv]ariables):                 # Emacs: Local Variables:
      | \b(?:vi|vim|ex)[<>=\d]*:           # vim: … (vim>700: too)
      | (?<!~)~(?=~~)                      # fences, however they are indented
    """,
    re.VERBOSE | re.MULTILINE,
)


def inert(text: str) -> str:
    """The text as markdown that shows it and does nothing; lines are kept, line ends become LF."""
    return _LIVE.sub(lambda match: f"{match[0][:-1]}\\{match[0][-1]}", _sound(text))


def inert_line(text: str) -> str:
    """The same in one line, without marks that turn the direction of writing: for headings and labels."""
    return inert(one_line(text))


def one_line(text: str) -> str:
    """The text with every run of white space as one space, and nothing that is no character."""
    if text.isprintable() and "  " not in text:
        return text.strip()
    return " ".join(_BIDI.sub("", _sound(text)).split())


def plain(text: str) -> str:
    """The text that markdown shows for escaped text: `inert` taken back."""
    return _ESCAPED.sub(r"\1", text)


def _sound(text: str) -> str:
    return _BROKEN.sub("\ufffd", _DROPPED.sub("", _BREAKS.sub("\n", text)))
