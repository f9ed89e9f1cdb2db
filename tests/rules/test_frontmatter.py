import re

import frontmatter as second_opinion
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pkm.errors import NoteUnreadable
from pkm.rules import limits
from pkm.rules.frontmatter import edit, read, split
from pkm.rules.yamlscalar import scalar
from support.corpus import corpus
from support.searching import searched

# Every file here reads, and every key that is not edited stays byte for byte.
NASTY = {
    "plain": "---\ntitle: A title\ntags:\n  - a\n  - b\n---\n\nbody\n",
    "crlf": "---\r\ntitle: A title\r\ntags:\r\n  - a\r\n---\r\n\r\nbody\r\n",
    "mixed line ends": "---\r\ntitle: x\ntags: [a]\r\n---\nbody\r\n\n",
    "old mac": "---\rtitle: x\rkeep: y\r---\rbody\r",
    "bom": "\ufeff---\ntitle: x\n---\nbody\n",
    "no final newline": "---\ntitle: x\n---\nbody",
    "nothing after the fence": "---\ntitle: x\n---",
    "closed by dots": "---\ntitle: x\n...\nbody\n",
    "spaces after the fences": "---  \ntitle: x\n--- \nbody\n",
    "comments": "---\n# top\ntitle: x # of mine\n# between\nkeep: y\n# end\n---\nbody\n",
    "blank lines": "---\n\ntitle: x\n\n\nkeep: y\n\n---\nbody\n",
    "odd quoting": "---\ntitle: 'it''s'\nkeep: \"a\\tb\"\n'quoted key': z\n---\nbody\n",
    "flow list": "---\ntags: [a, \"b\", 'c'] # mine\nkeep: 1\n---\n",
    "flow list on two lines": "---\ntags: [a,\n  b] # mine\nkeep: 1\n---\n",
    "list without indent": "---\ntags:\n- a # one\n- b\nkeep: 1\n---\n",
    "list far indented": "---\ntags: # mine\n      - a\n      - b\nkeep: 1\n---\n",
    "block scalar": "---\ntitle: |\n  two\n  lines\n\nkeep: >-\n  folded\n  words\n---\nbody\n",
    "kept block scalar last": "---\nkeep: 1\ntitle: |+\n  x\n\n\n---\nbody\n",
    "plain on many lines": "---\ntitle: a\n  b\n  c\nkeep: 1\n---\n",
    "value on the next line": "---\ntitle:\n  below\nkeep: 1\n---\n",
    "empty values": "---\ntitle:\ntags: # none\nkeep: ~\n---\n",
    "nested map": "---\naliases:\n    a: b\n    c:\n      - d\nkeep: {x: [1, 2]}\n---\n",
    "indented map": "---\n  title: x\n  keep: y\n---\n",
    "spaces before the colon": "---\ntitle : x\nkeep  : y\n---\n",
    "emoji and scripts": "---\n🎉: 日本語\ntitle: Привет 🎉\nkeep: İstanbul\n---\n本文\n",
    "upper case keys": "---\nTitle: x\nTAGS: [a]\nkeep: y\n---\n",
    "values that YAML 1.1 changes": (
        "---\na: no\nb: 12:30\nc: 0123\nd: 1.10\ne: +49123\nf: 2026-11-22\ng: 01234567\ntitle: x\n---\n"
    ),
    "python tag": '---\ntitle: !!python/object/apply:os.system ["echo"]\nkeep: 1\n---\nbody\n',
    "wikilinks": '---\nrelated: [[x]]\nup: "[[Note|Label]]"\ntitle: x\n---\n',
    "dashes in a value": "---\ntitle: --- not a fence\nkeep: a---b\n---\nbody\n---\nmore\n",
    "empty block": "---\n---\nbody\n",
    "only comments": "---\n# nothing yet\n---\nbody\n",
    "no front matter": "# Heading\n\nbody\n",
    "letterhead": "---\nDear reader,\n---\n\nbody\n",
    "list for front matter": "---\n- a\n- b\n---\nbody\n",
    "rule on line two": "\n---\nnot: front\n---\n",
    "rule alone": "---\n\nbody after a rule\n",
    "empty": "",
    "only a newline": "\n",
    "tab in a comment": "---\n#\tcomment\ntitle: x\nkeep: y\n---\n",
    "tab in a block scalar": "---\ncode: |\n  a\n  \tindented\ntitle: x\n---\n",
    "line separators": "---\ntitle: a\u2028  b\nkeep: y\n---\n",
}

