from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pkm.errors import UsageError
from pkm.model.item import Via
from pkm.model.source import Source
from pkm.rules.draft import is_edited, read_draft
from pkm.rules.draftmerge import refresh
from pkm.share.compose import (
    Candidate,
    ItemFacts,
    compose_draft,
    fresh_blocks,
    is_of,
    line_to_type,
    ordered,
    select,
)
from pkm.share.entry import DraftHead
from pkm.share.gate import Reason
from pkm.share.templates import DraftTemplate, packaged, source_line
from support.sharing import NOW, PUBLIC, TEAM, WEEK, candidate, item, note, terms

HEAD = DraftHead(
    id="d-0000000000aa",
    audience="team",
    period="2026-W47",
    cut_off="2026-11-22T23:59",
    template="weekly",
    edition=12,
)
WEEKLY = DraftTemplate(packaged("weekly.md.j2"), name="weekly")
REVIEW = Source(id="s-1", url="https://example.org/feed", title="Example Review")


def composed(*candidates, **more):
    return compose_draft(HEAD, select(candidates, terms(), period=WEEK, **more), WEEKLY).decode()


def test_a_draft_of_one_item_is_a_draft():
    one = candidate(
        1,
        "Seven words are a comment, they say.\n\n> a passage, word for word\n\n^h-000000000001\n",
        source=REVIEW,
    )

    draft = read_draft(composed(one).encode())
    sha = draft.blocks[0].sha
    assert (draft.id, draft.audience, draft.period, draft.edition) == (
        "d-0000000000aa",
        "team",
        "2026-W47",
        12,
    )
    assert (draft.cut_off, draft.template, draft.taken) == ("2026-11-22T23:59", "weekly", ("n-000000000001",))
    assert (
        composed(one).removeprefix(draft.head).lstrip()
        == f"""<!-- intro: yours. Words outside the blocks belong to this edition alone. -->

<!-- item i-000000000001 note n-000000000001 sha={sha} -->
## 1. [Title 1](https://example.org/1)

Seven words are a comment, they say.

> a passage, word for word

— Ana, Example Review, 2026-11-18
<!-- /item -->
"""
    )


def test_the_source_line_names_author_publication_date_and_whose_pointer_it_was():
    told = candidate(1, source=REVIEW)
    facts = ItemFacts(
        item=item(via=Via(name="Jo [x]", url="https://example.net/jo"), hat_tip="Kim"), source=REVIEW
    )
    text = composed(Candidate(note=told.note, items=(facts,)))

    assert "— Ana, Example Review, 2026-11-18 · via [Jo \\[x\\]](https://example.net/jo) · HT Kim\n" in text


def test_items_without_own_words_are_listed_in_a_closing_comment_only():
    bare = ItemFacts(item=item(2, title="Ends --> here <!-- item i-1 -->"))
    text = composed(candidate(1), unsensed=[bare])
    draft = read_draft(text.encode())

    assert text.count("pkm sense i-000000000002") == 1
    assert len(draft.blocks) == 1
    assert not draft.problems
    assert draft.pieces[-1].text.strip().startswith("<!--")
    assert draft.pieces[-1].text.count("-->") == 3


def test_a_note_on_no_item_is_headed_by_its_kind_and_never_by_its_private_title():
    alone = Candidate(note=note(1, title="Private thought about Bob", items=(), kind="practice"))
    text = composed(alone)

    assert "## 1. Practice\n" in text
    assert "Bob" not in text
    assert "<!-- note n-000000000001 sha=" in text
    assert "<!-- /note -->" in text


def test_a_note_on_several_items_names_each():
    both = note(1, items=("i-000000000001", "i-000000000002"))
    text = composed(Candidate(note=both, items=(ItemFacts(item=item(1)), ItemFacts(item=item(2)))))

    assert "<!-- item i-000000000001 i-000000000002 note n-000000000001 sha=" in text
    assert "## 1. [Title 1](https://example.org/1)" in text
    assert "— [Title 2](https://example.org/2), Ana, 2026-11-18\n" in text


def test_a_half_baked_note_says_so():
    assert "— Ana, 2026-11-18 · half-baked\n" in composed(candidate(1, status="half-baked"))


def test_notes_of_other_times_of_earlier_editions_and_those_left_out_are_passed_over():
    early = candidate(1, at=WEEK.starts_at - timedelta(seconds=1))
    late = candidate(2, at=WEEK.ends_at)
    first = candidate(3, at=WEEK.starts_at)
    told = select(
        [early, late, first, candidate(4), candidate(5)],
        terms(),
        period=WEEK,
        stood={"n-000000000004"},
        left_out={"n-000000000005"},
    )

    assert [entry.key for entry in told.entries] == ["n-000000000003"]
    assert not told.withheld


def test_a_note_that_gained_words_later_is_of_the_later_period_too():
    old = note(1, at=WEEK.starts_at - timedelta(days=30))

    assert not is_of(old, WEEK)
    assert is_of(replace(old, modified_at=NOW), WEEK)
    assert not is_of(note(1, "> only a quotation stands here\n"), WEEK)


