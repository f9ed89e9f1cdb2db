import shutil
from datetime import timedelta

import pytest

from pkm.errors import UsageError
from pkm.model.audience import Audience
from pkm.model.item import State
from pkm.model.note import Level
from pkm.rules.checkfile import Answers, check_line, verdict_of
from pkm.sense.annotate import Sentence, annotate
from pkm.sense.check import record
from pkm.sense.checkwords import fact_lines
from pkm.sense.lookinto import checks_on, facts_of_item, facts_of_source
from pkm.share.drafting import DraftOrder, draft
from pkm.shelf.rebuild import rebuild
from pkm.shelf.undo import undo
from support.shelves import NOW, Clock, new_home, opened, stored_item, stored_source

RATES = (
    "<p>The Sparquote rises while the Leitzins falls, says the Bundesbank. According to the Bundesbank, nobody saves. "
    'See <a href="https://doi.org/10.1000/rates">the study</a>.</p>'
)
MIXED = Answers(
    moves={"stop": "I would like it to be true."}, verdict="mixed", reason="Its numbers are of last year."
)


@pytest.fixture
def home(tmp_path):
    return new_home(tmp_path)


@pytest.fixture
def shelf(home):
    with opened(home, now=Clock()) as one:
        yield one


@pytest.fixture
def item(shelf):
    source = stored_source(shelf, "https://news.example/feed", title="The News")
    return stored_item(
        shelf,
        title="Sparquote and Leitzins",
        url="https://news.example/a",
        html=RATES,
        source=source,
        authors=("Ada Lark",),
        published_at=NOW - timedelta(days=2),
    )


def other(shelf, url, *, html=RATES, days=3, title="Rates"):
    source = stored_source(shelf, f"https://{url.split('/')[2]}/feed", title=url.split("/")[2])
    return stored_item(
        shelf, title=title, url=url, html=html, source=source, published_at=NOW - timedelta(days=days)
    )


def lines(shelf, item):
    return dict(fact_lines(facts_of_item(shelf, item), zone=shelf.zone))


def test_what_is_known_of_who_and_when_is_told(shelf, item):
    annotate(shelf, item, Sentence(text="Three words of mine."))
    told = lines(shelf, item)

    assert "by Ada Lark" in told["Who"]
    assert "at news.example" in told["Who"]
    assert "of 1 item of it since 2026-11-22 you kept 1, said something of 1, and shared 0" in told["Who"]
    assert "never checked before" in told["Who"]
    assert told["When"] == (
        "published 2026-11-20, 2 days before this look",
        "first seen 2026-11-22, not edited since",
    )


def test_a_missing_date_and_a_missing_author_are_said(shelf):
    told = lines(shelf, stored_item(shelf, html=None))

    assert "it names no author" in told["Who"]
    assert told["When"][0] == "it gives no date: when it was written is not known"
    assert told["From where"] == ("it links to nothing that looks like an origin, and names none",)


def test_other_sites_that_report_it_are_named_with_the_words_they_share(shelf, item):
    found = other(shelf, "https://paper.example/b")
    other(shelf, "https://news.example/own", title="Of the same site")
    other(shelf, "https://late.example/c", days=40, title="Too long ago")
    other(shelf, "https://bread.example/d", html="<p>Bread wants time and salt.</p>", title="Bread")
    coverage = facts_of_item(shelf, item).coverage

    assert [one.item.id for one in coverage.found] == [found.id]
    assert {"sparquote", "leitzins", "bundesbank"} <= set(coverage.found[0].words)
    told = lines(shelf, item)["Who else"]
    assert told[0].startswith("1 item of other sites may report it, among the 4 items of your sources")
    assert told[1].startswith("[Rates](https://paper.example/b) (paper.example, 2026-11-19); both say: ")


def test_that_nobody_else_reports_it_is_said(shelf, item):
    other(shelf, "https://news.example/own")

    assert lines(shelf, item)["Who else"][0].startswith("no other site reports it among the 2 items")


def test_links_and_sentences_that_name_an_origin_are_told(shelf, item):
    assert lines(shelf, item)["From where"] == (
        "a DOI: [the study](https://doi.org/10.1000/rates)",
        "it says: “According to the Bundesbank, nobody saves.”",
    )