REFUSED = {
    "in brackets": ("---\n{title: x, tags: [a]}\n---\nbody\n", "brackets"),
    "anchor": ("---\ntitle: &a x\n---\n", "anchor"),
    "alias": ("---\na: &a x\ntitle: *a\n---\n", "alias"),
    "merge key": ("---\n<<: {a: b}\ntitle: x\n---\n", "merge key"),
    "key twice": ("---\ntitle: a\ntitle: b\n---\n", "twice"),
    "key twice in two cases": ("---\ntitle: a\nTitle: b\n---\n", "twice"),
    "tab after the key": ("---\ntitle:\tx\n---\n", "tab"),
    "tab before the key": ("---\na:\n\ttitle: x\n---\n", "tab"),
    "syntax": ("---\ntitle: a: b\n---\n", "line 2"),
    "unclosed quote": ('---\ntitle: "a\n---\n', "line"),
    "second document": ("---\ntitle: a\n--- b\n---\n", "second document"),
    "never closed": ("---\ntitle: a\n\nbody\n", "never closed"),
    "key that is a list": ("---\n? [a, b]\n: c\n---\n", "key"),
    "too deep": ("---\ntitle: " + "[" * 100 + "]" * 100 + "\n---\n", "nested"),
    "too long": ("---\ntitle: " + "x" * 70_000 + "\n---\n", "longer"),
    "NUL": ("---\ntitle: x\n---\n\0\n", "NUL"),
    "control character": ("---\ntitle: \x07x\n---\n", "line 2"),
}

EDITS = [
    {"title": "New: one"},
    {"title": ["p", "q"]},
    {"tags": ["a", "new"]},
    {"tags": ["b"]},
    {"tags": []},
    {"tags": "one"},
    {"title": None},
    {"tags": None, "id": "n-0123456789ab"},
    {"status": "settled", "via": 'Ann "A" <https://a.example/?q=#x>'},
    {"aliases": ["#x", "- y", "no", "12", ""]},
]


def outside(text: str, names: set[str]) -> list[str]:
    """The lines of a file that do not belong to one of these keys (a rough reader of its own, for tests)."""
    kept: list[str] = []
    inside = False
    lines = re.split(r"(?<=\n)|(?<=\r)(?!\n)", text)
    for line in lines:
        top = re.match(r"\s{0,2}['\"]?([\w🎉 ]+?)['\"]?\s*:", line)
        if top and not line.startswith(("   ", "\t")):
            inside = top[1].strip().lower() in names
        elif line.startswith(("---", "...", "#")) or not line.strip():
            inside = False
        if not inside:
            kept.append(line)
    return kept


@pytest.mark.parametrize("name", NASTY)
@pytest.mark.parametrize("changes", EDITS, ids=str)
def test_edit_changes_only_the_lines_it_is_about(name, changes):
    data = NASTY[name].encode()
    before = read(data)

    after = edit(data, changes)

    result = read(after)
    assert result.problem is None
    for key, value in changes.items():
        wanted = value if value is None or isinstance(value, str) else tuple(value)
        assert result.values.get(key) == wanted
    untouched = {key: value for key, value in before.values.items() if key not in changes}
    assert {key: value for key, value in result.values.items() if key not in changes} == untouched
    if before.present:
        assert outside(NASTY[name], set(changes)) == outside(after.decode(), set(changes))
        assert split(after).body == split(data).body
        assert split(after).bom == split(data).bom
    else:
        assert after.removeprefix(b"\xef\xbb\xbf").endswith(data.removeprefix(b"\xef\xbb\xbf"))


