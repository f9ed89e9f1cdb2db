"""A note's file: bytes to noun, noun to bytes, and the small changes that pkm makes in one.

Whoever writes a note elsewhere keeps every byte that the change is not about: front matter by
`frontmatter.edit`, the text by inserting lines.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Final

from pkm.errors import UsageError
from pkm.model.note import Level, NoteFile
from pkm.rules import frontmatter, yamlscalar
from pkm.rules.frontmatter import FrontMatter
from pkm.rules.inert import inert, inert_line, one_line
from pkm.rules.markup import Spans
from pkm.rules.notebody import after_comments, below_title, closed, editable, inserted, lf
from pkm.rules.notelinks import front_links, headings, links_sections, note_links, note_quotes, quote_places
from pkm.rules.words import own_words

_KNOWN: Final = frozenset(
    {
        *("id", "title", "date", "modified", "tags", "tag", "keywords", "aliases", "alias", "source"),
        *("author", "authors", "published", "item", "kind", "status", "visibility", "only", "via"),
        *("hat_tip", "question", "insight", "description"),
    }
)
_DATE: Final = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:[.,]\d+)?)?[ ]?(?:Z|[+-]\d\d:?\d\d)?)?\Z"
)
_CONTROLS: Final = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")  # a NUL makes a file that nobody may rewrite
_RULE: Final = re.compile(r"^---[ \t]*$", re.MULTILINE)
_RELATION: Final = re.compile(r"[^\W\d_][\w -]{0,63}\Z")


# Reading.


def read_note(data: bytes, *, stem: str) -> NoteFile:
    """Read a note. Whatever is wrong with its front matter, its text is read and it has a title.

    Of a note whose front matter is broken, or says its visibility twice, the visibility is `private`.

    Args:
        data: The file.
        stem: Its name without folder and `.md`; the title of last resort.
    """
    front = frontmatter.read(data)
    spans = Spans(front.body)
    values = front.values
    return NoteFile(
        id=_word(values, "id"),
        title=_title(front, spans, stem),
        date=_moment(values, "date"),
        modified=_moment(values, "modified"),
        tags=tuple(
            dict.fromkeys(
                tag.removeprefix("#") for tag in _words(values, "tags", "tag", "keywords") if tag != "#"
            )
        ),
        aliases=_lines(values, "aliases", "alias"),
        source=_word(values, "source"),
        authors=_lines(values, "author", "authors"),
        published=_word(values, "published"),
        items=_words(values, "item"),
        kind=_word(values, "kind"),
        status=_word(values, "status"),
        visibility=_visibility(front),
        only=_lines(values, "only"),
        via=_word(values, "via"),
        hat_tip=_word(values, "hat_tip"),
        question=_word(values, "question"),
        insight=_word(values, "insight"),
        description=_word(values, "description"),
        body=front.body,
        own_words=own_words(front.body),
        quotes=note_quotes(front.body, spans, first_line=front.body_line),
        links=(
            *front_links(front.block, first_line=front.block_line),
            *note_links(front.body, spans, first_line=front.body_line),
        ),
        problem=front.problem or _unknown_level(front),
        has_front_matter=front.present,
        extra=tuple((key, _as_text(value)) for key, value in values.items() if key not in _KNOWN),
    )


def _as_text(value: str | tuple[str, ...]) -> str:
    return value if isinstance(value, str) else ", ".join(value)


def _word(values: Mapping[str, str | tuple[str, ...]], key: str) -> str | None:
    return one_line(_as_text(values.get(key, ""))) or None


def _lines(values: Mapping[str, str | tuple[str, ...]], *keys: str) -> tuple[str, ...]:
    """The elements of a list, or of one text with commas."""
    found: list[str] = []
    for key in keys:
        value = values.get(key, ())
        found += value.split(",") if isinstance(value, str) else value
    return tuple(dict.fromkeys(line for line in map(one_line, found) if line))


def _words(values: Mapping[str, str | tuple[str, ...]], *keys: str) -> tuple[str, ...]:
    """The same, where no element holds a space: Foam and zk write `tags: a b`."""
    return tuple(dict.fromkeys(word for line in _lines(values, *keys) for word in line.split()))


def _title(front: FrontMatter, spans: Spans, stem: str) -> str:
    if title := _word(front.values, "title"):
        return title
    first = next((words for _, words, _, _ in headings(front.body, spans) if words), "")
    return one_line(first) or one_line(stem) or "untitled"


def _moment(values: Mapping[str, str | tuple[str, ...]], key: str) -> datetime | None:
    found = _DATE.match(_word(values, key) or "")
    if not found:
        return None
    try:
        year, month, day, hour, minute, second = (int(part or 0) for part in found.groups())
        return datetime(year, month, day, hour, minute, second)  # noqa: DTZ001 - naive: the home's zone
    except ValueError:
        return None


def _visibility(front: FrontMatter) -> str | None:
    """The word as written; `private` where the file can be read in two ways."""
    problem = front.problem or ""
    doubled = problem.endswith("stands twice")
    if problem and (not doubled or "`visibility`" in problem or "`only`" in problem):
        return Level.PRIVATE.word
    return _word(front.values, "visibility")


def _unknown_level(front: FrontMatter) -> str | None:
    word = _word(front.values, "visibility")
    if word is None or Level.of(word) is not None:
        return None
    line = next(
        (
            number
            for number, line in enumerate(front.block.split("\n"), front.block_line)
            if line.casefold().startswith("visibility")
        ),
        2,
    )
    return f"line {line}: `{word}` is no visibility, so the note counts as private"


# A new file.


def new_note(  # noqa: PLR0913 - one argument a key of the front matter
    *,
    id: str,  # noqa: A002 - the key's own name
    title: str,
    date: datetime,
    kind: str | None,
    body: str = "",
    items: Sequence[str] = (),
    source: str | None = None,
    authors: Sequence[str] = (),
    published: date | str | None = None,
    tags: Sequence[str] = (),
    visibility: str | None = None,
    only: Sequence[str] = (),
    via: str | None = None,
    hat_tip: str | None = None,
    status: str | None = None,
    question: str | None = None,
    insight: str | None = None,
    description: str | None = None,
    aliases: Sequence[str] = (),
    words: Sequence[str] = (),
) -> bytes:
    """A note as a file: front matter, the title as heading if it is on an item, the words.

    The arguments are the keys of the front matter, in their order there; what is empty is left out.
    `date` is naive, local time of the home's zone; `body` the user's own words, markdown.
    """
    values: dict[str, str | Sequence[str] | None] = {
        "id": id,
        "title": title,
        "date": date.replace(tzinfo=None).isoformat(timespec="seconds"),
        "tags": tags,
        "aliases": aliases,
        "source": source,
        "author": authors,
        "published": published
        if published is None or isinstance(published, str)
        else published.isoformat()[:10],
        "item": items[0] if len(items) == 1 else items,
        "kind": kind,
        "status": status,
        "visibility": visibility,
        "only": only,
        "via": via,
        "hat_tip": hat_tip,
        "question": question,
        "insight": insight,
        "description": description,
        "words": words,
    }
    lines = [yamlscalar.lines_of(key, _clean(value)) for key, value in values.items() if value]
    head = f"# {inert_line(title)}" if items else ""
    blocks = [block for block in (head, _paragraph(body)) if block]
    return "\n".join([f"---\n{''.join(lines)}---", *(f"\n{block}" for block in blocks)]).encode() + b"\n"


def _clean(value: str | Sequence[str]) -> str | list[str]:
    return one_line(value) if isinstance(value, str) else [one_line(one) for one in value]


def _paragraph(text: str) -> str:
    """The user's words as they may stand in a body: LF, no blank edges, and no `---` that looks like a fence."""
    lines = _CONTROLS.sub("", lf(text)).encode("utf-8", "replace").decode()
    body = re.sub(r"\A(?:[ \t]*\n)+", "", lines).rstrip()
    spans = Spans(body)
    return _RULE.sub(lambda rule: rule[0] if spans.at(rule.start()) else "***", body)


