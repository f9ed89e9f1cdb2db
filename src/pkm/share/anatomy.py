"""What a piece of a draft is made of, with lines: for the check alone, nothing is rendered from it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from markdown_it import MarkdownIt
from markdown_it.token import Token

from pkm.model.draft import Block, Outside
from pkm.rules.draftfiling import paragraphs

_NUMBER = re.compile(r"\d+\.\s+")
_QUOTE = re.compile(r"^ {0,3}> ?", re.MULTILINE)
_MARK = re.compile(r"^\s*\^h-[0-9a-z]+\s*$", re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A passage and where it is.

    Attributes:
        text: The target of a link, or the passage without marks.
        line: Of the paragraph that it stands in; 1 for the file's first line.
        words: What a link shows; a picture's description.
        image: It is a picture.
    """

    text: str
    line: int
    words: str = ""
    image: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Anatomy:
    """The parts of one piece.

    Attributes:
        title: Text of the first heading without its number; None if there is no heading.
        address: Target of the first link in that heading, None if it has none.
        links: All links and pictures.
        words: The user's own paragraphs.
        quotes: Passages quoted with `>`.
    """

    title: str | None = None
    address: str | None = None
    links: tuple[Place, ...] = ()
    words: tuple[Place, ...] = ()
    quotes: tuple[Place, ...] = ()


def dissect(piece: Block | Outside) -> Anatomy:
    """Take a piece apart."""
    text = piece.text.replace("\r\n", "\n")
    first = piece.line + 1 if isinstance(piece, Block) else piece.line
    tokens = _PARSER.parse(text)
    heading = next((n for n, token in enumerate(tokens) if token.type == "heading_open"), None)
    in_heading = tokens[heading + 1] if heading is not None else None
    addresses = [place.text for place in _links(in_heading, 0) if not place.image] if in_heading else []
    parts = paragraphs(text)
    return Anatomy(
        title=_NUMBER.sub("", _shown(in_heading), count=1).strip() if in_heading else None,
        address=addresses[0] if addresses else None,
        links=tuple(place for token in tokens for place in _links(token, first)),
        words=tuple(Place(text=part.text, line=first + part.line) for part in parts if part.words),
        quotes=tuple(
            Place(text=_unquoted(part.text), line=first + part.line)
            for part in parts
            if part.text.lstrip().startswith(">")
        ),
    )


class _EveryLink(MarkdownIt):
    """The parser drops links that it holds unsafe; here they have to be seen to be named."""

    def validateLink(self, url: str) -> bool:  # noqa: ARG002, N802 - the library's name and shape
        return True


_PARSER = _EveryLink("js-default")


def _links(token: Token, first: int) -> Iterator[Place]:
    line = first + (token.map[0] if token.map else 0)
    children = token.children or []
    for at, child in enumerate(children):
        if child.type == "link_open":
            shown = "".join(_until_close(children[at + 1 :]))
            yield Place(text=str(child.attrs.get("href", "")), line=line, words=shown)
        elif child.type == "image":
            source = str(child.attrs.get("src", ""))
            yield Place(text=source, line=line, words=child.content.strip(), image=True)


def _until_close(tokens: list[Token]) -> Iterator[str]:
    for token in tokens:
        if token.type == "link_close":
            return
        yield token.content


def _shown(inline: Token) -> str:
    return "".join(child.content for child in inline.children or [])


def _unquoted(text: str) -> str:
    return _MARK.sub("", _QUOTE.sub("", text)).strip()
