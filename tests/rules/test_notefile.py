import re
from datetime import date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pkm.errors import NoteUnreadable, UsageError
from pkm.rules.frontmatter import read
from pkm.rules.inert import inert, inert_line, one_line, plain
from pkm.rules.notefile import (
    add_link,
    add_quote,
    append_paragraph,
    new_note,
    read_note,
    set_keys,
)
from support.corpus import corpus

AT = datetime.fromisoformat("2026-11-22T12:36:58")

COMMENT = b"""\
---
id: n-0123456789ab
title: "Interest rates and inflation: what the ECB said"
date: 2026-11-22T12:36:58
tags:
  - economy/rates
  - ecb
source: "https://example.org/a/b"
author:
  - "Jane Doe"
published: 2026-11-20
item: i-0123456789ab
kind: comment
visibility: team
only:
  - lab
via: "Bob <https://b.example/>"
---

# Interest rates and inflation: what the ECB said

My own words, in a line.
"""


def test_new_note_has_its_keys_in_order_and_the_title_as_heading():
    made = new_note(
        id="n-0123456789ab",
        title="Interest rates and inflation: what the ECB said",
        date=AT,
        kind="comment",
        body="\n\nMy own words, in a line.\n\n",
        items=["i-0123456789ab"],
        source="https://example.org/a/b",
        authors=["Jane Doe"],
        published=date(2026, 11, 20),
        tags=["economy/rates", "ecb"],
        visibility="team",
        only=["lab"],
        via="Bob <https://b.example/>",
    )

    assert made == COMMENT


def test_note_reads_back_as_what_it_was_made_of():
    note = read_note(COMMENT, stem="x")

    assert (note.id, note.kind, note.items) == ("n-0123456789ab", "comment", ("i-0123456789ab",))
    assert note.date == AT
    assert note.tags == ("economy/rates", "ecb")
    assert (note.source, note.authors, note.published) == (
        "https://example.org/a/b",
        ("Jane Doe",),
        "2026-11-20",
    )
    assert (note.visibility, note.only, note.via) == ("team", ("lab",), "Bob <https://b.example/>")
    assert (note.own_words, note.problem, note.has_front_matter) == (6, None, True)


def test_thought_without_item_has_no_heading_and_several_items_are_a_list():
    assert new_note(id="n-1", title="t", date=AT, kind="thought", body="w").endswith(
        b"kind: thought\n---\n\nw\n"
    )
    assert b"item:\n  - i-1\n  - i-2\n" in new_note(
        id="n-1", title="t", date=AT, kind=None, items=["i-1", "i-2"]
    )


def test_rule_in_the_words_is_no_fence():
    made = new_note(id="n-1", title="t", date=AT, kind=None, body="---\na: b\n---\n\n```\n---\n```")

    assert read_note(made, stem="x").body == "\n***\na: b\n***\n\n```\n---\n```\n"


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ('---\ntitle: "From the key"\n---\n# Heading\n', "From the key"),
        ("---\nid: n-1\n---\ntext\n\n## First heading ##\n", "First heading"),
        ("```\n# no heading\n```\ntext", "the-stem"),
        ("---\ntitle: a: b\n---\n# Heading\n", "a: b"),
        ("---\n- a\n---\n# Heading\n", "Heading"),
        ("", "the-stem"),
        ("---\ntitle:\n---\n#   \n# \x1b[31mred\n", "[31mred"),
    ],
)
def test_note_always_has_a_title(text, title):
    assert read_note(text.encode(), stem="the-stem").title == title


def test_foreign_keys_are_read_in_any_case_number_and_form():
    note = read_note(
        b"---\nTags: '#a b, c'\nkeywords: [d, a]\nalias: Other\ndate: 2026-11-22 10:00\nmodified: 2026-13-45\n"
        b"Author: Jane Doe, Bob\nmood: fine\nnumbers: [1, 2]\n---\n",
        stem="x",
    )

    assert note.tags == ("a", "b", "c", "d")
    assert note.aliases == ("Other",)
    assert note.authors == ("Jane Doe", "Bob")
    assert note.date == datetime.fromisoformat("2026-11-22T10:00:00")
    assert note.modified is None
    assert note.extra == (("mood", "fine"), ("numbers", "1, 2"))