@pytest.mark.parametrize("name", NASTY)
def test_file_is_the_sum_of_its_parts(name):
    assert split(NASTY[name].encode()).text == NASTY[name]


@pytest.mark.parametrize("name", NASTY)
def test_edit_to_what_is_there_changes_no_byte(name):
    data = NASTY[name].encode()
    values = {key: value for key, value in read(data).values.items() if re.match(r"[a-z]+\Z", key)}

    assert edit(data, values) == data
    assert edit(data, {"absent": None}) == data


@pytest.mark.parametrize("name", REFUSED)
def test_edit_refuses_what_it_cannot_keep_and_says_what_it_is(name):
    text, reason = REFUSED[name]

    with pytest.raises(NoteUnreadable) as refused:
        edit(text.encode(), {"status": "open"})
    assert reason in str(refused.value)
    assert "pkm notes edit" in refused.value.hint


@pytest.mark.parametrize("name", REFUSED)
def test_broken_front_matter_never_hides_the_text(name):
    text = REFUSED[name][0] + "the words\n"

    assert read(text.encode()).body.endswith("the words\n")


@pytest.mark.parametrize(
    "data",
    [
        b"---\ntitle: caf\xe9\n---\nbody \xff\n",
        "---\ntitle: x\n---\nb\n".encode("utf-16"),
        b"x" * (limits.NOTE_BYTES + 1),
    ],
    ids=["latin-1", "utf-16", "too large"],
)
def test_bytes_that_are_no_utf8_are_read_and_not_rewritten(data):
    assert read(data).body
    assert read(data).problem
    with pytest.raises(NoteUnreadable):
        edit(data, {"title": "x"})


def test_title_of_a_foreign_encoding_is_read():
    assert read("---\ntitle: sixteen\n---\nb\n".encode("utf-16")).values["title"] == "sixteen"
    assert read(b"---\ntitle: caf\xe9\n---\n").values["title"] == "café"


def test_scalars_stay_as_they_are_written():
    values = read(NASTY["values that YAML 1.1 changes"].encode()).values

    assert dict(values) == {
        "a": "no",
        "b": "12:30",
        "c": "0123",
        "d": "1.10",
        "e": "+49123",
        "f": "2026-11-22",
        "g": "01234567",
        "title": "x",
    }


def test_problem_names_the_line_of_the_file():
    assert read(b"---\nid: n-1\ntitle: a: b\n---\n").problem.startswith("line 3: ")
    assert read(b"---\nid: n-1\nid: n-2\n---\n").problem == "line 3: `id` stands twice"


def test_readable_lines_of_a_broken_block_are_read():
    front = read(b'---\nid: n-0123456789ab\ntitle: a: b\nitem: "i-1"\ntags: [a\n---\nbody\n')

    assert front.values["id"] == "n-0123456789ab"
    assert front.values["item"] == "i-1"
    assert "tags" not in front.values


def test_alias_bomb_is_read_in_no_time_and_expands_to_nothing():
    bomb = (
        "---\na0: &a0 [x, x]\n"
        + "".join(f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]\n" for n in range(1, 40))
        + "---\n"
    )

    assert "alias" in read(bomb.encode()).problem


def test_body_line_counts_from_the_first_line_of_the_file():
    assert read(b"---\na: b\n---\nbody\n").body_line == 4
    assert read(b"---\r\na: b\r\n---\r\nbody\r\n").body_line == 4
    assert read(b"body\n").body_line == 1


def test_comment_between_the_items_of_a_list_stays():
    data = b"---\ntags:\n- a # one\n# between\n- b\n---\n"

    assert edit(data, {"tags": ["b", "c"]}) == b"---\ntags:\n# between\n- b\n- c\n---\n"


