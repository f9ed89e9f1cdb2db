import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pkm.errors import NoteUnreadable
from pkm.model.draft import Block, Outside
from pkm.rules.draft import block_sha, is_edited, make_block, read_draft, write_draft
from pkm.rules.draftfiling import FilingKind, after_filing, filings, paragraphs
from pkm.rules.draftmerge import FreshBlock, refresh

HEAD = "---\nid: d-0000000000aa\naudience: team\nperiod: 2026-W47\nedition: 3\n{taken}---\n"
SOURCE = "— Ana, Example Review, 2026-11-18"


def fresh(n=1, words="Seven words are a comment, they say.", *, quote="a passage", source=SOURCE):
    parts = [f"## {n}. [Title {n}](https://example.org/{n})", words, f"> {quote}" if quote else "", source]
    text = "\n\n".join(part for part in parts if part) + "\n"
    return FreshBlock(items=(f"i-00000000000{n}",), note=f"n-00000000000{n}", text=text, words=words)


def draft_of(*blocks, intro="<!-- intro: yours -->\n\n", closing="", taken=None, newline="\n"):
    keys = taken if taken is not None else [block.key for block in blocks if block.note]
    listed = "taken:\n" + "".join(f"  - {key}\n" for key in keys) if keys else ""
    made = [make_block(items=b.items, note=b.note, text=b.text) for b in blocks]
    body = intro + "\n".join(b.opening + b.text + b.closing for b in made) + closing
    return (HEAD.format(taken=listed) + body).replace("\n", newline).encode()


def edited(data, old, new):
    assert old in data.decode()
    return data.decode().replace(old, new).encode()


def known(*blocks):
    return {block.key: block for block in blocks}


def test_a_draft_is_read_with_its_blocks_and_what_stands_between():
    draft = read_draft(draft_of(fresh(1), fresh(2), closing="\nSee you.\n"))

    assert (draft.id, draft.audience, draft.period, draft.edition) == (
        "d-0000000000aa",
        "team",
        "2026-W47",
        3,
    )
    assert [block.key for block in draft.blocks] == ["n-000000000001", "n-000000000002"]
    assert [type(piece) for piece in draft.pieces] == [Outside, Block, Outside, Block, Outside]
    assert draft.pieces[-1].text == "\nSee you.\n"
    assert not draft.problems
    assert not any(map(is_edited, draft.blocks))


def test_lines_are_those_of_the_file():
    data = draft_of(fresh(1), fresh(2))
    lines = data.decode().splitlines()

    for block in read_draft(data).blocks:
        assert lines[block.line - 1] == block.opening.strip()


def test_a_block_may_name_several_items_or_a_note_alone():
    text = (
        "<!-- item i-1a i-2b note n-3c sha=0f -->\nx\n<!-- /item -->\n<!-- note n~4d -->\ny\n<!-- /note -->\n"
    )
    both, alone = read_draft(text.encode()).blocks

    assert (both.items, both.note, both.sha, both.item) == (("i-1a", "i-2b"), "n-3c", "0f", "i-1a")
    assert (alone.items, alone.note, alone.sha, alone.item) == ((), "n~4d", None, None)


def test_an_unclosed_block_is_named_with_its_line_and_keeps_its_text():
    data = edited(draft_of(fresh(1), fresh(2)), "<!-- /item -->\n\n<!-- item", "\n<!-- item")
    draft = read_draft(data)

    [problem] = draft.problems
    assert problem.check == "anchor-unclosed"
    assert data.decode().splitlines()[problem.line - 1].startswith("<!-- item i-000000000001")
    assert problem.keys == ("n-000000000001",)
    assert [block.key for block in draft.blocks] == ["n-000000000002"]
    assert write_draft(draft) == data


def test_broken_orphaned_and_duplicate_anchors_are_named():
    data = draft_of(fresh(1))
    block = data.decode().split("-->\n\n", 1)[1]
    twice = read_draft(data + block.encode())
    orphan = read_draft(data + b"<!-- /item -->\n")
    broken = read_draft(data + b"<!-- item 12 -->\n")

    assert [p.check for p in twice.problems] == ["anchor-duplicate"]
    assert [p.check for p in orphan.problems] == ["anchor-orphan"]
    assert [p.check for p in broken.problems] == ["anchor-broken"]


def test_a_draft_without_front_matter_says_so():
    assert [p.check for p in read_draft(b"Hello\n").problems] == ["front-matter"]


