"""What of a markdown body is shown: the user's own words, the passages they quote, no comments."""

import re

from pkm.rules import words
from pkm.share.links import split_code

_QUOTE_LINE = re.compile(r" {0,3}> ?(.*)")
_MARK = re.compile(r"\s*\^h-[0-9a-z]+\s*")
_CALLOUT = re.compile(r"\[![^\]\n]{1,40}\][+-]?\s*")
_BLANKS = re.compile(r"\n{3,}")


def shown_words(body: str) -> str:
    """The user's own words, markdown; `body` comes from `rules.publictext.public_body`."""
    return _BLANKS.sub("\n\n", words.own_text(body)).strip()


def shown_quotes(body: str) -> tuple[str, ...]:
    """The `>` blocks outside code, without their marks; `body` comes from `rules.publictext.public_body`."""
    prose = "".join("" if code and "\n" in part else part for code, part in split_code(body))
    found: list[list[str]] = [[]]
    for line in prose.split("\n"):
        quoted = _QUOTE_LINE.fullmatch(line)
        if quoted is None:
            found.append([])
        elif not _MARK.fullmatch(quoted[1]):
            found[-1].append(_CALLOUT.sub("", quoted[1]) if not found[-1] else quoted[1])
    joined = ("\n".join(lines).strip() for lines in found)
    return tuple(quote for quote in joined if quote)
