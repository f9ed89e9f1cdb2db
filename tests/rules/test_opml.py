"""OPML: what others wrote comes in, what we write goes round."""

from dataclasses import replace
from datetime import UTC, datetime
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conformance.claims import UNEXPLAINED
from conformance.opml import scores
from pkm.errors import Refused
from pkm.model.source import CAPTURES, Source, Space, Stance, Tie
from pkm.rules import limits
from pkm.rules.clean import tidy
from pkm.rules.opml import OpmlFile, OpmlOutline, outline_of
from pkm.rules.opmlread import read_opml
from pkm.rules.opmlwrite import write_opml, write_outlines
from support.corpus import corpus

FOLLOWED = datetime(2026, 11, 2, 8, 30, tzinfo=UTC)


def source(**changes) -> Source:
    values = {
        "id": "s-2ABCDEFGHJKM",
        "url": "https://a.example/feed",
        "title": "On notes",
        "followed_at": FOLLOWED,
    }
    return Source(**{**values, **changes})


def opml(body: str) -> bytes:
    return f'<?xml version="1.0"?><opml version="2.0"><head><title>Mine</title></head><body>{body}</body></opml>'.encode()


def read(body: str) -> OpmlFile:
    return read_opml(opml(body))


def urls(file: OpmlFile) -> list[str]:
    return [one.url for one in file.outlines]


def written(*sources: Source, private: bool = True, secrets: bool = True) -> bytes:
    return write_opml(sources, title="Mine", with_private=private, with_secrets=secrets)


# Reading.


def test_nested_folders_are_kept_at_any_depth():
    [one] = read(
        '<outline text="News"><outline text="Tech"><outline text="A" xmlUrl="https://a.example/f"/></outline></outline>'
    ).outlines
    assert one.folders == (("News", "Tech"),)


def test_a_feed_in_two_folders_is_one_feed():
    feed = '<outline text="A" type="rss" xmlUrl="https://a.example/f"/>'
    [one] = read(f'<outline text="One">{feed}</outline><outline text="Two">{feed}</outline>').outlines
    assert one.folders == (("One",), ("Two",))


def test_text_wins_over_title_unless_it_is_empty():
    file = read(
        '<outline text="x" title="y" xmlUrl="https://a.example/1"/><outline text=" " title="y" xmlUrl="https://a.example/2"/>'
    )
    assert [one.title for one in file.outlines] == ["x", "y"]


def test_a_folder_that_calls_itself_rss_is_a_folder():
    [one] = read(
        '<outline text="F" type="rss"><outline text="A" type="rss" xmlUrl="https://a.example/f"/></outline>'
    ).outlines
    assert one.folders == (("F",),)


def test_url_without_type_and_odd_capitals_are_taken():
    file = read(
        '<outline text="A" url="https://a.example/f"/><outline text="B" type="atom" XMLURL="https://b.example/f"/>'
    )
    assert urls(file) == ["https://a.example/f", "https://b.example/f"]


def test_a_raw_ampersand_and_html_entities_are_read():
    [one] = read('<outline text="Q & A arch&aelig;ology" xmlUrl="https://a.example/f?a=1&copy=2"/>').outlines
    assert (one.title, one.url) == ("Q & A archæology", "https://a.example/f?a=1&copy=2")


def test_a_file_cut_in_the_middle_gives_what_it_has():
    data = opml(
        '<outline text="A" xmlUrl="https://a.example/f"/><outline text="B" xmlUrl="https://b.example/f"/>'
    )
    assert urls(read_opml(data[: data.index(b"b.example")])) == ["https://a.example/f"]


@pytest.mark.parametrize(
    "address",
    [
        "|~/fetch.py",
        "exec:~/run.sh",
        "filter:cat:https://a.example/f",
        "file:///etc/passwd",
        "javascript:alert(1)",
        "ftp://a.example/f",
    ],
)
def test_only_web_addresses_come_in_and_the_rest_is_named(address):
    file = read(
        f'<outline text="Bad" xmlUrl="{address}"/><outline text="Good" xmlUrl="https://a.example/f"/>'
    )
    assert urls(file) == ["https://a.example/f"]
    assert file.skipped == (("Bad", "its address is not http or https"),)