def test_renumbering_and_trimmed_lines_are_no_edit():
    text = "## 3. [T](https://example.org)\n\nWords here.  \n"

    assert block_sha(text) == block_sha("\n## 12. [T](https://example.org)\r\n\r\nWords here.\r\n\r\n")
    assert block_sha(text) != block_sha(text.replace("here", "there"))


def test_words_that_look_like_an_anchor_cannot_close_a_block():
    block = make_block(items=("i-1",), note="n-1", text="```\n<!-- /item -->\n<!-- item i-2 -->\n```\n")
    [read] = read_draft((block.opening + block.text + block.closing).encode()).blocks

    assert not is_edited(read)


LINES = st.lists(
    st.one_of(
        st.text(alphabet=st.characters(codec="utf-8"), max_size=30),
        st.sampled_from(
            [
                "<!-- item i-0a note n-0b sha=0c -->",
                "<!-- item i-0a -->",
                "<!-- note n-0d -->",
                "<!-- /item -->",
                "<!-- /note -->",
                "<!-- item -->",
                "---",
                "id: d-1",
                "taken: [a, b",
                "```",
                "\ufeff---",
            ]
        ),
    ),
    max_size=20,
)


@settings(max_examples=100, deadline=None)
@given(lines=LINES, end=st.sampled_from(["\n", "\r\n", "\r"]), tail=st.binary(max_size=8))
def test_reading_and_writing_is_byte_exact_for_any_bytes(lines, end, tail):
    data = end.join(lines).encode() + tail

    assert write_draft(read_draft(data)) == data


# Drafting again.


def test_drafting_again_with_nothing_new_changes_no_byte():
    data = draft_of(fresh(1), fresh(2), closing="\nBye\n")
    again = refresh(read_draft(data), [fresh(1), fresh(2)])

    assert again.data == data
    assert (again.kept_edits, again.refreshed, again.added, again.left_out, again.stale) == ((),) * 5


def test_an_unchanged_block_follows_its_note_and_keeps_its_number():
    data = edited(draft_of(fresh(1), fresh(2)), "## 2.", "## 7.")
    again = refresh(read_draft(data), [fresh(1), fresh(2, "Other words now.")])

    assert again.refreshed == ("n-000000000002",)
    assert "## 7. [Title 2]" in again.data.decode()
    assert "Other words now." in again.data.decode()
    assert refresh(read_draft(again.data), [fresh(1), fresh(2, "Other words now.")]).data == again.data


def test_an_edited_block_is_kept_and_named_if_its_note_changed_since():
    data = edited(draft_of(fresh(1)), "Seven words", "Eight words")
    same = refresh(read_draft(data), [fresh(1)])
    changed = refresh(read_draft(data), [fresh(1, "The note says something else.")])

    assert (same.data, same.kept_edits, same.stale) == (data, ("n-000000000001",), ())
    assert (changed.data, changed.stale) == (data, ("n-000000000001",))


def test_a_deleted_block_does_not_come_back():
    data = draft_of(fresh(1), taken=["n-000000000001", "n-000000000002"])
    once = refresh(read_draft(data), [fresh(1), fresh(2)])
    twice = refresh(read_draft(once.data), [fresh(1), fresh(2)])

    assert once.left_out == ("n-000000000002",)
    assert read_draft(once.data).left_out == ("n-000000000002",)
    assert (twice.data, twice.left_out, twice.added) == (once.data, (), ())


def test_a_block_put_back_by_hand_is_no_longer_left_out():
    data = draft_of(fresh(1), fresh(2))
    data = edited(data, "taken:", "left_out:\n  - n-000000000002\ntaken:")

    assert read_draft(refresh(read_draft(data), [fresh(1), fresh(2)]).data).left_out == ()


def test_new_items_come_after_the_last_block_and_before_the_closing():
    data = draft_of(fresh(1), closing="\nSee you next week.\n")
    again = refresh(read_draft(data), [fresh(2), fresh(1)])

    assert again.added == ("n-000000000002",)
    text = again.data.decode()
    assert text.index("Title 1") < text.index("## 2. [Title 2]") < text.index("See you next week.")
    assert not read_draft(again.data).problems
    assert refresh(read_draft(again.data), [fresh(2), fresh(1)]).data == again.data


def test_an_order_made_by_hand_is_kept():
    data = draft_of(fresh(2), fresh(1))

    assert refresh(read_draft(data), [fresh(1), fresh(2)]).data == data


