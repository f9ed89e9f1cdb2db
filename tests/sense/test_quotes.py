import shutil
from dataclasses import replace

import pytest

from pkm.errors import NotFound, UsageError
from pkm.model.item import ParsedFeed, ParsedItem
from pkm.model.quote import Outcome
from pkm.rules.query import parse_query
from pkm.seek.arrive import bring
from pkm.sense.annotate import Sentence, annotate
from pkm.sense.quotelist import listed_quotes, seen
from pkm.sense.quotes import already, passage_of, reattach, remove
from pkm.shelf.rebuild import rebuild
from pkm.shelf.sync import sync
from pkm.shelf.undo import undo
from pkm.store.quotes import QuoteFilter
from support.shelves import Clock, new_home, opened, stored_item, stored_source

BEFORE = "Teams keep long logs of their work. "
QUOTE = "People search for doubts and not for verdicts."
AFTER = " That is why we read the margins first."
HTML = f"<p>{BEFORE}{QUOTE}{AFTER}</p>"
URL = "https://example.org/a"


@pytest.fixture
def home(tmp_path):
    return new_home(tmp_path)


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def shelf(home, clock):
    with opened(home, now=clock) as one:
        yield one


def edited(shelf, html, *, title="A title"):
    """The feed comes again, with another text."""
    shelf.now.forward(hours=1)
    one = ParsedItem(raw_id=URL, title=title, url=URL, html=html)
    with shelf.writing():
        bring(shelf, stored_source(shelf), ParsedFeed(format="rss20", items=(one,)), now=shelf.now())


def quoted(shelf, words=QUOTE, **more):
    item = stored_item(shelf, html=HTML)
    passage = replace(passage_of(shelf, item, words), **more)
    return annotate(shelf, item, Sentence(), passage=passage).quote


def standing(shelf, quote):
    return shelf.store.standings.of([quote.id]).get(quote.id)


def file_of(shelf, quote):
    return (shelf.home.root / shelf.store.notes.get(quote.note).path).read_text(encoding="utf-8")


def test_a_passage_is_found_whatever_its_spaces_and_quotation_marks(shelf):
    item = stored_item(shelf, html="<p>He said: “It’s\na promise – nobody watches.”</p>")

    found = passage_of(shelf, item, '"It\'s a promise - nobody watches."')
    assert found.anchor.exact.startswith("“It’s")
    assert found.text_sha == item.text_sha


def test_a_passage_that_stands_twice_is_asked_about(shelf):
    item = stored_item(shelf, html="<p>Again and again.</p><p>Again and again.</p>")
    with pytest.raises(UsageError, match="2 places"):
        passage_of(shelf, item, "Again and again")


def test_the_text_of_another_arrival_will_do(shelf):
    item = stored_item(shelf, html="<p>Only a summary.</p>")
    other = stored_source(shelf, "https://other.example/feed")
    stored_item(shelf, html="<p>The whole text, with the passage.</p>", source=other)

    found = passage_of(shelf, item, "with the passage")
    assert found.text_sha != item.text_sha


def test_the_nearest_passages_are_those_of_the_shown_text(shelf):
    item = stored_item(shelf, html="<p>People search for doubts. They do.</p>")
    with pytest.raises(NotFound) as caught:
        passage_of(shelf, item, "Peopel serch for doubts")

    assert "People search for doubts" in caught.value.why


def test_a_quote_whose_note_is_gone_does_not_stand_in_the_way(shelf):
    item = stored_item(shelf, html="<p>People search for doubts.</p>")
    sensed = annotate(shelf, item, Sentence(), passage="search for doubts")
    passage = passage_of(shelf, item, "search for doubts")

    assert already(shelf, item, passage) == sensed.quote
    with shelf.writing():
        shelf.store.notes.remove(sensed.note.id)
    assert already(shelf, item, passage) is None


def test_the_place_that_is_named_is_marked(shelf):
    item = stored_item(shelf, html="<p>Again and again.</p><p>Again and again.</p>")
    first = annotate(shelf, item, Sentence(), passage=passage_of(shelf, item, "Again and again", nth=1))
    second = annotate(shelf, item, Sentence(), passage=passage_of(shelf, item, "Again and again", nth=2))

    assert first.quote.anchor.start < second.quote.anchor.start
    with pytest.raises(NotFound, match="no 3"):
        passage_of(shelf, item, "Again and again", nth=3)


# What its source edits.


def test_a_quote_is_looked_for_in_every_text_that_arrives(shelf):
    quote = quoted(shelf)
    assert standing(shelf, quote) is None

    edited(shelf, f"<p>A new beginning. {BEFORE}{QUOTE}{AFTER}</p>")
    assert standing(shelf, quote).outcome == Outcome.EXACT
    edited(shelf, HTML.replace("not for verdicts", "not for rulings"))
    assert standing(shelf, quote).words == "People search for doubts and not for rulings."
    edited(shelf, f"<p>{BEFORE}{AFTER}</p>")
    assert standing(shelf, quote).outcome == Outcome.ORPHAN
    edited(shelf, HTML)
    assert standing(shelf, quote).outcome == Outcome.EXACT


def test_an_orphan_stays_in_its_note_and_in_search(shelf):
    quote = quoted(shelf)
    edited(shelf, f"<p>{BEFORE}{AFTER}</p>")

    assert f"> {QUOTE}" in file_of(shelf, quote)
    assert [one.quote.id for one in listed_quotes(shelf, "verdicts", QuoteFilter())] == [quote.id]
    [lost] = listed_quotes(shelf, "", QuoteFilter(outcomes=(Outcome.ORPHAN,)))
    assert lost.quote == quote


