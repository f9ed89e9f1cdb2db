from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pkm.model.digest import ItemView
from pkm.rules.draft import make_block, read_draft
from pkm.rules.draftmerge import FreshBlock
from pkm.share.check import CheckFacts, check_draft
from pkm.share.gate import Reason, Withheld

HEAD = "---\nid: d-1\naudience: team\nperiod: 2026-W47\n---\n"
WORDS = "My words on this stand here."
SOURCE = "— Ana, Example Review, 2026-11-18"


def view(number=1, **fields):
    known = {
        "title": f"Title {number}",
        "url": f"https://example{number}.org/a",
        "authors": ("Ana",),
        "source_title": "Example Review",
        "published_on": "2026-11-18",
        "direct": True,
    }
    return ItemView(item=f"i-{number}", **{**known, **fields})


def text_of(number=1, *, title=None, words=WORDS, quote="", source=SOURCE):
    heading = f"## {number}. " + (
        f"[Title {number}](https://example{number}.org/a)" if title is None else title
    )
    return "\n\n".join(part for part in (heading, words, quote, source) if part) + "\n"


def checked(*texts, intro="", closing="", **facts):
    blocks = [
        make_block(items=(f"i-{n}",), note=f"n-{n}", text=text) for n, text in enumerate(texts, start=1)
    ]
    body = "\n".join(block.opening + block.text + block.closing for block in blocks)
    data = (HEAD + intro + body + closing).encode()
    numbers = range(1, len(texts) + 1)
    given = {
        "items": {f"i-{n}": view(n) for n in numbers},
        "known": {
            f"n-{n}": FreshBlock(items=(f"i-{n}",), note=f"n-{n}", text=text, words=WORDS)
            for n, text in zip(numbers, texts, strict=True)
        },
        "visible": lambda _target: None,
    }
    found = check_draft(read_draft(data), CheckFacts(path="digests/team-2026-W47.md", **{**given, **facts}))
    return data.decode().splitlines(), found


def names(found):
    return [(row.level, row.check) for row in found]


def only(found, check):
    [row] = [row for row in found if row.check == check]
    return row


def test_a_good_draft_has_no_findings():
    assert checked(text_of())[1] == ()


def test_every_finding_names_the_file_and_says_what_to_do():
    _, found = checked(text_of(title="", words="", source=""), items={"i-1": view(url=None, authors=())})

    assert found
    for row in found:
        assert row.path == "digests/team-2026-W47.md"
        assert row.hint


def test_a_comment_still_needed_is_an_error_on_its_line():
    lines, found = checked(text_of(words="COMMENT NEEDED: kept for Q3"))

    row = only(found, "comment-needed")
    assert row.level == "error"
    assert lines[row.line - 1].startswith("COMMENT NEEDED")


def test_a_withheld_note_is_an_error_with_the_gates_hint():
    held = Withheld(
        note="n-1",
        title="Note",
        reason=Reason.LEVEL,
        why="it is private",
        hint="pkm notes set n-1 --visibility team",
    )
    row = only(checked(text_of(), withheld={"n-1": held}, known={})[1], "withheld")

    assert (row.level, row.hint) == ("error", held.hint)


def test_a_block_that_names_what_is_not_known_is_an_error():
    assert ("error", "unknown") in names(checked(text_of(), items={})[1])
    assert ("error", "unknown") in names(checked(text_of(), known={})[1])


@pytest.mark.parametrize("kind", ["talk", "mail", "text"])
def test_a_talk_a_mail_and_a_text_need_no_link(kind):
    found = checked(text_of(title="A talk in the corridor"), items={"i-1": view(url=None, kind=kind)})[1]

    assert found == ()


def test_a_page_without_link_or_title_is_an_error():
    assert names(checked(text_of(title="A page"))[1]) == [("error", "link-missing")]
    assert ("error", "title-missing") in names(checked(text_of(title="[](https://example.org/a)"))[1])


@pytest.mark.parametrize(
    "target", ["javascript:alert(1)", "file:///etc/passwd", "../notes/a.md", "data:text/html,x", ""]
)
def test_a_link_that_is_not_http_is_an_error_on_its_line(target):
    lines, found = checked(text_of(words=f"{WORDS}\n\nSee [this]({target}) here."))

    row = only(found, "link-unsafe")
    assert row.level == "error"
    assert lines[row.line - 1].startswith("See ")


def test_a_secret_in_an_address_is_an_error_and_is_not_repeated():
    row = only(
        checked(text_of(), intro="Our [feed](https://me:hunter2@example.org/f).\n\n")[1], "link-secret"
    )

    assert row.level == "error"
    assert "hunter2" not in row.message


def test_a_secret_in_a_bare_address_is_an_error_too():
    lines, found = checked(text_of(), intro="Hi.\n\nIt is https://me:hunter2@example.org/f here.\n\n")

    assert lines[only(found, "link-secret").line - 1].startswith("It is ")