def test_hostile_titles_stay_text(shelf, item):
    evil = other(shelf, "https://evil.example/b", title="]] <!-- pkm:end facts --> `x` [a](b) %%")
    sensed = record(shelf, facts_of_item(shelf, item), MIXED)

    assert evil.id in {one.item.id for one in facts_of_item(shelf, item).coverage.found}
    assert sensed.note.file.own_words == len(
        ["I", "would", "like", "it", "to", "be", "true.", "Its", "numbers", "are", "of", "last", "year."]
    )
    assert verdict_of(sensed.note.file).reason == "Its numbers are of last year."


def test_a_check_is_a_dated_note_that_the_next_check_names(shelf, item):
    sensed = record(shelf, facts_of_item(shelf, item), MIXED)

    assert (sensed.note.kind, sensed.note.title, sensed.kept) == (
        "check",
        "Check: Sparquote and Leitzins",
        True,
    )
    assert check_line(sensed.note, zone=shelf.zone) == "2026-11-22: mixed: Its numbers are of last year."
    assert checks_on(shelf, item.id) == (sensed.note,)
    assert "checked 2026-11-22: mixed: Its numbers are of last year." in lines(shelf, item)["Who"]
    text = (shelf.home.root / sensed.note.path).read_text()
    assert "verdict: mixed" in text
    assert "## Stop\n\nI would like it to be true.\n" in text
    shelf.now.forward(days=3)
    second = record(shelf, facts_of_item(shelf, item), Answers(moves={}, verdict="trusted"))
    assert second.note.id != sensed.note.id
    assert [one.id for one in checks_on(shelf, item.id)] == [second.note.id, sensed.note.id]


def test_a_check_is_taken_back_whole(shelf, item):
    record(shelf, facts_of_item(shelf, item), MIXED)
    undo(shelf)

    assert checks_on(shelf, item.id) == ()
    assert list(shelf.home.notes.iterdir()) == []
    assert shelf.store.items.get(item.id).state == State.NEW


def test_a_check_without_an_answer_is_none(shelf, item):
    with pytest.raises(UsageError):
        record(shelf, facts_of_item(shelf, item), Answers(moves={"stop": "  "}))


def test_a_source_is_checked_as_well_and_its_items_say_so(shelf, item):
    source = shelf.store.sources.get(item.source)
    sensed = record(shelf, facts_of_source(shelf, source), MIXED)

    assert sensed.note.file.items == ()
    assert dict(sensed.note.file.extra)["checks"] == source.id
    told = lines(shelf, item)["Who"]
    assert any(line.endswith("(Check: The News)") for line in told)


def test_the_files_alone_bring_checks_back(home):
    with opened(home, now=Clock()) as shelf:
        source = stored_source(shelf, "https://news.example/feed", title="The News")
        item = stored_item(shelf, url="https://news.example/a", html=RATES, source=source)
        one = record(shelf, facts_of_item(shelf, item), MIXED).note
        other_one = record(shelf, facts_of_source(shelf, source), MIXED).note
        options = shelf.options
    shutil.rmtree(home.state)
    home.state.mkdir()
    rebuild(home, options=options, now=Clock())

    with opened(home, now=Clock()) as shelf:
        assert [note.id for note in checks_on(shelf, item.id)] == [one.id]
        assert verdict_of(checks_on(shelf, item.id)[0].file).word == "mixed"
        back = shelf.store.sources.at("https://news.example/feed")
        assert {note.id for note in facts_of_source(shelf, back).checks} >= {other_one.id}


def test_a_check_goes_into_a_digest_only_as_far_as_it_may_and_without_its_facts(home):
    friends = Audience(name="friends", level=Level.TEAM)
    with opened(home, now=Clock(), audiences={"friends": friends}) as shelf:
        item = stored_item(shelf, title="Rates", url="https://news.example/a", html=RATES)
        record(shelf, facts_of_item(shelf, item), MIXED)
        shown = stored_item(shelf, title="Other", url="https://news.example/b", html=RATES)
        record(shelf, facts_of_item(shelf, shown), MIXED, visibility="team")
        drafted = draft(shelf, DraftOrder(audience=friends))
        text = (home.root / drafted.digest.path).read_text()

    assert "https://news.example/b" in text
    assert "Its numbers are of last year." in text
    assert "https://news.example/a)" not in text
    assert "never checked before" not in text
