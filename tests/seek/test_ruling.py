"""Rules at work: on what arrives, in the pull's own transaction, and on what is here already."""

import json
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from pkm.model.decision import By
from pkm.model.item import ParsedFeed, ParsedItem, State
from pkm.rules.query import parse_query
from pkm.rules.ruleset import at_moment, read_rules
from pkm.seek.arrive import bring
from pkm.seek.look import Ask, look
from pkm.seek.rulebook import apply, show_again, trial
from pkm.seek.triage import KeepWishes, keep, let_go
from pkm.shelf.rebuild import rebuild
from pkm.shelf.undo import undo
from support.shelves import NOW, Clock, new_home, opened, stored_source


@pytest.fixture
def at(tmp_path):
    return new_home(tmp_path)


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def shelf(at, clock):
    with opened(at, now=clock) as one:
        yield one


def rules(text):
    found = read_rules(text)
    assert not found.problems
    return at_moment(found.in_force, now=NOW, zone=ZoneInfo("UTC"))


def arrive(shelf, *titles, text="", source=None, first=False, **fields):
    """These titles arrive, under these rules; the items by title."""
    owner = source or stored_source(shelf)
    items = tuple(
        ParsedItem(
            raw_id=title,
            title=title,
            url=f"https://example.org/{title.replace(' ', '-')}",
            html=f"<p>About {title}.</p>",
            position=n,
            **fields,
        )
        for n, title in enumerate(titles)
    )
    if not first and not shelf.store.arrivals.count(owner.id):
        with shelf.writing():
            bring(
                shelf, owner, ParsedFeed(format="rss20", items=(ParsedItem(raw_id="old"),)), now=shelf.now()
            )
    with shelf.writing():
        brought = bring(
            shelf, owner, ParsedFeed(format="rss20", items=items), now=shelf.now(), rules=rules(text)
        )
    return brought, {item.title: item for item in shelf.store.items.each()}


def waiting(shelf, **ask):
    return {
        row.listed.item.title for row in look(shelf, Ask(per_source=0, **ask), random_below=lambda _: 0).rows
    }


SINCE = NOW - timedelta(days=1)
HIDE = "- {name: no webinars, when: webinar, do: hide}"


def test_what_a_rule_hides_is_out_of_lists_and_found_with_its_name(shelf):
    brought, items = arrive(shelf, "A webinar", "An essay", text=HIDE)
    assert (brought.new, brought.waiting, brought.hidden) == (2, 1, 1)
    assert items["A webinar"].hidden_by == "no webinars"
    assert items["A webinar"].state == State.NEW
    assert "A webinar" not in waiting(shelf)
    assert waiting(shelf, hidden=True) == {"A webinar"}
    hits = shelf.store.search.find(parse_query("is:hidden"), limit=9)
    assert [hit.ref for hit in hits] == [items["A webinar"].id]


def test_a_tag_by_rule_is_a_tag_for_find_and_for_seek(shelf):
    _, items = arrive(shelf, "A talk", text="- {when: talk, do: tag Events/Talks}")
    assert items["A talk"].tags == ("Events/Talks",)
    assert waiting(shelf, tag="events/talks") == {"A talk"}
    for query in ("tag:events", "events"):
        assert [hit.ref for hit in shelf.store.search.find(parse_query(query), limit=9)] == [
            items["A talk"].id
        ]


def test_what_a_rule_keeps_stands_in_the_journal_and_comes_back_from_it(at, shelf):
    _, items = arrive(shelf, "By Ada", "Other", text="- {name: ada, when: ada, do: keep}")
    kept = items["By Ada"]
    assert (kept.state, items["Other"].state) == (State.KEPT, State.NEW)
    [decision] = shelf.store.decisions.of(kept.id)
    assert (decision.by, decision.reason) == (By.RULE, "ada")
    [line] = map(json.loads, at.decisions.read_text(encoding="utf-8").splitlines())
    assert (line["do"], line["by"], line["reason"], line["id"]) == ("keep", "rule", "ada", kept.id)
    at.store.unlink()
    rebuild(at, options=shelf.options, now=lambda: NOW)
    with opened(at) as again:
        assert again.store.items.get(kept.id).state == State.KEPT
        assert again.store.decisions.of(kept.id)[0].by == By.RULE


def test_tags_by_rule_on_what_is_kept_come_back_from_the_files(at, shelf):
    text = "- {name: ada, when: ada, do: [tag letters, keep]}\n- {name: soup, when: soup, do: tag food}"
    _, items = arrive(shelf, "By Ada", "Soup", "Late", "Bread", text=text)
    keep(shelf, [items["Soup"], items["Late"], items["Bread"]], KeepWishes())
    apply(shelf, rules("- {name: b, when: bread, do: tag grain}"), since=SINCE)
    undo(shelf)
    apply(shelf, rules("- {name: late, when: late, do: tag evening}"), since=SINCE)
    at.store.unlink()
    rebuild(at, options=shelf.options, now=lambda: NOW)
    with opened(at) as again:
        back = {item.title: item.tags for item in again.store.items.each()}
        assert back == {"By Ada": ("letters",), "Soup": ("food",), "Late": ("evening",), "Bread": ()}
        assert again.store.tags.by_rule(items["Soup"].id) == ("food",)
        assert again.store.search.find(parse_query("tag:evening"), limit=9)