def test_a_filter_command_is_left_out_and_named():
    file = read('<outline text="A" xmlUrl="https://a.example/f" filtercmd="rm -rf ~"/>')
    assert urls(file) == ["https://a.example/f"]
    assert "filtercmd" in file.skipped[0][1]
    assert file.outlines[0].extras == ()


def test_lists_and_pages_are_named_but_not_followed():
    file = read(
        '<outline text="L" type="include" url="https://a.example/l.opml"/><outline text="P" htmlUrl="https://a.example/"/>'
    )
    assert not file.outlines
    assert [name for name, _ in file.noted] == ["L", "P"]


def test_the_pseudo_scheme_feed_is_http():
    file = read(
        '<outline text="A" xmlUrl="feed://a.example/f"/><outline text="B" xmlUrl="feed:https://b.example/f"/>'
    )
    assert urls(file) == ["http://a.example/f", "https://b.example/f"]


def test_category_paths_are_folders_and_words_are_tags():
    [one] = read(
        '<outline text="A" category="/News/Tech, daily ,tag/three" xmlUrl="https://a.example/f"/>'
    ).outlines
    assert one.folders == (("News", "Tech"),)
    assert one.tags == ("daily", "tag/three")


def test_entities_are_refused_with_exit_code_5():
    with pytest.raises(Refused) as caught:
        read_opml(
            b'<!DOCTYPE opml [<!ENTITY a "b">]><opml><body><outline text="&a;" xmlUrl="https://a.example/f"/></body></opml>'
        )
    assert caught.value.exit_code == 5
    assert caught.value.why
    assert caught.value.hint


def test_a_plain_doctype_is_fine():
    file = read_opml(
        b'<!DOCTYPE opml><opml><body><outline text="A" xmlUrl="https://a.example/f"/></body></opml>'
    )
    assert urls(file) == ["https://a.example/f"]


def test_what_is_no_opml_is_refused():
    with pytest.raises(Refused, match="no OPML"):
        read_opml(b"<html><body>Hello</body></html>")


def test_a_file_past_the_limit_is_refused():
    with pytest.raises(Refused, match="too large"):
        read_opml(b" " * (limits.OPML_BYTES + 1))


def test_deep_folders_are_cut_and_many_outlines_end():
    deep = (
        "".join(f'<outline text="{n}">' for n in range(5_000))
        + '<outline text="A" xmlUrl="https://a.example/f"/>'
    )
    [one] = read(deep).outlines
    assert len(one.folders[0]) == limits.OPML_DEPTH
    many = read('<outline text="x"/>' * (limits.OPML_OUTLINES + 5))
    assert many.skipped[-1][0] == "the rest"


def test_our_attributes_are_read_under_any_prefix():
    namespace = written().decode().partition('xmlns:pkm="')[2].partition('"')[0]
    data = f'<opml xmlns:q="{namespace}"><body><outline text="A" xmlUrl="https://a.example/f" q:tie="strong" q:space="nonsense"/></body></opml>'
    [one] = read_opml(data.encode()).outlines
    assert (one.tie, one.space) == (Tie.STRONG, None)


@given(st.binary(max_size=400))
@settings(max_examples=100, deadline=None)
def test_any_bytes_are_read_or_refused(data):
    hints = []
    for text in (data, b"<opml>" + data, b'<opml><outline text="' + data):
        try:
            read_opml(text)
        except Refused as error:
            hints.append(error.hint)
    assert all(hints)


# What is not ours.

STRANGE = """<?xml version="1.0"?>
<opml version="2.0" xmlns:m="https://m.example/ns" xmlns:pkm="urn:pkm-loop:opml">
<head><title>My list</title><ownerName>Ana &amp; Bo</ownerName><!-- x --><docs><![CDATA[http://opml.org]]></docs></head>
<body>
<outline text="News" title="All news" isOpen="true" type="rss">
  <outline text="A" title="The A" description="about &quot;a&quot;&#10;and b" type="atom" version="RSS2" m:hide="1"
    other:x="2" pkm:later="soon" pkm:tie="strong" xmlUrl="https://a.example/f" language="en" category="x"/>
  <outline text="a note of mine"/>
  <outline text="Empty"></outline>
  <outline type="include" text="L" url="https://a.example/l.opml"/>
</outline>
<outline text="Gone" isComment="true"><outline text="B" xmlUrl="https://b.example/f"/></outline>
</body></opml>"""


