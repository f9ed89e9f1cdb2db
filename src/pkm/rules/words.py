"""Which words of a note are the user's own, and which of them may leave.

Not own: quotations (`>`), headings, code blocks, comments (`<!-- -->`, `%% %%`), the marks of quotes,
prompt lines, generated parts and the `## Links` section. Private parts are the user's own all the
same: cut them with `cut_private` before anything leaves.
"""

import re
from collections.abc import Collection, Iterator
from typing import Final

from pkm.errors import VisibilityRefused
from pkm.rules.limits import OWN_WORDS
from pkm.rules.markup import Part, Span, Spans, without

_GENERATED: Final = re.compile(r"<!--\s*pkm:(begin|end)\b")
_HEADING: Final = re.compile(r"[ ]{0,3}(#{1,6})(?:[ \t]+(.*?))?(?:[ \t]+#+)?[ \t]*\Z")
_UNDERLINE: Final = re.compile(r"[ ]{0,3}=+[ \t]*\Z")
_QUOTE: Final = re.compile(r"[ \t]*(?:[-*+][ \t]+)?>")
_MARK: Final = re.compile(r"[ \t]*\^h-[0-9A-Za-z-]+[ \t]*\Z")
_LIST: Final = re.compile(r"[ \t]*(?:[-*+]|\d{1,9}[.)])(?:[ \t]|\Z)")
_INDENTED: Final = re.compile(r"(?: {4}|[ ]{0,3}\t)[ \t]*\S")
_BLANK: Final = re.compile(r"\n[ \t]*\n")
_BLANKS: Final = re.compile(r"\n(?:[ \t]*\n){2,}")

_LINK: Final = r"!?\[\[[^\[\]\n]*\]\]|!?\[[^\[\]\n]*\]\([^()\s]*\)|<?https?://[^\s<>]+>?"
_ONLY_LINKS: Final = re.compile(rf"[ \t]*(?:[-*+][ \t]+)?(?:(?:{_LINK})[ \t,;]*)+\Z")
_NO_WORDS: Final = re.compile(
    r"!\[\[[^\[\]\n]*\]\]|!\[[^\[\]\n]*\]\([^()\s]*\)|\]\([^()\s]*\)|https?://[^\s<>]+"
    r"|</?[A-Za-z][^<>\n]*>|(?<!\S)#[^\s#]+|(?<!\S)\^[\w-]+(?=\s|\Z)|(?<=\[)\[[^\[\]|\n]*\|"
)
_CJK: Final = re.compile(
    "[\u3005-\u3007\u3021-\u3029\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
    "\uff66-\uff9d\U0001b000-\U0001b16f\U00020000-\U0003ffff]"
)
_CJK_MARKS: Final = frozenset("\u30fb\u30a0\u309b\u309c")
_PARTS_WORDS: Final = re.compile(r"[\u2010-\u2015\u2026/|\\]")


def own_text(body: str, *, prompts: Collection[str] = ()) -> str:
    """The markdown of the user's own words: whole lines, as they stand, without what is not theirs.

    Args:
        body: All after the front matter, with LF.
        prompts: Lines that a prompt put there; a line equal to one (spaces at its ends apart) is left out.
    """
    spans = Spans(body)
    text = without(body, _foreign(body, spans))
    asked = {prompt.strip() for prompt in prompts}
    kept = (line for line in _own_lines(text.split("\n")) if line.strip() not in asked or not line.strip())
    return _BLANKS.sub("\n\n", "\n".join(kept)).strip("\n").rstrip()


def own_words(body: str, *, prompts: Collection[str] = ()) -> int:
    """How many words of the body are the user's own; CJK is counted by character."""
    return count_words(own_text(body, prompts=prompts))


def has_own_words(body: str, *, prompts: Collection[str] = ()) -> bool:
    """Whether the note says something: `OWN_WORDS` words or CJK characters."""
    return own_words(body, prompts=prompts) >= OWN_WORDS


def count_words(text: str) -> int:
    """Words of a markdown text; CJK by character. Links count by their label, bare addresses not at all."""
    code = ((span.start, span.end) for span in Spans(text).all if span.part is Part.CODE)
    lines = (line for line in without(text, code).split("\n") if not _ONLY_LINKS.match(line))
    plain = _PARTS_WORDS.sub(" ", _NO_WORDS.sub(" ", "\n".join(lines)))
    characters = sum(char not in _CJK_MARKS for char in _CJK.findall(plain))
    return characters + sum(any(map(str.isalnum, token)) for token in _CJK.sub(" ", plain).split())


