import json

import pytest

from pkm.shelf import home as homes
from support.shelves import Clock, opened, stored_item


@pytest.fixture(autouse=True)
def _home(home):
    (home / "notes").mkdir()


def put(home, path, text):
    full = home / path
    full.parent.mkdir(parents=True, exist_ok=True)
    full.write_bytes(text if isinstance(text, bytes) else text.encode())
    return full


def note(n, text, **keys):
    more = "".join(f"{key}: {value}\n" for key, value in keys.items())
    return f"---\nid: n-{n:012}\n{more}---\n{text}"


def findings(pkm, *words):
    answer = pkm("notes", "check", "--json", *words)
    told = json.loads(answer.out)
    assert told["schema"] == "pkm.findings/1"
    return answer.code, [(one["check"], one["path"], one["line"], one["fixable"]) for one in told["findings"]]


def test_sound_notes_have_nothing_to_say_and_a_box_or_a_footnote_is_no_link(pkm, home):
    put(
        home, "notes/a.md", note(1, "[text] [ ] [x] [^1] `[[no]]` https://x.example/[[no]] [[b]] [[#here]]\n")
    )
    put(home, "notes/b.md", note(2, "# Head\n\nWords. ^block\n\n![](../attachments/p.png) ![[p.png]]\n"))
    put(home, "notes/c.md", "[[b#Head]] [[b#^block]] [b](b.md#head) [p](../attachments/p.png)\n")
    put(home, "attachments/p.png", b"png")
    code, out, err = pkm("notes", "check")

    assert (code, out) == (0, "")
    assert "Nothing is wrong" in err


def test_each_trouble_is_named_with_its_line_and_what_to_type(pkm, home):
    put(home, "notes/a.md", note(1, "[[nowhere]]\n[[twice]]\n![](no.png)\n[[b#Nope]]\n"))
    put(home, "notes/b.md", note(2, "Words.\n"))
    put(home, "notes/x/twice.md", note(3, "One.\n"))
    put(home, "notes/y/twice.md", note(4, "Two.\n"))
    put(home, "notes/bad.md", "---\nid: n-000000000005\ntitle: [\n---\nText.\n")
    put(home, "notes/latin.md", "Sch\xf6n.\n".encode("latin-1"))
    put(home, "notes/copied-b.md", note(2, "Words.\n"))
    put(home, "notes/b.sync-conflict-20261122-123658-ABCDEFG.md", note(2, "Other words.\n"))
    code, found = findings(pkm)

    assert code == 1
    assert found == [
        ("front-matter", "notes/bad.md", 4, False),
        ("duplicate-id", "notes/copied-b.md", None, True),
        ("encoding", "notes/latin.md", 1, False),
        ("broken-link", "notes/a.md", 4, False),
        ("ambiguous-link", "notes/a.md", 5, False),
        ("missing-file", "notes/a.md", 6, False),
        ("conflict-copy", "notes/b.sync-conflict-20261122-123658-ABCDEFG.md", None, False),
        ("lost-anchor", "notes/a.md", 7, False),
    ]
    told = json.loads(pkm("notes", "check", "--json").out)["findings"]
    assert all(one["hint"] for one in told)
    _, out, err = pkm("notes", "check", terminal=True, columns=60)
    assert "pkm note --title nowhere" in out
    assert "7 findings; 1 can be mended by --fix" in err


def test_links_to_a_note_that_was_renamed_outside_follow_on_demand_and_undo_takes_it_back(pkm, home):
    old = put(home, "notes/old.md", note(1, "Mine.\n", title="Old title"))
    text = "[[old|words]] [o](old.md#H) [[Old title]] [[never]] `[[old]]`\n"
    linking = put(home, "notes/a.md", text)
    assert [one[0] for one in findings(pkm)[1]] == ["broken-link", "lost-anchor"]

    (home / "notes" / "sub").mkdir()
    old.rename(home / "notes" / "sub" / "new.md")
    put(home, "notes/sub/new.md", note(1, "Mine.\n", title="New title"))
    assert [one[0::3] for one in findings(pkm)[1] if one[3]] == [("broken-link", True)] * 3
    code, _, err = pkm("notes", "check", "--fix")

    assert code == 1
    assert "mended 3 findings in 1 note" in err
    assert linking.read_text() == "[[new|words]] [o](sub/new.md#H) [[New title]] [[never]] `[[old]]`\n"
    assert pkm("undo").code == 0
    assert linking.read_text() == text


def test_a_file_without_an_id_is_known_again_by_its_bytes(pkm, home):
    old = put(home, "notes/old.md", "Words that nobody else wrote.\n")
    linking = put(home, "notes/a.md", "[[old]]\n")
    put(home, "notes/b.md", "B.\n")
    put(home, "notes/c.md", "C.\n")
    pkm("notes", "list")
    old.rename(home / "notes" / "new.md")
    pkm("notes", "check", "--fix")

    assert linking.read_text() == "[[new]]\n"


def test_a_copy_gets_an_id_of_its_own_and_the_note_keeps_the_old_one(pkm, home):
    first = put(home, "notes/first.md", note(1, "Words.\n"))
    copy = put(home, "notes/first-copy.md", note(1, "Words.\n"))
    code, _, _ = pkm("notes", "check", "--fix")

    assert code == 0
    assert first.read_text() == note(1, "Words.\n")
    assert "id: n-000000000001" not in copy.read_text()
    assert findings(pkm) == (0, [])


def test_a_quote_that_lost_its_mark_is_told(pkm, home):
    with opened(homes.at(home), now=Clock()) as shelf:
        item = stored_item(shelf, html="<p>People search for doubts, not for verdicts.</p>")
    pkm("sense", item.id, "--quote", "People search for doubts", "-m", "So do we, I think.")
    assert findings(pkm) == (0, [])
    [path] = (home / "notes").glob("*.md")
    path.write_text("\n".join(line for line in path.read_text().split("\n") if not line.startswith("^h-")))

    assert [one[0] for one in findings(pkm)[1]] == ["unmarked-quote"]