def test_second_block_is_never_put_before_a_first():
    data = b"---\nid: n-1\n---\nbody\n"

    assert edit(edit(data, {"a": "b"}), {"c": "d"}).count(b"---") == 2


def test_front_matter_is_added_with_one_blank_line_after_it():
    assert edit(b"body\r\n", {"id": "n-1"}) == b"---\r\nid: n-1\r\n---\r\n\r\nbody\r\n"
    assert edit(b"", {"id": "n-1"}) == b"---\nid: n-1\n---\n"


WORDS = st.text(alphabet=st.characters(codec="utf-8"), max_size=30)
HARD = st.sampled_from(
    [
        "no",
        "~",
        "null",
        "12",
        "0x1f",
        "1e3",
        "a: b",
        "#c",
        "- d",
        "@x",
        "`y`",
        "[z]",
        "{w}",
        "|",
        ">",
        "%v",
        "'",
        '"',
        "\\",
        "*a",
        "&b",
        "!c",
        "<<",
        "---",
        "...",
        "<% x %>",
        "a\nb",
        "\ufeff",
        "\x85",
        "\u2028",
        " lead",
        "trail ",
        "?",
        "? x",
        ":",
        "日本",
        "",
    ]
)
VALUES = st.one_of(WORDS, HARD)
KEYS = st.sampled_from(["title", "id", "date", "source", "kind", "tags", "aliases", "x", "hat_tip"])


@given(VALUES, KEYS)
@settings(max_examples=200, deadline=None)
def test_what_is_written_is_what_is_read(value, key):
    assert read(edit(b"body\n", {key: value})).values[key] == value
    assert read(edit(b"body\n", {key: [value, "x"]})).values[key] == (value, "x")


@given(VALUES)
@searched(100)
def test_second_reader_reads_the_same_value(value):
    written = edit(b"body\n", {"title": value})

    assert second_opinion.loads(written.decode())["title"] == value


@given(
    st.lists(st.tuples(st.sampled_from(sorted(NASTY)), st.sampled_from(EDITS)), min_size=1, max_size=4),
    st.text(alphabet="ab -\n#>[]`:", max_size=40),
)
@settings(max_examples=80, deadline=None)
def test_edits_one_after_the_other_keep_the_body(steps, tail):
    text = NASTY[steps[0][0]]
    data = (text + tail if text.endswith("\n") else text).encode()
    if read(data).problem:
        return
    present, body = read(data).present, read(data).body
    for _, changes in steps:
        data = edit(data, changes)
    now = read(data).body
    assert now == body if present else now.removeprefix("\n") in {body, body.removeprefix("\n")}


LINES = st.sampled_from(
    [
        "title: a",
        "Title: b",
        "tags: [a, b]",
        "tags:",
        "- a",
        "  - b",
        "x: |",
        "  text",
        "# c",
        "",
        "a: &x b",
        "b: *x",
        "{a: b}",
        "? k",
        ": v",
        "k: 'q",
        "\tt: u",
        "é: ü",
        "<<: {q: r}",
        "---x",
        "--- ",
        's: "t" # u',
        "m: n\u2028o: p",
        "  n: o",
    ]
)


@given(st.lists(LINES, max_size=8), st.sampled_from(["\n", "\r\n", "\r"]), st.sampled_from(EDITS))
@settings(max_examples=200, deadline=None)
def test_any_block_is_edited_within_its_lines_or_refused(lines, newline, changes):
    data = newline.join(["---", *lines, "---", "body", ""]).encode()
    before = read(data)
    assert split(data).text.encode() == data
    try:
        after = edit(data, changes)
    except NoteUnreadable:
        return
    result = read(after)
    kept = {key: value for key, value in before.values.items() if key not in changes}
    assert {key: value for key, value in result.values.items() if key not in changes} == kept
    comments = [line for line in lines if line.startswith("#")]
    assert sum(line.startswith("#") for line in after.decode().split(newline)) <= len(comments)


