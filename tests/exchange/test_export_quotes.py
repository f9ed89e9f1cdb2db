import json
from dataclasses import replace

import pytest

from pkm.exchange.quotes import exported_quotes
from pkm.sense.annotate import Sentence, annotate
from pkm.sense.quotes import passage_of
from support.shelves import new_home, opened, stored_item


@pytest.fixture
def shelf(tmp_path):
    with opened(new_home(tmp_path)) as one:
        yield one


def quoted(shelf, words, *, comment="", tags=(), **item):
    one = stored_item(shelf, html="<p>People search for doubts, not for verdicts.</p>", **item)
    passage = replace(passage_of(shelf, one, words), comment=comment, tags=tags)
    return annotate(shelf, one, Sentence(), passage=passage).quote


def test_a_quote_is_a_web_annotation_with_both_selectors(shelf):
    quote = quoted(shelf, "search for doubts", comment="So do we.", tags=("search",))
    [made] = exported_quotes(shelf)

    assert made["@context"] == "http://www.w3.org/ns/anno.jsonld"
    assert (made["id"], made["type"], made["motivation"]) == (
        f"urn:x-pkm:{quote.id}",
        "Annotation",
        "commenting",
    )
    assert [(body["purpose"], body["value"]) for body in made["body"]] == [
        ("commenting", "So do we."),
        ("tagging", "search"),
    ]
    assert made["target"] == {
        "source": "https://example.org/a",
        "selector": [
            {
                "type": "TextQuoteSelector",
                "exact": "search for doubts",
                "prefix": "People ",
                "suffix": ", not for verdicts.",
            },
            {"type": "TextPositionSelector", "start": 7, "end": 24},
        ],
    }


def test_a_quote_of_something_without_an_address_and_a_secret_address(shelf):
    quote = quoted(shelf, "for doubts", url=None, title="A talk")
    quoted(shelf, "for verdicts", url="https://example.org/b?token=0123456789abcdef0123")
    secret, plain = exported_quotes(shelf)

    assert plain["target"]["source"] == f"urn:x-pkm:{quote.item}"
    assert plain["motivation"] == "highlighting"
    assert "body" not in plain
    assert "0123456789abcdef" not in json.dumps(secret, default=str)