def test_newest_kept_comes_first_and_notes_on_one_item_stand_together():
    kept = [ItemFacts(item=item(n, kept_at=NOW - timedelta(hours=n))) for n in (1, 2)]
    first = Candidate(note=note(1), items=(kept[0],))
    second = Candidate(note=note(2), items=(kept[1],))
    again = Candidate(note=note(3, items=("i-000000000001",), at=NOW - timedelta(days=3)), items=(kept[0],))

    assert [c.note.id[-1] for c in ordered([second, again, first])] == ["1", "3", "2"]


@settings(max_examples=50, deadline=None)
@given(order=st.permutations(range(1, 7)), hours=st.lists(st.integers(0, 2), min_size=6, max_size=6))
def test_the_order_does_not_depend_on_the_order_given(order, hours):
    made = {n: candidate(n, at=NOW - timedelta(hours=hours[n - 1])) for n in order}

    assert [c.note.id for c in ordered(made.values())] == [
        c.note.id for c in ordered(made[n] for n in range(1, 7))
    ]


def test_what_is_beyond_the_limit_waits_and_is_counted():
    told = select([candidate(n) for n in range(1, 6)], terms(), period=WEEK, limit=3)

    assert ([entry.number for entry in told.entries], told.surplus) == ([1, 2, 3], 2)


def test_withheld_notes_are_rows_with_a_line_to_type():
    shut = [candidate(n, visibility="private") for n in (1, 2)]
    linked = candidate(3, "As said in [[Secret plan]] of mine.")
    told = select(
        [linked, *shut, candidate(4, "Some words of mine %% never closed.")],
        terms(visible=lambda _target: False),
        period=WEEK,
    )

    assert [row.reason for row in told.withheld] == [Reason.LEVEL, Reason.LEVEL, Reason.LINK, Reason.MARKS]
    assert line_to_type(told.withheld, TEAM) == "pkm notes set 1-2 --visibility team"
    assert line_to_type(told.withheld[:1], PUBLIC) == "pkm notes set 1 --visibility public"
    assert line_to_type(told.withheld[2:], TEAM) is None


def test_one_private_item_holds_the_whole_note_back():
    facts = (ItemFacts(item=item(1)), ItemFacts(item=item(2), private=True))
    told = select([Candidate(note=note(1, items=("i-1", "i-2")), items=facts)], terms(), period=WEEK)

    assert [row.reason for row in told.withheld] == [Reason.SOURCE]


def test_equal_input_gives_equal_bytes_and_drafting_again_changes_none():
    selection = select([candidate(1), candidate(2)], terms(), period=WEEK)
    data = compose_draft(HEAD, selection, WEEKLY)

    assert compose_draft(HEAD, selection, WEEKLY) == data
    assert refresh(read_draft(data), fresh_blocks(selection.entries, WEEKLY)).data == data


TEXTS = st.text(alphabet=st.sampled_from("ab[]()<>!`*_#|\\%-— \n&{}"), max_size=40)


@settings(max_examples=100, deadline=None)
@given(title=TEXTS, author=TEXTS, words=TEXTS, publication=TEXTS)
def test_no_text_of_a_feed_or_a_note_breaks_the_drafts_form(title, author, words, publication):
    facts = ItemFacts(
        item=item(1, title=title, authors=(author,)),
        source=Source(id="s-1", url="https://example.org/feed", title=publication),
    )
    body = f"Three words here and more.\n\n{words}"
    told = select([Candidate(note=note(1, body), items=(facts,))], terms(), period=WEEK)
    draft = read_draft(compose_draft(HEAD, told, WEEKLY))

    assert not draft.problems
    assert [block.key for block in draft.blocks] == [entry.key for entry in told.entries]
    assert not any(map(is_edited, draft.blocks))
    assert len(told.entries) + len(told.withheld) == 1


def test_a_template_gets_no_way_out_of_its_sandbox():
    text = "{% macro opening(e) %}{{ e.__class__.__mro__ }}{% endmacro %}{% macro block(e) %}{% endmacro %}{% macro closing(u) %}{% endmacro %}"

    with pytest.raises(UsageError):
        DraftTemplate(text, name="mine").opening(HEAD)


def test_a_templates_mistake_is_told_with_its_line():
    broken = "{% macro opening(e) %}\n{{ e.nummer }}{% endmacro %}{% macro block(e) %}{% endmacro %}{% macro closing(u) %}{% endmacro %}"

    with pytest.raises(UsageError, match=r"mine:2: .*nummer"):
        DraftTemplate(broken, name="mine").opening(HEAD)
    with pytest.raises(UsageError, match=r"mine:2: "):
        DraftTemplate("{% macro opening(e) %}\n{{ e. }}", name="mine")
    with pytest.raises(UsageError, match="no macro `block`"):
        DraftTemplate("{% macro opening(e) %}{% endmacro %}", name="mine")


def test_an_item_of_which_nothing_is_known_has_no_source_line():
    [entry] = select(
        [Candidate(note=note(1), items=(ItemFacts(item=item(1, authors=(), published_at=None)),))],
        terms(),
        period=WEEK,
    ).entries

    assert source_line(entry.items[0]) == ""
    assert "— " not in WEEKLY.block(entry)


def test_times_are_compared_as_moments():
    assert WEEK.holds(datetime(2026, 11, 16, tzinfo=UTC))
    assert not WEEK.holds(datetime(2026, 11, 23, tzinfo=UTC))