# Changes in a file.


def set_keys(data: bytes, changes: Mapping[str, str | Sequence[str] | None]) -> bytes:
    """Set and remove keys of the front matter: `frontmatter.edit`."""
    return frontmatter.edit(data, changes)


def append_paragraph(data: bytes, text: str) -> bytes:
    """Put a paragraph at the end of the user's own part: before `## Links`, else at the end.

    Raises:
        NoteUnreadable: The bytes cannot be rewritten, or the paragraph would stand inside an open
            code block or comment.
    """
    parts, body = editable(data)
    spans = closed(body)
    sections = links_sections(body, spans)
    offset = body.rfind("\n", 0, sections[0][0]) + 1 if sections else len(body)
    return inserted(parts, offset, _paragraph(text))


def add_quote(data: bytes, *, quote_id: str, text: str, comment: str | None = None) -> bytes:
    """Put a passage of an item into a note, after the quotes that are there, else below the title.

    The passage is made inert; its own characters are for the anchor, not for the file. The comment
    follows as a list item: the user's own words.

    Raises:
        NoteUnreadable: As for `append_paragraph`.
    """
    parts, body = editable(data)
    spans = closed(body)
    marked = [end for quote, end in quote_places(body, spans) if quote.id]
    offset = after_comments(body, marked[-1]) if marked else below_title(body, spans)
    return inserted(parts, offset, quote_block(text, quote_id=quote_id, comment=comment))


def quote_block(text: str, *, quote_id: str, comment: str | None = None) -> str:
    """The lines of a quote: the `>` block, its mark, and the comment as a list item."""
    quoted = "\n".join(f"> {line}".rstrip() for line in inert(text).strip().split("\n"))
    block = f"{quoted}\n\n^{quote_id}"
    words = _paragraph(comment or "")
    return f"{block}\n\n- {words.replace(chr(10), chr(10) + '  ')}" if words else block


def add_link(data: bytes, *, rel: str, stem: str, title: str) -> bytes:
    """Put `- REL: [[stem|Title]]` under `## Links`; a link that is there already is not put twice.

    Raises:
        UsageError: `rel` is no plain word.
        NoteUnreadable: As for `append_paragraph`.
    """
    relation = one_line(rel)
    if not _RELATION.match(relation):
        raise UsageError(
            f"`{relation}` cannot name a relation",
            why="it is not made of letters",
            hint="for example: --as contradicts",
        )
    label = one_line(re.sub(r"[\[\]|]", " ", title))
    line = f"- {relation}: [[{stem}|{label}]]" if label and label != stem else f"- {relation}: [[{stem}]]"
    parts, body = editable(data)
    spans = closed(body)
    sections = links_sections(body, spans)
    if not sections:
        return inserted(parts, len(body), f"## Links\n\n{line}")
    start, end = sections[0]
    section = body[start:end]
    if line in (one.strip() for one in section.split("\n")):
        return data
    tight = section.rstrip().rpartition("\n")[2].lstrip()[:1] in {"-", "*", "+"} and bool(section.strip())
    return inserted(parts, start + len(section.rstrip()), line, tight=tight)
