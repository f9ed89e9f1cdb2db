"""The shape of a note that answers a prompt of several parts: a template, in a sandbox."""

from collections.abc import Mapping, Sequence
from typing import Final

from pkm.errors import NotFound, PkmError
from pkm.model.item import Item
from pkm.rules.clean import Sink, clean
from pkm.rules.ids import is_id, is_tail
from pkm.rules.promptfile import Prompt, asked_first
from pkm.rules.resolve import stem_of
from pkm.shelf import lookup
from pkm.shelf.shelf import Shelf
from pkm.vault import assets

FOLDER: Final = "templates"
_PARTS: Final = "parts"
_NAMES: Final = "parts (heading, question, words, several), item (id, title, url), quotes (id, text)"
_TITLE_WORDS: Final = 8
_TITLE_CHARS: Final = 60

Answers = Mapping[str, Sequence[str]]
"""What was said, by heading."""


def shape(shelf: Shelf, prompt: Prompt, answers: Answers, item: Item | None = None) -> str:
    """The text of a note: the answers below their headings, the open questions as comments.

    Raises:
        UsageError: The template cannot be used; nothing was written.
    """
    from pkm.rules.templating import render  # noqa: PLC0415 - jinja2 is slow to load, and a sentence needs none

    template = assets.find(shelf.home.root, f"{FOLDER}/note-{prompt.name}.md.j2") or assets.find(
        shelf.home.root, f"{FOLDER}/note-{_PARTS}.md.j2"
    )
    if template is None:
        raise NotFound("the template note-parts is missing", hint="install pkm anew")
    quotes = shelf.store.quotes.of_item(item.id) if item else ()
    values = {
        "parts": [
            {
                "heading": part.heading,
                "question": asked_first(part),
                "words": _words(shelf, answers.get(part.heading, ()), several=part.several),
                "several": part.several,
            }
            for part in prompt.parts
        ],
        "item": {"id": item.id, "title": item.title or item.id, "url": item.url} if item else None,
        "quotes": [{"id": quote.id, "text": clean(quote.anchor.exact, Sink.LINE)} for quote in quotes],
    }
    place = template.place if template.own else f"pkm's {template.place}"
    return render(template.text, place=place, names=_NAMES, values=values).strip("\n")


def _words(shelf: Shelf, said: Sequence[str], *, several: bool) -> str:
    if not several:
        return "\n\n".join(said)
    return "\n".join(f"- {cited(shelf, one)}" for one in said)


def cited(shelf: Shelf, text: str) -> str:
    """A line of evidence whose first word, the end of an id, is written out so that it can be followed.

    A note and a quote become links that Obsidian follows too; anything else stays as it is.
    """
    word, space, rest = text.strip().partition(" ")
    if not (is_id(word) or is_tail(word)):
        return text
    try:
        found = lookup.whole_id(shelf, word, "inh")
    except PkmError:  # an ordinary word
        return text
    return f"{_link(shelf, found)}{space}{rest}"


def _link(shelf: Shelf, found: str) -> str:
    quote = shelf.store.quotes.get(found) if found.startswith("h-") else None
    note = shelf.store.notes.get(quote.note if quote else found)
    if note is None:
        return found
    return f"[[{stem_of(note.path)}{f'#^{found}' if quote else ''}]]"


def title_of(answers: Answers) -> str | None:
    """The first words that were said, as a title; None if nothing was."""
    first = next((one for said in answers.values() for one in said if one.strip()), None)
    if first is None:
        return None
    return " ".join(first.split()[:_TITLE_WORDS])[:_TITLE_CHARS].rstrip(" .,;:")