def cut_private(body: str) -> str:
    """The body without `%% … %%` and `<!-- private --> … <!-- /private -->`.

    Raises:
        VisibilityRefused: A mark has no partner, so that nobody can say what is private.
    """
    spans = Spans(body)
    _refuse_unclosed(body, spans)
    return without(body, _private(body, spans))


def _private(body: str, spans: Spans) -> Iterator[tuple[int, int]]:
    opened: list[Span] = []
    for span in spans.all:
        if span.part is Part.PRIVATE_OPEN:
            opened.append(span)
        elif span.part is Part.PRIVATE_CLOSE:
            if not opened:
                raise _unclosed(body, span, "<!-- /private --> without <!-- private -->")
            start = opened.pop().start
            if not opened:
                yield start, span.end
        elif span.part is Part.COMMENT and not opened:
            if _crosses(body, span):
                raise _unclosed(body, span, "%% is not closed in its paragraph")
            yield span.start, span.end
    if opened:
        raise _unclosed(body, opened[0], "<!-- private --> is never closed")


def _crosses(body: str, span: Span) -> bool:
    """Whether a comment begun within a line runs over a blank one.

    Two stray `%%` ("100%%") around a real comment would turn its inside out, so such a pair is no pair.
    """
    within_line = body[body.rfind("\n", 0, span.start) + 1 : span.start].strip()
    return bool(within_line) and bool(_BLANK.search(body, span.start, span.end))


def _refuse_unclosed(body: str, spans: Spans) -> None:
    span = spans.unclosed
    if span is None:
        return
    if span.part is not Part.FENCE:
        mark = "%%" if span.part is Part.COMMENT else "<!--"
        raise _unclosed(body, span, f"{mark} is never closed")
    inside = body[span.start :]
    if "%%" in inside or "<!--" in inside:
        raise _unclosed(body, span, "a code block is never closed, and a private mark follows")


def _unclosed(body: str, span: Span, what: str) -> VisibilityRefused:
    line = body.count("\n", 0, span.start) + 1
    return VisibilityRefused(
        f"line {line} of the text: {what}",
        why="so it is not clear which words are private, and none of them leave",
        hint="add the missing mark, or write it in `backticks` if it is meant as text",
    )


def _foreign(body: str, spans: Spans) -> Iterator[tuple[int, int]]:
    """Slices that are comments, code blocks, or generated parts with the marks around them; in order."""
    ends = _generated(body, spans)
    for span in spans.all:
        if span.part is not Part.CODE:
            yield span.start, ends.get(span.start, span.end)


def _generated(body: str, spans: Spans) -> dict[int, int]:
    """Where each generated part begins and ends; one that is never closed is only its mark."""
    parts: dict[int, int] = {}
    begun: Span | None = None
    for span in spans.all:
        mark = _GENERATED.match(body, span.start) if span.part is Part.HTML_COMMENT else None
        if mark and mark[1] == "begin":
            begun = span
        elif mark and begun:
            parts[begun.start] = span.end
            begun = None
    return parts


def _own_lines(lines: list[str]) -> Iterator[str]:
    in_links = in_list = False
    before_blank = True
    for index, line in enumerate(lines):
        heading = _HEADING.match(line)
        if heading:
            in_links = _in_links(heading, now=in_links)
            in_list = False
        elif not in_links and not _is_foreign(line, lines, index):
            code = before_blank and not in_list and _INDENTED.match(line)
            if not code:
                yield line
        if line.strip():
            in_list = bool(_LIST.match(line)) or (in_list and line[:1] in " \t")
        before_blank = not line.strip() or bool(heading)


def _in_links(heading: re.Match[str], *, now: bool) -> bool:
    if len(heading[1]) == 2 and (heading[2] or "").strip().casefold() == "links":
        return True
    return now and len(heading[1]) > 2


def _is_foreign(line: str, lines: list[str], index: int) -> bool:
    if _QUOTE.match(line) or _MARK.match(line):
        return True
    if _UNDERLINE.match(line) and index and lines[index - 1].strip():
        return True
    underlined = index + 1 < len(lines) and _UNDERLINE.match(lines[index + 1])
    return bool(underlined and line.strip())