@pytest.mark.parametrize(
    "front",
    [
        "visibility: public\ntitle: a: b",
        "visibility: public\nvisibility: private",
        "Visibility: private\nvisibility: public",
        "only: [a]\nonly: [b]\nvisibility: public",
        "visibility: &a public\nx: *a",
    ],
)
def test_note_that_can_be_read_in_two_ways_is_private(front):
    note = read_note(f"---\n{front}\n---\nwords of my own\n".encode(), stem="x")

    assert note.visibility == "private"
    assert note.problem.startswith("line ")
    assert note.own_words == 4


def test_unknown_visibility_is_kept_and_named_with_its_line():
    note = read_note(b"---\nid: n-1\nvisibility: everyone\n---\n", stem="x")

    assert note.visibility == "everyone"
    assert note.problem == "line 3: `everyone` is no visibility, so the note counts as private"


LINKS = """\
---
up: "[[Parent]]"
---
See [[a-note|A note]], [[deep/path#Heading]], ![[embedded]] and [text](other%20file.md#part).
Not `[[code]]`, %% [[hidden]] %%, \\[[escaped]], <!-- [[x]] -->, [web](https://a.example/x.md), [[]], [[ ]], [[|b]], [[#h]].

| [[in\\|table]] |

```
[[fenced]]
```

## Links

- contradicts: [[b-note|B note]]
- see also: [[c-note]]
- [[d-note]]

## After

- told: [[e-note]]
"""


def test_links_are_found_outside_code_and_comments_with_line_and_relation():
    found = [
        (one.target, one.anchor, one.label, one.rel, one.line)
        for one in read_note(LINKS.encode(), stem="x").links
    ]

    assert found == [
        ("Parent", None, None, None, 2),
        ("a-note", None, "A note", None, 4),
        ("deep/path", "Heading", None, None, 4),
        ("embedded", None, None, None, 4),
        ("other file.md", "part", "text", None, 4),
        ("in", None, "table", None, 7),
        ("b-note", None, "B note", "contradicts", 15),
        ("c-note", None, None, "see also", 16),
        ("d-note", None, None, None, 17),
        ("e-note", None, None, None, 21),
    ]


def test_quotes_are_found_with_their_marks():
    text = "# T\n\n> one\n> two\n\n^h-aaaaaaaaaaaa\n\n> three ^h-bbbbbbbbbbbb\n\n> bare\ntext\n\n```\n> code\n```\n\n> ```\n> kept\n> ```\n^h-cccccccccccc"

    assert [(one.id, one.text, one.line) for one in read_note(text.encode(), stem="x").quotes] == [
        ("h-aaaaaaaaaaaa", "one\ntwo", 3),
        ("h-bbbbbbbbbbbb", "three", 8),
        (None, "bare", 10),
        ("h-cccccccccccc", "```\nkept\n```", 17),
    ]


def test_paragraph_goes_before_the_links():
    data = b"---\nid: n-1\n---\n\none\n\n## Links\n\n- [[x]]\n"

    assert append_paragraph(data, "two\n") == b"---\nid: n-1\n---\n\none\n\ntwo\n\n## Links\n\n- [[x]]\n"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b"", b"new\n"),
        (b"one", b"one\n\nnew"),
        (b"one\n", b"one\n\nnew\n"),
        (b"one\n\n\n", b"one\n\n\nnew\n"),
        (b"one\r\n", b"one\r\n\r\nnew\r\n"),
        (b"---\nid: n-1\n---", b"---\nid: n-1\n---\n\nnew"),
        (b"---\nid: n-1\n---\n", b"---\nid: n-1\n---\n\nnew\n"),
        (b"\xef\xbb\xbf> q\r\n", b"\xef\xbb\xbf> q\r\n\r\nnew\r\n"),
        (b"---\ntitle: a: b\n---\nx\n", b"---\ntitle: a: b\n---\nx\n\nnew\n"),
    ],
)
def test_paragraph_is_added_in_the_files_own_manner(before, after):
    assert append_paragraph(before, "new") == after


@pytest.mark.parametrize("body", [b"a\n\n```\nopen code", b"a %% open", b"<!-- open", b"caf\xe9", b"nul \0"])
def test_nothing_is_added_where_it_would_not_be_seen(body):
    for change in (
        lambda: append_paragraph(body, "new"),
        lambda: add_quote(body, quote_id="h-1", text="q"),
        lambda: add_link(body, rel="see", stem="s", title="S"),
    ):
        with pytest.raises(NoteUnreadable):
            change()