def test_the_text_that_a_quote_was_made_on_is_kept_however_often_it_is_edited(shelf):
    quote = quoted(shelf)
    for number in range(9):
        edited(shelf, f"<p>{BEFORE}Version {number} of it, and no more than that.{AFTER}</p>")
        edited(shelf, f"<p>{BEFORE}Version {number} of it, and no more than that.{AFTER}</p>")

    assert QUOTE in shelf.store.texts.get(quote.text_sha).text
    [one] = seen(shelf, [quote])
    earlier = [*reversed(shelf.store.versions.of_item(quote.item))][one.earlier - 1]
    assert earlier.text_sha == quote.text_sha


def test_how_many_stand_how_is_counted_by_the_time_of_the_look(shelf):
    quoted(shelf)
    quoted(shelf, "Teams keep long logs")
    shelf.now.forward(minutes=1)
    began = shelf.now()
    edited(shelf, HTML.replace(QUOTE, ""))

    assert shelf.store.standings.since(began) == {Outcome.EXACT: 1, Outcome.ORPHAN: 1}
    edited(shelf, HTML.replace(QUOTE, ""))
    assert shelf.store.standings.since(shelf.now()) == {}


# Comments and tags.


def test_a_comment_stands_below_its_quote_and_is_searched_with_it(shelf):
    quote = quoted(shelf, comment="This is our wiki.", tags=("search/habits",))

    assert f"> {QUOTE}\n\n^{quote.id}\n\n- This is our wiki.\n" in file_of(shelf, quote)
    assert shelf.store.notes.get(quote.note).file.own_words == 4
    assert [one.comment for one in listed_quotes(shelf, "wiki", QuoteFilter())] == ["This is our wiki."]
    assert [one.quote.tags for one in listed_quotes(shelf, "", QuoteFilter(tag="search"))] == [
        ("search/habits",)
    ]
    assert listed_quotes(shelf, "", QuoteFilter(tag="searc")) == ()


def test_a_comment_that_the_user_edits_in_the_file_is_found_by_its_new_words(shelf):
    quote = quoted(shelf, comment="This is our wiki.")
    path = shelf.home.root / shelf.store.notes.get(quote.note).path
    path.write_text(path.read_text().replace("our wiki", "the archive"))
    sync(shelf)

    assert [one.comment for one in listed_quotes(shelf, "archive", QuoteFilter())] == ["This is the archive."]
    assert shelf.store.search.find(parse_query("in:quotes comment:wiki"), limit=5) == ()


def test_marked_again_with_a_comment_it_has_both_comments(shelf):
    first = quoted(shelf, comment="One thing.", tags=("a",))
    again = quoted(shelf, comment="Another.", tags=("b",))

    assert again.id == first.id
    assert again.tags == ("a", "b")
    assert "- One thing.\n- Another.\n" in file_of(shelf, first)


# Later.


def test_a_quote_attached_anew_keeps_its_id_and_its_note_says_the_new_words(shelf):
    quote = quoted(shelf, comment="Mine.")
    edited(shelf, f"<p>{BEFORE}Readers look for open questions.{AFTER}</p>")
    changed = reattach(shelf, quote, "Readers look for open questions.")

    assert changed.id == quote.id
    assert standing(shelf, changed) is None
    assert f"> Readers look for open questions.\n\n^{quote.id}\n\n- Mine." in file_of(shelf, quote)
    undo(shelf)
    assert shelf.store.quotes.get(quote.id).anchor == quote.anchor
    assert standing(shelf, quote).outcome == Outcome.ORPHAN
    assert f"> {QUOTE}" in file_of(shelf, quote)


def test_what_the_user_wrote_below_a_removed_quote_stays(shelf):
    quote = quoted(shelf, comment="My own words stay.", tags=("t",))
    remove(shelf, (quote,))

    assert shelf.store.quotes.of_item(quote.item) == ()
    text = file_of(shelf, quote)
    assert QUOTE not in text
    assert "- My own words stay." in text
    undo(shelf)
    assert shelf.store.quotes.get(quote.id) == quote
    assert f"> {QUOTE}" in file_of(shelf, quote)


def test_the_files_alone_bring_quotes_back_with_tags_comments_and_later_words(home, clock):
    with opened(home, now=clock) as shelf:
        quote = quoted(shelf, comment="Mine.", tags=("t",))
        gone = quoted(shelf, "Teams keep long logs")
        remove(shelf, (gone,))
        edited(shelf, f"<p>{BEFORE}Readers look for open questions.{AFTER}</p>")
        changed = reattach(shelf, quote, "Readers look for open questions.")
        remove(shelf, (changed,))
        undo(shelf)
        changed = shelf.store.quotes.get(quote.id)
        options = shelf.options
    shutil.rmtree(home.state)
    home.state.mkdir()
    rebuild(home, options=options, now=clock)

    with opened(home, now=clock) as shelf:
        [one] = listed_quotes(shelf, "", QuoteFilter())
        assert (one.quote, one.comment) == (replace(changed, created_at=one.quote.created_at), "Mine.")
        assert one.quote.anchor.exact == "Readers look for open questions."
        # The item comes in again, edited meanwhile: the quote is looked for, though its text is lost.
        edited(shelf, f"<p>{BEFORE}Readers look for open and honest questions.{AFTER}</p>")
        assert standing(shelf, one.quote).words == "Readers look for open and honest questions."