def again(file: OpmlFile) -> bytes:
    return write_outlines(file.outlines, title=file.title or "", rest=file.rest)


def test_what_other_programs_say_of_a_feed_a_folder_and_the_list_survives():
    text = again(read_opml(STRANGE.encode())).decode()
    for said in (
        'title="The A"',
        'description="about &quot;a&quot;&#10;and b"',
        'type="atom"',
        'version="RSS2"',
        'm:hide="1"',
        'other:x="2"',
        'pkm:later="soon"',
        'language="en"',
        '<outline text="News" title="All news" isOpen="true">',
        '<outline text="a note of mine"/>',
        '<outline text="Empty"/>',
        '<outline type="include" text="L" url="https://a.example/l.opml"/>',
        "<ownerName>Ana &amp; Bo</ownerName>",
        "<docs>http://opml.org</docs>",
    ):
        assert text.count(said) == 1, said


def test_what_is_written_is_well_formed_and_says_the_same_when_read_again():
    file = read_opml(STRANGE.encode())
    first = again(file)
    ET.fromstring(first)
    back = read_opml(first)
    assert (back.outlines, back.rest) == (file.outlines, file.rest)
    assert again(back) == first


def test_a_feed_that_is_commented_out_is_not_followed_and_stays_so():
    file = read_opml(STRANGE.encode())
    assert urls(file) == ["https://a.example/f"]
    assert ("B", "it is commented out") in file.noted
    text = again(file).decode()
    assert 'xmlUrl="https://b.example/f" isComment="true"' in text
    assert urls(read_opml(text.encode())) == ["https://a.example/f"]


def test_two_programs_with_one_prefix_are_told_apart():
    one = read_opml(
        b'<opml xmlns:p="urn:a"><body><outline text="A" xmlUrl="https://a.example/f" p:x="1"/></body></opml>'
    )
    two = read_opml(
        b'<opml xmlns:p="urn:b"><body><outline text="B" xmlUrl="https://b.example/f" p:x="2"/></body></opml>'
    )
    text = write_outlines([*one.outlines, *two.outlines], title="x")
    ET.fromstring(text)
    spaces = {extra.namespace for outline in read_opml(text).outlines for extra in outline.extras}
    assert spaces == {"urn:a", "urn:b"}


@pytest.mark.parametrize("name", ["filtercmd", "Command", "rssguard:postProcessScript", "on-script", "cmd"])
def test_what_some_reader_would_run_is_never_handed_on(name):
    file = read(f'<outline text="A" xmlUrl="https://a.example/f" {name}="rm -rf ~" description="kept"/>')
    assert b"rm -rf" not in again(file)
    assert b"kept" in again(file)
    assert file.skipped


def told(outline: OpmlOutline) -> OpmlOutline:
    """The outline without its prefixes, which are made anew where two programs use the same."""
    bare = tuple(one._replace(name=one.name.rpartition(":")[2]) for one in outline.extras)
    return replace(outline, extras=bare)


OUTLINES = st.recursive(
    st.just(""),
    lambda inner: st.lists(
        st.builds(
            lambda attributes, text: f"<outline {attributes}>{text}</outline>" if text else f"<outline {attributes}/>",
            st.lists(
                st.tuples(
                    st.sampled_from(
                        ["text", "TITLE", "type", "xmlUrl", "url", "htmlUrl", "isComment", "m:x", "pkm:x", "pkm:tie", "z:y", "@", "a b", "category", "xmlns:m", "xml:lang"]
                    ),
                    st.sampled_from(
                        ["", "true", "rss", "link", "A", "B & c", "&lt;&#10;x", "https://a.example/1", "https://a.example/2", "exec:x", "/F/G,t", "urn:m", "\x1b[31m", "\x00"]
                    ),
                ),
                max_size=5,
            ).map(lambda pairs: " ".join(f'{name}="{value}"' for name, value in pairs)),
            inner,
        ),
        max_size=4,
    ).map("".join),
    max_leaves=12,
)  # fmt: skip