def test_a_block_in_a_broken_place_does_not_count_as_deleted():
    data = draft_of(fresh(1), fresh(2)).removesuffix(b"<!-- /item -->\n")
    again = refresh(read_draft(data), [fresh(1), fresh(2)])

    assert (again.data, again.left_out, again.added) == (data, (), ())


def test_a_draft_with_windows_line_ends_keeps_them():
    data = draft_of(fresh(1), newline="\r\n")
    again = refresh(read_draft(data), [fresh(1, "Fresh words come here."), fresh(2)])

    assert again.refreshed == ("n-000000000001",)
    assert again.data.count(b"\n") == again.data.count(b"\r\n")


def test_a_draft_that_cannot_be_edited_safely_is_refused_and_not_touched():
    data = draft_of(fresh(1), closing="\n\0\n")

    assert refresh(read_draft(data), [fresh(1)]).data == data
    with pytest.raises(NoteUnreadable):
        refresh(read_draft(data), [fresh(1), fresh(2)])


TYPED = st.text(alphabet=st.characters(codec="utf-8", exclude_characters="\r\0"), max_size=40).map(
    lambda text: "\n".join(
        line for line in text.split("\n") if not re.match(r"\s*<!--\s*(/|item|note)", line)
    )
)
NOTES = st.sampled_from(["First words of mine.", "Second thoughts of mine.", "One.\n\nTwo.", ""])


@settings(max_examples=80, deadline=None)
@given(
    intro=TYPED,
    closing=TYPED,
    inside=st.text(alphabet="abc xyz,.", min_size=3, max_size=30),
    rounds=st.lists(st.tuples(NOTES, NOTES), min_size=1, max_size=4),
)
def test_what_is_typed_outside_or_inside_survives_any_number_of_redrafts(intro, closing, inside, rounds):
    mark = f"\nTyped: {inside}!\n"
    intro, closing = f"I{intro}\n", f"\n{closing}E\n"
    data = draft_of(fresh(1), fresh(2), intro=intro, closing=closing)
    data = edited(
        data, "— Ana, Example Review, 2026-11-18\n<!-- /item -->\n\n", f"{SOURCE}\n{mark}<!-- /item -->\n\n"
    )
    for one, two in rounds:
        data = refresh(read_draft(data), [fresh(1, one), fresh(2, two), fresh(3)]).data
        text = data.decode()
        assert mark in text
        assert read_draft(data).pieces[0].text == intro
        assert read_draft(data).pieces[-1].text == closing


# Filing.


def test_words_after_the_notes_part_are_appended_to_the_note():
    base = fresh(1)
    data = edited(draft_of(base), f"{SOURCE}\n", f"{SOURCE}\n\nAnd I tried it today.\n")
    [filing] = filings(read_draft(data), known(base))

    assert (filing.kind, filing.note, filing.text) == (FilingKind.APPEND, base.note, "And I tried it today.")
    assert data.decode().splitlines()[filing.line - 1] == "And I tried it today."
    assert filing.settles


def test_words_typed_right_behind_a_sentence_are_appended_too():
    base = fresh(1)
    data = edited(draft_of(base), base.words, base.words + " And then some.")
    [filing] = filings(read_draft(data), known(base))

    assert (filing.kind, filing.text, filing.settles) == (FilingKind.APPEND, "And then some.", True)


def test_an_altered_sentence_changes_this_edition_only_and_is_named():
    base = fresh(1)
    data = edited(draft_of(base), "Seven words are", "Nine words would be")
    [filing] = filings(read_draft(data), known(base))

    assert (filing.kind, filing.settles) == (FilingKind.EDITION_ONLY, False)
    assert "Nine words would be" in data.decode().splitlines()[filing.line - 1]


def test_an_altered_sentence_and_new_words_are_told_apart():
    base = fresh(1, "First sentence of the note.\n\nSecond sentence of the note.")
    data = edited(
        draft_of(base), "Second sentence of the note.", "Second sentence of this note.\n\nA third, new."
    )
    altered, new = filings(read_draft(data), known(base))

    assert (altered.kind, altered.text) == (FilingKind.EDITION_ONLY, "Second sentence of this note.")
    assert (new.kind, new.text, new.settles) == (FilingKind.APPEND, "A third, new.", False)


def test_words_before_the_notes_part_stay_in_the_edition():
    base = fresh(1)
    data = edited(draft_of(base), base.words, f"A lead-in of mine.\n\n{base.words}")

    assert [f.kind for f in filings(read_draft(data), known(base))] == [FilingKind.EDITION_ONLY]