def test_quotes_stand_below_the_title_in_order_and_comments_stay_with_them():
    note = add_quote(COMMENT, quote_id="h-aaaaaaaaaaaa", text="First.\n\nMore.", comment="so\nit is")
    note = add_quote(note, quote_id="h-bbbbbbbbbbbb", text="Second.")

    body = read(note).body
    assert body == (
        "\n# Interest rates and inflation: what the ECB said\n\n> First.\n>\n> More.\n\n^h-aaaaaaaaaaaa\n\n"
        "- so\n  it is\n\n> Second.\n\n^h-bbbbbbbbbbbb\n\nMy own words, in a line.\n"
    )
    assert [quote.id for quote in read_note(note, stem="x").quotes] == ["h-aaaaaaaaaaaa", "h-bbbbbbbbbbbb"]
    assert read_note(note, stem="x").own_words == 6 + 3


def test_quote_in_a_note_with_no_words_leaves_it_unsensed():
    assert (
        read_note(add_quote(b"", quote_id="h-1", text="many words of somebody else"), stem="x").own_words == 0
    )


def test_links_are_gathered_under_their_heading_once():
    note = add_link(b"words\n", rel="contradicts", stem="a-note", title="A | [note]")
    note = add_link(note, rel="see also", stem="b", title="b")

    assert note == b"words\n\n## Links\n\n- contradicts: [[a-note|A note]]\n- see also: [[b]]\n"
    assert add_link(note, rel="see also", stem="b", title="b") == note
    assert [link.rel for link in read_note(note, stem="x").links] == ["contradicts", "see also"]


def test_link_goes_under_the_heading_even_if_more_follows():
    assert (
        add_link(b"## Links\n\n## More\n\nx\n", rel="r", stem="s", title="s")
        == b"## Links\n\n- r: [[s]]\n\n## More\n\nx\n"
    )


@pytest.mark.parametrize("rel", ["", "a: b", "[[x]]", "-"])
def test_relation_that_is_no_word_is_refused(rel):
    with pytest.raises(UsageError):
        add_link(b"", rel=rel, stem="s", title="S")


HOSTILE = [
    "<% tp.system.prompt() %>",
    "`$= dv.pages()`",
    "`= this.file`",
    "![[secret]]",
    "[[note]]",
    "[key:: value]",
    "key:: value",
    "vim: set modelines=5:",
    " vi:noai:",
    "ex: x",
    "-*- mode: x -*-",
    "Local Variables:",
    "<script>alert(1)</script>",
    "<!-- pkm:begin x -->",
    "<!-- /item -->",
    "%% hidden %%",
    "%%%%",
    "{{query}}",
    "#tag",
    "text ^h-0123456789ab",
    "~~~\ncode",
    "```dataviewjs\nx\n```",
    "![pixel](http://a.example/x.png)",
    "\\<% x",
    "a\u2028b\x00\x1b[31m",
    "$$=x",
    ":::",
]
FORBIDDEN = re.compile(
    r"<%|\$=|!\[|\[\[|(?<!\\)\]\(|%%|\{\{|::|(?<!\\)<[A-Za-z/!]|(?:\A|\s)(?:vi|vim|ex)[<>=\d]*:|-\*-|(?<!\\)`|(?:\A|\s)#\w"
    r"|Variables:|[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029]|(?<![~\\])~~~"
)


@pytest.mark.parametrize("text", HOSTILE)
def test_passage_of_an_item_does_nothing_in_a_note(text):
    note = add_quote(b"own words\n", quote_id="h-aaaaaaaaaaaa", text=text)

    assert not FORBIDDEN.search(inert(text))
    read_again = read_note(note, stem="x")
    assert [quote.id for quote in read_again.quotes] == ["h-aaaaaaaaaaaa"]
    assert read_again.links == ()
    assert read_again.own_words == 2


@given(
    st.lists(
        st.sampled_from(
            [*HOSTILE, " ", "\n", "a", "\\", "`", "[", "!", "<", "%", "$", "=", ":", "#", "^", "~"]
        ),
        max_size=8,
    )
)
@settings(max_examples=300, deadline=None)
def test_no_mixture_does_anything_either(pieces):
    text = "".join(pieces)

    assert not FORBIDDEN.search(inert(text))
    assert not FORBIDDEN.search(inert_line(text))
    assert plain(inert(text)) == plain(inert(plain(inert(text))))


