from hypothesis import given, settings
from hypothesis import strategies as st

from pkm.rules.draft import read_draft, write_draft
from pkm.rules.draftmerge import refresh
from pkm.rules.draftunsensed import UNSENSED, framed, is_there, renewed

HEAD = "---\nid: d-0000000000aa\naudience: team\nperiod: 2026-W47\n{taken}---\n\nHello.\n"
TAKEN = "taken:\n  - unsensed\n"


def draft(body, *, taken=TAKEN):
    return read_draft((HEAD.format(taken=taken) + body).encode())


def text_of(found):
    return write_draft(found).decode()


def test_the_listing_follows_what_waits_until_a_person_edits_it():
    first = draft("\n" + framed("- one\n"))
    second = renewed(first, "- two\n")
    edited = read_draft(text_of(second).replace("- two", "- two, soon").encode())

    assert "- two" in text_of(second)
    assert "- one" not in text_of(second)
    assert renewed(edited, "- three\n") == edited


def test_an_empty_listing_goes_and_takes_its_empty_lines_along():
    assert text_of(renewed(draft("\n" + framed("- one\n")), "")).endswith("Hello.\n")


def test_a_deleted_listing_does_not_come_back():
    again = refresh(draft("\nBye.\n"), (), unsensed="- one\n")

    assert b"- one" not in again.data
    assert UNSENSED in read_draft(again.data).left_out
    assert again.left_out == ()


def test_a_draft_that_had_none_gets_one_at_its_end():
    again = refresh(draft("", taken=""), (), unsensed="- one\n")

    assert is_there(read_draft(again.data))
    assert again.data.decode().endswith("Hello.\n\n" + framed("- one\n"))
    assert UNSENSED in read_draft(again.data).taken


@settings(deadline=None, max_examples=60)
@given(
    before=st.text(alphabet="ab \n<!-", max_size=20),
    after=st.text(alphabet="ab \n-->", max_size=20),
    rounds=st.lists(st.sampled_from(["", "- one\n", "- one\n- two\n"]), max_size=4),
    newline=st.sampled_from(["\n", "\r\n"]),
)
def test_what_stands_around_the_listing_is_never_touched(before, after, rounds, newline):
    body = f"{before}x\n\n{framed('- one' + chr(10))}\ny{after}"
    found = read_draft((HEAD.format(taken=TAKEN) + body).replace("\n", newline).encode())
    for listing in rounds:
        found = read_draft(text_of(renewed(found, listing)).encode())

    text = text_of(found)
    assert text.startswith((HEAD.format(taken=TAKEN) + before + "x").replace("\n", newline))
    assert text.endswith(("\ny" + after).replace("\n", newline))