@given(
    OUTLINES,
    st.sampled_from(["", ' xmlns:m="urn:m"', ' xmlns:PKM="urn:pkm-loop:opml"', ' xmlns:pkm="urn:x"']),
)
@settings(max_examples=100, deadline=None)
def test_whatever_was_read_goes_round_and_is_well_formed(body, declared):
    file = read_opml(f"<opml{declared}><head><title>T</title></head><body>{body}</body></opml>".encode())
    first = again(file)
    ET.fromstring(first)
    back = read_opml(first)
    assert again(back) == first
    assert {one.url: told(one) for one in back.outlines} == {one.url: told(one) for one in file.outlines}
    assert len(back.rest.others) == len(file.rest.others)


# Writing.


def test_one_outline_stands_on_one_line_sorted_by_title():
    lines = (
        written(source(title="b", url="https://b.example/f"), source(title="A", url="https://a.example/f"))
        .decode()
        .splitlines()
    )
    assert [line.split('"')[1] for line in lines if "xmlUrl" in line] == ["A", "b"]


def test_the_order_of_sources_changes_no_byte():
    one, two = source(), source(url="https://b.example/f", title="B", folders=(("Z",), ("A", "B")))
    assert written(one, two) == written(two, one)


def test_captures_and_removed_sources_are_left_out():
    assert b"xmlUrl" not in written(source(kind=CAPTURES), source(removed_at=FOLLOWED))


def test_private_sources_are_left_out_unless_asked_for():
    mine = source(private=True)
    assert b"xmlUrl" not in written(mine, private=False)
    assert b'pkm:private="true"' in written(mine)


def test_secrets_are_left_out_unless_asked_for():
    mine = source(url="https://me:sesame@a.example/feed?token=hush&x=1")
    assert b"sesame" in written(mine)
    shown = written(mine, secrets=False)
    assert b"sesame" not in shown
    assert b"hush" not in shown
    assert b"x=1" in shown


TEXT = st.text(max_size=30).map(lambda text: tidy(text, limit=60))
NAME = TEXT.filter(bool)
MOMENT = st.datetimes(min_value=datetime(2000, 1, 1), max_value=datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - the zone is given beside


def sources_of(numbers: list[int]) -> st.SearchStrategy[list[Source]]:
    def one(number: int) -> st.SearchStrategy[Source]:
        return st.builds(
            Source,
            id=st.from_regex(r"s-[0-9A-Z]{12}", fullmatch=True),
            url=st.sampled_from(
                ["https://a.example/feed?n={}", "http://b.example/{}?a=1&copy=2", "https://u:p@c.example/{}"]
            ).map(lambda url: url.format(number)),
            title=st.none() | NAME,
            home_url=st.none() | st.just("https://a.example/?a=1&b=2"),
            space=st.none() | st.sampled_from(Space),
            tie=st.sampled_from(Tie),
            stance=st.none() | st.sampled_from(Stance),
            why=st.none() | NAME,
            folders=st.lists(st.lists(NAME, min_size=1, max_size=3).map(tuple), max_size=3, unique=True).map(
                tuple
            ),
            tags=st.lists(
                NAME | st.sampled_from(["a,b", "/x", "50%", "%2C", "a/b"]), max_size=3, unique=True
            ).map(tuple),
            private=st.booleans(),
            private_host=st.booleans(),
            full=st.sampled_from(["auto", "always", "never"]),
            muted_at=st.none() | MOMENT,
            followed_at=st.none() | MOMENT,
        )

    return st.tuples(*map(one, numbers)).map(list)


SOURCES = st.lists(st.integers(0, 99), max_size=4, unique=True).flatmap(sources_of)


@given(SOURCES)
@settings(max_examples=100, deadline=None)
def test_what_is_written_is_read_again(sources):
    back = {one.url: one for one in read_opml(written(*sources)).outlines}
    assert back == {one.url: one for one in map(outline_of, sources)}


@given(SOURCES)
@settings(max_examples=60, deadline=None)
def test_export_import_export_is_equal_to_the_byte(sources):
    first = written(*sources)
    assert write_outlines(read_opml(first).outlines, title="Mine") == first


@pytest.mark.corpus
def test_lists_of_the_corpus_go_round_and_are_read_as_another_reader_does():
    corpus("opml")
    wrong = [
        f"{one.name}: {miss}" for one in scores(corpus()) for miss in one.missed if UNEXPLAINED in miss[1]
    ]
    assert wrong == []