@given(st.text(alphabet=st.characters(categories=["L", "N", "P", "S", "Zs"]), max_size=60))
@settings(max_examples=200, deadline=None)
def test_inert_text_shows_the_same_characters(text):
    assert plain(inert(text)) == text


def test_ordinary_prose_is_quoted_as_it_is():
    prose = "At 12:30 she said: 5 > 3 (really), 100% of $5 - and so on; e.g. C# or a_b *c*."

    assert inert(prose) == prose


def test_title_of_an_item_does_nothing_in_a_note():
    title = "<% x %> ![[y]] `$= z` vim: set\n---\nid: n-evil"
    made = new_note(id="n-1", title=title, date=AT, kind="comment", items=["i-1"], body="my three words")
    note = read_note(made, stem="x")

    assert note.title == one_line(title)
    assert note.id == "n-1"
    assert note.links == ()
    for live in ("<%", "![[", "$=", "vim:"):
        assert live not in made.decode()


TEXTS = st.text(alphabet="ab \n#>-*`~|[]:.é日🎉\\", max_size=80)


@given(TEXTS, st.sampled_from(["\n", "\r\n"]), st.booleans(), st.booleans())
@settings(max_examples=200, deadline=None)
def test_changes_insert_lines_and_alter_none(text, newline, bom, front):
    head = newline.join(["---", "id: n-1", "# c", "---", ""]) if front else ""
    data = (("\ufeff" if bom else "") + head + text.replace("\n", newline)).encode()
    for change in (
        lambda old: append_paragraph(old, "added words"),
        lambda old: add_quote(old, quote_id="h-aaaaaaaaaaaa", text="a\nb", comment="c"),
        lambda old: add_link(old, rel="see", stem="s", title="T"),
    ):
        try:
            after = change(data)
        except NoteUnreadable:
            continue
        added = iter(after.decode("utf-8-sig").replace("\r\n", "\n").split("\n"))
        assert all(line in added for line in data.decode("utf-8-sig").replace("\r\n", "\n").split("\n"))
        assert b"\r\n" not in data or not re.search(rb"(?<!\r)\n", after.replace(b"\r\n", b""))
        assert read(after).values == read(data).values


@given(st.text(max_size=40), st.lists(st.text(max_size=10), max_size=3), st.text(max_size=60))
@settings(max_examples=150, deadline=None)
def test_new_note_reads_back(title, tags, body):
    made = new_note(
        id="n-1", title=title, date=AT, kind="thought", tags=tags, aliases=tags, body=body, source=title
    )
    note = read_note(made, stem="stem")

    assert (note.id, note.kind, note.problem) == ("n-1", "thought", None)
    assert note.title == (one_line(title) or "stem") or body.lstrip().startswith("#") or "#" in body
    assert note.aliases == tuple(dict.fromkeys(one for one in map(one_line, tags) if one))
    assert made.endswith(b"\n")
    assert b"\r" not in made


@given(st.binary(max_size=300))
@settings(max_examples=150, deadline=None)
def test_no_bytes_crash_the_reader_of_notes(data):
    assert read_note(data, stem="s").title


def test_keys_are_set_without_touching_the_text():
    assert set_keys(COMMENT, {"visibility": "public"}) == COMMENT.replace(
        b"visibility: team", b"visibility: public"
    )


@pytest.mark.corpus
def test_every_note_of_the_vaults_is_read_and_takes_a_paragraph():
    for path in sorted(corpus("vaults").rglob("*.md"))[::17]:
        data = path.read_bytes()
        assert read_note(data, stem=path.stem).title
        try:
            after = append_paragraph(data, "pkm paragraph here")
        except NoteUnreadable:
            continue
        at = after.index(b"pkm paragraph here")
        assert data.startswith(after[:at].rstrip()), path
        assert data.endswith(after[at + len(b"pkm paragraph here") :].lstrip()), path


@pytest.mark.corpus
def test_links_of_the_hostile_note_are_those_that_obsidian_sees():
    note = read_note(
        corpus("hostile", "own-notes", "links-everywhere.md").read_bytes(), stem="links-everywhere"
    )

    assert {link.target for link in note.links} == {
        *("a", "../up", "/abs", "img.png", "self", "Links-Everywhere", "links everywhere")
    }
