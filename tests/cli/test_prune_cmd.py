"""`pkm prune` as a session."""

import json
from datetime import timedelta

import pytest

from pkm.seek.triage import let_go
from pkm.shelf import home as homes
from support.shelves import NOW, Clock, opened, stored_item


@pytest.fixture
def here(pkm):
    """A home with two items of long ago that were let go, and one that was not."""
    made = homes.at(pkm.home)
    homes.make(made, settings="")
    with opened(made, now=Clock(NOW - timedelta(days=900))) as shelf:
        for n in range(3):
            item = stored_item(
                shelf, title=f"Item {n}", url=f"https://example.org/{n}", html=f"<p>{'w' * 900}{n}</p>"
            )
            if n:
                let_go(shelf, [item])
    return pkm


def count(pkm):
    return len(json.loads(pkm("seek", "--all", "--json").out)["items"])


def test_it_says_what_would_go_asks_prunes_and_is_undone(here):
    code, out, err = here("prune", "--dry-run")
    assert code == 0
    assert out.splitlines() == ["2\tA source"]
    assert "2 items would go" in err
    assert "nothing was changed" in err
    code, _, err = here("prune")
    assert code == 2
    assert "--yes" in err
    assert "brings it back for 90 days" in err
    assert count(here) == 3
    code, _, err = here("prune", "--yes")
    assert code == 0
    assert "pruned 2 items" in err
    assert count(here) == 1
    assert here("undo").code == 0
    assert count(here) == 3


def test_the_document_counts_items_and_bytes(here):
    document = json.loads(here("prune", "--yes", "--json", "--keep", "title:1").out)
    assert document["schema"] == "pkm.pruned/1"
    assert (document["items"], document["done"], document["reversible"]) == (1, True, True)
    assert document["bytes"] > 900
    assert [(one["title"], one["items"]) for one in document["sources"]] == [("A source", 1)]


def test_nothing_to_prune_is_said_and_no_failure(here):
    code, out, err = here("prune", "--older", "2000-01-01")
    assert (code, out) == (0, "")
    assert "Nothing older" in err
    assert here("prune", "--keep", "...").code == 2
    assert here("prune", "--older", "soon").code == 2