def test_words_in_a_block_without_a_note_become_its_comment_note():
    data = (
        draft_of(intro="")
        + b"<!-- item i-000000000009 -->\n## 1. [T](https://example.org/t)\n\n> quoted\n\nMy words on it.\n\n\xe2\x80\x94 Jo\n<!-- /item -->\n"
    )
    [filing] = filings(read_draft(data), {})

    assert (filing.kind, filing.note, filing.items) == (FilingKind.NEW_NOTE, None, ("i-000000000009",))
    assert filing.text == "My words on it."


def test_private_words_and_comments_are_never_filed():
    base = fresh(1)
    typed = "<!-- private -->\n\nSecret words of mine.\n\n<!-- /private -->\n\nOpen words. %%hidden%%\n"
    data = edited(draft_of(base), f"{SOURCE}\n", f"{SOURCE}\n\n{typed}")
    [filing] = filings(read_draft(data), known(base))

    assert filing.text == "Open words."
    assert not filing.settles


def test_an_edited_source_line_heading_or_quote_is_no_words():
    base = fresh(1)
    data = edited(draft_of(base), SOURCE, "— Ana Maria, elsewhere")
    data = edited(data, "> a passage", "> a longer passage\n> of it")
    data = edited(data, "[Title 1]", "[Another title]")

    assert filings(read_draft(data), known(base)) == ()


def test_filing_gives_the_anchor_its_note_and_nothing_is_filed_twice():
    data = draft_of(intro="") + b"<!-- item i-000000000009 -->\nMy words on it.\n<!-- /item -->\n"
    [filing] = filings(read_draft(data), {})
    done = after_filing(read_draft(data), {filing.block_line: ("n-000000000009", filing.settles)})
    now = FreshBlock(
        items=("i-000000000009",),
        note="n-000000000009",
        text="## 1. T\n\nMy words on it.\n",
        words="My words on it.",
    )

    [block] = read_draft(done).blocks
    assert block.note == "n-000000000009"
    assert read_draft(done).taken == ("n-000000000009",)
    assert filings(read_draft(done), known(now)) == ()
    assert b"My words on it." in refresh(read_draft(done), [now]).data


def test_a_settled_block_follows_its_note_again():
    base = fresh(1)
    data = edited(draft_of(base), f"{SOURCE}\n", f"{SOURCE}\n\nAnd I tried it today.\n")
    [filing] = filings(read_draft(data), known(base))
    done = after_filing(read_draft(data), {filing.block_line: (base.note, filing.settles)})
    now = fresh(1, f"{base.words}\n\n{filing.text}")
    again = refresh(read_draft(done), [now])

    assert again.refreshed == (base.note,)
    assert again.data == draft_of(now)


@settings(max_examples=80, deadline=None)
@given(
    note=st.lists(
        st.text(alphabet="ab c.", min_size=1, max_size=20).map(str.strip).filter(bool), min_size=1, max_size=4
    ),
    new=st.lists(
        st.text(alphabet="xy z!", min_size=1, max_size=20).map(str.strip).filter(bool), min_size=1, max_size=3
    ),
)
def test_any_paragraphs_typed_at_the_end_are_filed_whole_and_once(note, new):
    base = fresh(1, "\n\n".join(note))
    typed = "\n\n".join(new)
    data = edited(draft_of(base), f"{SOURCE}\n", f"{SOURCE}\n\n{typed}\n")
    found = filings(read_draft(data), known(base))

    assert [(f.kind, f.text) for f in found] == [(FilingKind.APPEND, typed)]
    after = fresh(1, f"{base.words}\n\n{typed}")
    assert filings(read_draft(data), known(after)) == ()


@settings(max_examples=100, deadline=None)
@given(text=st.text(alphabet=st.sampled_from("a#>`~-—< \n!%"), max_size=60))
def test_paragraphs_hold_every_line_that_is_not_empty(text):
    lines = [line for part in paragraphs(text) for line in part.text.split("\n")]

    assert [line for line in lines if line.strip()] == [line for line in text.split("\n") if line.strip()]


def test_a_fenced_block_with_empty_lines_is_one_paragraph():
    assert [p.text for p in paragraphs("a\n\n```\nx\n\ny\n```\n\nb")] == ["a", "```\nx\n\ny\n```", "b"]