@given(st.binary(max_size=200))
@settings(max_examples=150, deadline=None)
def test_no_bytes_crash_the_reader(noise):
    for data in (noise, b"---\n" + noise + b"\n---\nbody\n"):
        read(data)
        try:
            edit(data, {"title": "x"})
        except NoteUnreadable:
            continue


@pytest.mark.parametrize("deep", ["[" * 30_000, "- " * 15_000, "{a: " * 10_000, "? " * 15_000])
def test_no_depth_ends_the_process(deep):
    assert read(f"---\nx: 1\ny:\n {deep}\n---\nbody\n".encode()).problem


def test_live_sequences_do_not_stand_in_the_file():
    written = edit(b"", {"title": "<% tp %> `$= dv` ![[x]] {{y}} vim: set -*- mode -*- [[z]]"}).decode()

    for live in ("<%", "$=", "![[", "{{", "vim:", "-*-", "[["):
        assert live not in written


def test_names_stay_bare_and_other_text_is_quoted():
    assert scalar("kind", "comment") == "comment"
    assert scalar("tags", "economy/rates") == "economy/rates"
    assert scalar("date", "2026-11-22T12:36:58") == "2026-11-22T12:36:58"
    assert scalar("title", "comment") == '"comment"'
    assert scalar("tags", "No") == '"No"'
    assert scalar("tags", "2026") == '"2026"'


@pytest.mark.corpus
def test_hostile_notes_are_read_and_only_their_own_lines_change():
    for path in sorted(corpus("hostile", "own-notes").iterdir()):
        data = path.read_bytes()
        assert read(data).body is not None, path.name
        try:
            after = edit(data, {"status": "open"})
        except NoteUnreadable:
            assert path.stem in {
                *(
                    "duplicate-keys",
                    "invalid-utf8",
                    "tabs-in-yaml",
                    "unclosed-frontmatter",
                    "utf16",
                    "yaml-bomb",
                )
            }
            continue
        assert after.replace(b"status: open\n", b"").replace(b"status: open\r\n", b"") in {
            data,
            b"---\n---\n\n" + data,
            b"---\n---\n" + data,
        }


@pytest.mark.corpus
def test_vaults_keep_every_byte_but_the_added_line():
    files = sorted(corpus("vaults").rglob("*.md"))[::19]
    assert len(files) > 100
    for path in files:
        data = path.read_bytes()
        front = read(data)
        try:
            after = edit(data, {"pkmtest": "added"})
        except NoteUnreadable:
            continue
        if front.present:
            assert after.replace(b"pkmtest: added\r\n", b"").replace(b"pkmtest: added\n", b"") == data, path
            assert edit(after, {"pkmtest": None}) == data, path
        else:
            assert after.endswith(data.removeprefix(b"\xef\xbb\xbf")), path


@pytest.mark.corpus
def test_second_reader_finds_the_same_keys_in_the_vaults():
    for path in sorted(corpus("vaults").rglob("*.md"))[::37]:
        data = path.read_bytes()
        front = read(data)
        if front.problem or not front.present:
            continue
        try:
            theirs = second_opinion.loads(data.decode("utf-8-sig"))
        except Exception:  # noqa: BLE001 - whatever the other reader raises, it has no opinion then
            continue
        assert {str(key).casefold() for key in theirs.metadata} == set(front.values), path


def test_a_new_key_and_a_longer_list_at_the_end_do_not_mix():
    data = b"---\nid: d-1\ntaken:\n  - n-1\n---\n\nHi\n"

    edited = edit(data, {"left_out": ("n-1",), "taken": ("n-1", "n-2")})

    assert edited == b"---\nid: d-1\ntaken:\n  - n-1\n  - n-2\nleft_out:\n  - n-1\n---\n\nHi\n"
