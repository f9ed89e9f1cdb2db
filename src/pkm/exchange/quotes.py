"""Export: every quote as a web annotation (W3C Web Annotation Data Model), one after the other."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from pkm.model.item import Item
from pkm.model.quote import Quote
from pkm.rules.notequotes import quote_comments
from pkm.rules.urls import without_secrets
from pkm.shelf.shelf import Shelf
from pkm.store.quotes import QuoteFilter

_CONTEXT: Final = "http://www.w3.org/ns/anno.jsonld"
_PREFIX: Final = "urn:x-pkm:"  # RFC 8141, section 5.1: informal names need no registry


def exported_quotes(shelf: Shelf) -> Iterator[Mapping[str, Any]]:
    """Every quote, newest first, with what the user says of it and its tags."""
    comments: dict[str, Mapping[str, str]] = {}
    for quote in shelf.store.quotes.listing(QuoteFilter()):
        if quote.note not in comments:
            note = shelf.store.notes.get(quote.note)
            comments[quote.note] = quote_comments(note.file.body) if note else {}
        item = shelf.store.items.get(quote.item)
        yield annotation(quote, item, comment=comments[quote.note].get(quote.id, ""))


def annotation(quote: Quote, item: Item | None, *, comment: str) -> Mapping[str, Any]:
    """A quote as an annotation: sections 3.1 (annotations), 3.2.4 (textual bodies), 4.2.4 and 4.2.5 (selectors).

    Its target is the page; of an item without an address the item's own id.
    """
    url = item.url if item else quote.url
    bodies = [
        *([_body(comment, "commenting", "text/markdown")] if comment else []),
        *(_body(tag, "tagging", "text/plain") for tag in quote.tags),
    ]
    return {
        "@context": _CONTEXT,
        "id": f"{_PREFIX}{quote.id}",
        "type": "Annotation",
        "motivation": "commenting" if comment else "highlighting",
        "created": quote.created_at,
        **({"body": bodies} if bodies else {}),
        "target": {
            "source": without_secrets(url) if url else f"{_PREFIX}{quote.item}",
            "selector": [
                {
                    "type": "TextQuoteSelector",
                    "exact": quote.anchor.exact,
                    "prefix": quote.anchor.prefix,
                    "suffix": quote.anchor.suffix,
                },
                {
                    "type": "TextPositionSelector",
                    "start": quote.anchor.start,
                    "end": quote.anchor.start + len(quote.anchor.exact),
                },
            ],
        },
    }


def _body(value: str, purpose: str, form: str) -> Mapping[str, str]:
    return {"type": "TextualBody", "value": value, "format": form, "purpose": purpose}