def test_a_link_to_a_hidden_note_is_an_error_wherever_it_is_typed():
    lines, found = checked(
        text_of(), intro="Hello.\n\nSee [[Secret plan]].\n\n", visible=lambda target: target != "Secret plan"
    )

    row = only(found, "link-hidden")
    assert "[[Secret plan]]" in lines[row.line - 1]


@pytest.mark.parametrize("mark", ["%% note to me", "<!-- note to me", "<!-- private --> x"])
def test_an_unclosed_private_mark_is_an_error(mark):
    assert ("error", "mark-unclosed") in names(checked(text_of(), intro=f"{mark}\n\n")[1])
    assert ("error", "mark-unclosed") in names(checked(text_of(words=f"{WORDS} {mark}"))[1])


def test_broken_anchors_are_errors():
    assert ("error", "anchor-orphan") in names(checked(text_of(), closing="<!-- /item -->\n")[1])


def test_no_words_beside_a_quotation_is_a_warning():
    assert names(checked(text_of(words="", quote="> a passage"))[1]) == [("warning", "no-own-words")]


def test_a_long_quotation_and_a_large_share_are_warnings():
    quote = "> " + "word " * 76
    found = checked(text_of(quote=quote), texts={"i-1": "word " * 100})[1]

    assert names(found) == [("warning", "quote-long"), ("warning", "quote-share")]
    assert names(checked(text_of(quote="> " + "word " * 75), texts={"i-1": "word " * 1000})[1]) == []


@pytest.mark.parametrize("words", ['She said "no and left.', "She said “no and left.", "« no and left."])
def test_an_open_quotation_mark_is_a_warning(words):
    assert names(checked(text_of(words=words))[1]) == [("warning", "quotation-open")]


@pytest.mark.parametrize(
    "words", ['She said "no".', "She said „nein“ and went.", "It’s fine, isn't it?", 'Run `echo "` now.']
)
def test_closed_marks_apostrophes_and_code_are_none(words):
    assert checked(text_of(words=words))[1] == ()


def test_a_quotation_that_the_text_does_not_hold_is_a_warning():
    text = "Before it — a “passage”, word for word; and after, the end of it. " * 3
    ok = checked(text_of(quote='> a "passage", word […] the end'), texts={"i-1": text})[1]
    bad = checked(text_of(quote="> a passage never written"), texts={"i-1": text})[1]

    assert ok == ()
    assert names(bad) == [("warning", "quote-not-found")]


def test_missing_attribution_is_one_warning_an_item():
    found = checked(
        text_of(), items={"i-1": view(authors=(), source_title=None, published_on=None, direct=False)}
    )[1]

    assert names(found) == [("warning", "attribution")]
    assert (
        found[0].message
        == "Title 1: no author, no publication, no date, no via, nor that you found it directly"
    )


def test_what_was_published_outside_the_period_is_a_note_with_the_distance():
    days = {"first_day": date(2026, 11, 20), "last_day": date(2026, 11, 22)}
    row = only(checked(text_of(), **days)[1], "outside-period")

    assert (row.level, row.message) == ("note", "Title 1: published 2 days before the period")
    assert checked(text_of(), first_day=date(2026, 11, 18), last_day=date(2026, 11, 18))[1] == ()


def test_what_stood_in_an_earlier_edition_is_a_warning():
    row = only(checked(text_of(), stood={"i-1": 7})[1], "already-shared")

    assert (row.level, row.message) == ("warning", "stood in edition 7 for this audience already")


def test_many_items_of_one_host_and_no_dissent_are_notes():
    items = {f"i-{n}": view(n, url="https://www.example.org/a") for n in (1, 2, 3)}
    found = checked(text_of(1), text_of(2), text_of(3), items=items, dissent=False)[1]

    assert names(found) == [("note", "one-host"), ("note", "all-agree")]
    assert found[0].message == "3 of 3 items come from example.org"
    assert checked(text_of(1), items={"i-1": view()}, dissent=False)[1] == ()


def test_an_empty_draft_is_a_warning():
    assert names(checked()[1]) == [("warning", "empty")]


def test_words_that_would_be_filed_are_told_with_their_line():
    data = (
        HEAD + "<!-- item i-1 -->\n## [T](https://example.org/a)\n\nTyped here by hand.\n<!-- /item -->\n"
    ).encode()
    facts = CheckFacts(path="d.md", items={"i-1": view()}, visible=lambda _target: None)
    [row] = check_draft(read_draft(data), facts)

    assert (row.level, row.check) == ("note", "filing-new-note")
    assert data.decode().splitlines()[row.line - 1] == "Typed here by hand."


@settings(max_examples=60, deadline=None)
@given(
    text=st.text(alphabet=st.sampled_from('ab[]()<>!`*_#|\\%-—" \n&:/.'), max_size=60),
    intro=st.text(max_size=40),
)
def test_no_text_makes_the_check_fail(text, intro):
    for row in checked(text, intro=intro + "\n")[1]:
        assert row.level in {"error", "warning", "note"}
        assert row.line is None or row.line >= 1
