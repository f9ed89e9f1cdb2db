"""Forty files as people and programs really leave them, and every command that writes in a note.

Each command changes the lines that it is about and no other byte, or it leaves the file as it is and says
so in words; what the user typed is in a file afterwards either way.
"""

import os
import re
from collections.abc import Callable

import pytest

from support.shelves import new_home, opened, stored_item

WORDS = "What I make of it, in seven words."
PASSAGE = "People search for doubts"
TEXT = f"<p>{PASSAGE}, and find verdicts.</p>"


def block(
    more: str = "", body: str = "Words of my own, as they were.\n", newline: str = "\n"
) -> Callable[[str], bytes]:
    """A file with front matter on an item, then what is nasty about it."""

    def made(item: str) -> bytes:
        return f"---\nitem: {item}\nkind: comment\n{more}---\n\n{body}".replace("\n", newline).encode()

    return made


def raw(data: bytes) -> Callable[[str], bytes]:
    return lambda _item: data


NASTY: dict[str, Callable[[str], bytes]] = {
    "plain": block(),
    "bom": lambda item: b"\xef\xbb\xbf" + block()(item),
    "crlf": block(newline="\r\n"),
    "cr-only": block(newline="\r"),
    "bom-crlf-open-end": lambda item: b"\xef\xbb\xbf" + block(body="Open end", newline="\r\n")(item),
    "open-end": block(body="The last line has no end"),
    "open-end-spaces": block(body="The last line ends in spaces   "),
    "many-blank-lines": block(body="\n\n\nWords\n\n\n\n\n"),
    "only-front-matter": block(body=""),
    "front-matter-open-end": lambda item: f"---\nitem: {item}\n---".encode(),
    "dots-fence": lambda item: f"---\nitem: {item}\nkind: comment\n...\nWords below dots.\n".encode(),
    "spaced-fence": lambda item: f"---  \nitem: {item}\n---\t\nWords.\n".encode(),
    "remarks": block(
        "# a remark\nstatus: open # why\n\n# another\ntags: # these\n  # first\n  - a # one\n  - b\n"
    ),
    "quoted": block("title: \"A: b # c\"\nstatus: 'it''s'\ntags: [\"x\", 'y']\n"),
    "block-scalar": block("description: |\n  one\n\n  two # no remark\nstatus: open\n"),
    "folded": block("description: >-\n  one\n  two\n"),
    "emoji-keys": block("🎉: yes\nstatus: 🧰\nüber: ß\n"),
    "odd-scalars": block("a: no\nb: 12:30\nc: 0123\nd: 1.10\ne: ~\nf: 2026-11-22\n"),
    "nested": block("x:\n  y:\n    - z: 1\n      w: 2\n"),
    "indented-list": block("tags:\n- a\n- b\n"),
    "empty-values": block("tags:\nstatus:\naliases: []\n"),
    "upper-case-keys": block("Tags: [a]\nSTATUS: open\n"),
    "tag-words": block("tag: a b, c\n"),
    "anchors": block("x: &here 1\ny: *here\n"),
    "merge": block("x: &base {a: 1}\ny:\n  <<: *base\n"),
    "twice": block("status: open\nstatus: settled\n"),
    "tab": block("x:\n\t- y\n"),
    "at-sign": block("title: @x\n"),
    "json": lambda item: f'---\n{{"item": "{item}", "kind": "comment"}}\n---\nWords.\n'.encode(),
    "never-closed": lambda item: f"---\nitem: {item}\nWords.\n".encode(),
    "letterhead": raw(b"---\nDear reader,\nthis is no YAML\n---\n\nYours.\n"),
    "list-block": raw(b"---\n- one\n- two\n---\nWords.\n"),
    "rules": block(body="Above\n\n---\n\nBelow\n***\n"),
    "no-front-matter": raw(b"# A heading\n\nWords and [[a link]].\n"),
    "empty": raw(b""),
    "blank": raw(b"\n\n  \n"),
    "latin-1": lambda item: block(body="Grüße\n")(item).decode().encode("latin-1"),
    "utf-16": lambda item: block()(item).decode().encode("utf-16"),
    "nul": block(body="Words \0 and more.\n"),
    "six-megabytes": block(body="Words of mine. " * 400_000 + "\n"),
    "form-feeds": block(body="One\f\fTwo\v\x1c\x85\u2028Three\n"),
    "long-line": block(body="word " * 40_000 + "\n"),
    "open-fence": block(body="Words.\n\n```python\nx = 1\n"),
    "open-comment": block(body="Words.\n\n<!-- not closed\n"),
    "links-section": block(body="Words.\n\n## Links\n\n- see: [[other]]\n\n## After\n\nMore.\n"),
    "links-crlf": block(body="Words.\n\n## Links\n\n- see: [[other]]", newline="\r\n"),
    "quotes": block(body="> Said by her.\n\n^h-00v7xw0z6q4k\n\n- mine\n\n> another\n"),
    "logseq": lambda item: (
        f"title:: A page\ntags:: one\n---\nitem: {item}\nkind: comment\n---\n\n- a block\n".encode()
    ),
    "logseq-alone": raw(b"title:: A page\n\n- a block\n"),
    "trailing-spaces": block("status: open   \n", body="Two spaces  \nmake a break\n"),
}