def test_what_a_rule_lets_go_is_let_go_by_the_rule(shelf):
    brought, items = arrive(shelf, "Digest", text="- {name: d, when: digest, do: let-go}")
    assert (items["Digest"].state, brought.waiting) == (State.LET_GO, 0)
    assert shelf.store.decisions.of(items["Digest"].id)[0].by == By.RULE


def test_a_rule_keeps_nothing_of_a_sources_past(shelf):
    titles = [f"Ada {n}" for n in range(8)]
    _, items = arrive(shelf, *titles, text="- {when: ada, do: [tag a, keep]}", first=True)
    states = [items[title].state for title in titles]
    assert states.count(State.KEPT) == 5
    assert states.count(State.LET_GO) == 3
    assert all(items[title].tags == ("a",) for title in titles)


def test_a_rule_knows_the_title_that_the_first_answer_of_a_source_brings(shelf):
    source = stored_source(shelf, title=None)
    feed = ParsedFeed(format="rss20", title="Ada's Letters", items=(ParsedItem(raw_id="1", title="One"),))
    with shelf.writing():
        bring(shelf, source, feed, now=NOW, rules=rules("- {sources: letters, do: hide}"))
    assert [item.hidden_by for item in shelf.store.items.each()] == ["letters"]


def test_what_joins_a_known_item_is_not_judged_again(shelf):
    arrive(shelf, "A webinar")
    other = stored_source(shelf, "https://other.example/feed")
    _, items = arrive(shelf, "A webinar", source=other, text=HIDE)
    assert items["A webinar"].hidden_by is None


def test_keeping_what_a_rule_hides_shows_it_again_and_undo_hides_it(shelf):
    _, items = arrive(shelf, "A webinar", text=HIDE)
    item = items["A webinar"]
    keep(shelf, [item], KeepWishes())
    assert shelf.store.items.get(item.id).hidden_by is None
    assert shelf.store.items.unsensed() == 1
    undo(shelf)
    assert shelf.store.items.get(item.id).hidden_by == "no webinars"


def test_a_trial_changes_nothing_and_says_who_decides(shelf):
    arrive(shelf, "A webinar", "An essay on webinar culture", "Soup")
    found = trial(
        shelf, rules("- {name: k, when: essay, do: keep}\n- {name: h, when: webinar, do: hide}"), since=SINCE
    )
    first, second = found.rules
    assert [one.item.title for one in first.matched] == ["An essay on webinar culture"]
    assert (first.decides, len(second.matched), second.decides) == (1, 2, 1)
    assert waiting(shelf) >= {"A webinar", "An essay on webinar culture", "Soup"}


def test_rules_applied_later_hide_tag_keep_and_undo_takes_it_back(shelf):
    _, items = arrive(shelf, "A webinar", "By Ada", "Soup")
    text = HIDE + "\n- {name: ada, when: ada, do: [tag letters, keep]}\n- {name: s, when: soup, do: let-go}"
    done = apply(shelf, rules(text), since=SINCE)
    assert (done.hidden, done.tagged, done.kept, done.let_go, done.shown) == (1, 1, 1, 1, 0)
    after = {title: shelf.store.items.get(item.id) for title, item in items.items()}
    assert after["A webinar"].hidden_by == "no webinars"
    assert (after["By Ada"].state, after["By Ada"].tags) == (State.KEPT, ("letters",))
    assert apply(shelf, rules(text), since=SINCE).changed == 0
    undone = undo(shelf)
    assert undone.left == ()
    assert {title: shelf.store.items.get(item.id) for title, item in items.items()} == items
    assert shelf.store.search.find(parse_query("letters"), limit=1) == ()


def test_what_no_rule_hides_any_more_comes_back_into_view(shelf):
    _, items = arrive(shelf, "A webinar", text=HIDE)
    assert apply(shelf, rules("- {name: x, when: other, do: hide}"), since=SINCE).shown == 1
    assert shelf.store.items.get(items["A webinar"].id).hidden_by is None


def test_what_the_user_showed_again_no_rule_hides_a_second_time(shelf):
    _, items = arrive(shelf, "A webinar", text=HIDE)
    assert show_again(shelf, [items["A webinar"]]) == 1
    assert apply(shelf, rules(HIDE), since=SINCE).changed == 0
    assert "A webinar" in waiting(shelf)
    undo(shelf)
    assert "A webinar" not in waiting(shelf)
    assert apply(shelf, rules(HIDE), since=SINCE).changed == 0


def test_rules_applied_later_leave_alone_what_the_user_decided(shelf):
    _, items = arrive(shelf, "Ada kept", "Ada gone")
    keep(shelf, [items["Ada kept"]], KeepWishes())
    let_go(shelf, [items["Ada gone"]])
    done = apply(shelf, rules("- {when: 'ada kept', do: hide}\n- {when: ada, do: keep}"), since=SINCE)
    assert (done.kept, done.hidden) == (0, 0)


def test_an_undo_of_applied_rules_leaves_what_was_decided_since(shelf):
    _, items = arrive(shelf, "By Ada", "Ada too")
    apply(shelf, rules("- {when: ada, do: keep}"), since=SINCE)
    let_go(shelf, [items["By Ada"]])
    undone = undo(shelf, 1)
    assert undone.taken_back == 1
    assert shelf.store.items.get(items["By Ada"].id).state == State.LET_GO
    assert shelf.store.items.get(items["Ada too"].id).state == State.NEW