KEYS = rb"(?:id|status|tags|modified|visibility|title)"
OURS = re.compile(
    rb"(?:(?i:"
    + KEYS
    + rb"):.*|[ ]*- [\w\"-]+|---|## Links|- supports: \[\[.*\]\]|> "
    + PASSAGE.encode()
    + rb"|\^h-\S+"
    rb"|" + re.escape(WORDS.encode()) + rb"|)\Z"
)
MAY_GO = re.compile(rb"(?i:status|tags|tag|title|modified):.*")


class World:
    """A home with every nasty file, each on an item of its own where its front matter can say so."""

    def __init__(self, pkm):
        self.pkm = pkm
        self.home = new_home(pkm.home.parent)
        self.items = {}
        with opened(self.home) as shelf:
            for name, made in NASTY.items():
                item = stored_item(
                    shelf, title=f"About {name}", url=f"https://example.org/{name}", html=TEXT, keep=True
                )
                self.items[name] = item.id
                self.path(name).write_bytes(made(item.id))
        (self.home.notes / "other.md").write_bytes(b"---\nid: n-000000000009\n---\nAnother note.\n")

    def path(self, name):
        return self.home.notes / f"{name}.md"

    def all_words(self):
        return b"\n".join(path.read_bytes() for path in self.home.root.rglob("*.md"))


@pytest.fixture
def world(pkm):
    return World(pkm)


def check(name, before, after, code, err):
    """The same bytes and a reason, or the same bytes with lines of ours between them."""
    if after == before:
        return
    assert code == 0, (name, err)
    kept = lines(before)
    new = lines(after)
    if before.startswith(b"\xef\xbb\xbf"):
        assert after.startswith(b"\xef\xbb\xbf"), name
    position = 0
    for line in new:
        if position < len(kept) and line == kept[position]:
            position += 1
            continue
        while (
            position < len(kept)
            and MAY_GO.match(kept[position])
            and kept[position] != line
            and line not in kept[position + 1 : position + 2]
        ):
            position += 1
            if position < len(kept) and line == kept[position]:
                break
        if position < len(kept) and line == kept[position]:
            position += 1
            continue
        assert OURS.match(line), (name, line)
    assert all(MAY_GO.match(line) or not line for line in kept[position:]), (name, kept[position:])
    ends = set(re.findall(rb"\r\n|\r|\n", before)) or {b"\n"}
    assert set(re.findall(rb"\r\n|\r|\n", after)) <= ends, name
    assert body_end(before) == body_end(after) or not before.strip(), name


def lines(data):
    return re.split(rb"\r\n|\r|\n", data.removeprefix(b"\xef\xbb\xbf"))


def body_end(data):
    """Whether the last line is closed; of a file of front matter alone there is none."""
    return data[-1:] in b"\r\n"


COMMANDS = {
    "notes set": lambda name, _item: (
        "notes",
        "set",
        f"notes/{name}.md",
        "--status",
        "settled",
        "--tag",
        "+new",
    ),
    "notes set --title": lambda name, _item: (
        "notes",
        "set",
        f"notes/{name}.md",
        "--title",
        "Another: title",
    ),
    "link": lambda name, _item: ("link", f"notes/{name}.md", "notes/other.md", "--as", "supports"),
    "notes mv": lambda name, _item: ("notes", "mv", f"notes/{name}.md", f"moved-{name}"),
    "sense -m": lambda _name, item: ("sense", item, "-m", WORDS),
    "sense --quote": lambda _name, item: ("sense", item, "--quote", PASSAGE),
}


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_changes_its_own_lines_of_a_nasty_file_or_declines_in_words(world, command):
    changed = 0
    shift = list(COMMANDS).index(command)
    for number, (name, item) in enumerate(world.items.items()):
        if (number + shift) % 3 and not os.environ.get("PKM_SLOW"):
            continue
        path, moved = world.path(name), world.path(f"moved-{name}")
        before = path.read_bytes()
        code, _, err = world.pkm(*COMMANDS[command](name, item))
        after = (path if path.exists() else moved).read_bytes()
        assert code in {0, 1, 5}, (name, code, err)
        if code:
            assert after == before, name
            assert err.startswith("pkm: ") or f"{name}.md" in err, name
        check(name, before, after, code, err)
        if after != before or moved.exists():
            changed += 1
            again = world.pkm("undo")
            assert again.code == 0, (name, again.err)
            assert path.read_bytes() == before, name
    assert changed > len(NASTY) // 6


def test_a_sentence_on_a_nasty_files_item_is_in_a_file_even_where_the_note_declines_it(world):
    declined = {}
    for number, (name, item) in enumerate(world.items.items()):
        code, _, err = world.pkm("sense", item, "-m", f"{WORDS} Number {number}.")
        if code:
            assert (code, f"notes/{name}.md" in err, "pkm notes edit" in err) == (5, True, True)
            assert "Your words are in drafts/" in err
            declined[number] = name
    words = world.all_words()
    assert [n for n in range(len(NASTY)) if f"{WORDS} Number {n}.".encode() not in words] == []
    assert set(declined.values()) <= {"json", "anchors", "merge", "tab", "open-fence", "open-comment"}


def test_every_nasty_file_is_a_note_that_is_listed_shown_and_searched(world):
    listed = world.pkm("notes", "list", "--limit", "0").out
    assert [name for name in NASTY if f"notes/{name}.md" not in listed] == []
    for name in NASTY:
        assert world.pkm("notes", "show", f"notes/{name}.md").code == 0
    assert "notes/latin-1.md" in world.pkm("find", "Grüße").out or "latin" in world.pkm("find", "Grüße").out
