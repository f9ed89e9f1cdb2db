"""Folders of notes that were there before pkm: read whole, and left as they are."""

import pytest

from conformance.vaults import adopted, tree_hash, vaults
from pkm.errors import NotFound, Refused, UsageError
from pkm.shelf import home, notes
from pkm.shelf.adopting import adopt, look, release
from pkm.shelf.sync import sync
from pkm.shelf.undo import undo
from support.corpus import corpus
from support.shelves import new_home, opened


@pytest.fixture
def at(tmp_path):
    return new_home(tmp_path, settings="# mine\n[notes]\n# folders = []\nvisibility = 'team'\n")


@pytest.fixture
def vault(tmp_path):
    folder = tmp_path / "vault"
    (folder / ".obsidian").mkdir(parents=True)
    (folder / "deep").mkdir()
    (folder / "a.md").write_bytes(
        b"---\ntag: reading\nalias: Ay\n# a remark\n---\r\nSee [[b]] and [[nowhere]].\r\n"
    )
    (folder / "deep/b.md").write_bytes(
        b"---\nx: [\n---\nWords about grasshoppers, ![[Ay]] and ![[cat.png]].\n"
    )
    return folder


def read_again(at, vault):
    """The home as the next command opens it."""
    return opened(home.at(at.root, adopted=(str(vault),)))


def test_an_adopted_folder_is_read_and_not_changed(at, vault):
    before = tree_hash(vault)
    with opened(at) as shelf:
        looked = look(shelf, str(vault))
        assert (looked.notes, looked.made_by) == (2, "Obsidian")
        found = adopt(shelf, looked)
    assert (found.notes, found.links, found.broken) == (2, 4, 1)
    [(path, problem)] = found.problems
    assert path == "deep/b.md"
    assert problem.startswith("line ")
    assert tree_hash(vault) == before
    settings = at.settings.read_text()
    assert settings == f"# mine\n[notes]\n# folders = []\nfolders = [\"{vault}\"]\nvisibility = 'team'\n"
    with read_again(at, vault) as shelf:
        assert sync(shelf).changed == ()
        note = shelf.store.notes.at(str(vault / "a.md"))
        assert (note.file.tags, note.file.aliases) == (("reading",), ("Ay",))


def test_a_folder_below_the_home_is_named_from_it(at):
    (at.root / "old notes").mkdir()
    (at.root / "old notes/a.md").write_text("Words of mine.\n")
    with opened(at) as shelf:
        assert adopt(shelf, look(shelf, str(at.root / "old notes"))).folder == "old notes"
    assert 'folders = ["old notes"]' in at.settings.read_text()


def test_a_folder_is_released_and_nothing_of_it_is_left_in_the_index(at, vault):
    before = (tree_hash(vault), at.settings.read_bytes())
    with opened(at) as shelf:
        adopt(shelf, look(shelf, str(vault)))
    with read_again(at, vault) as shelf:
        assert release(shelf, str(vault)) == 2
        assert shelf.store.count("notes") == 0
    assert tree_hash(vault) == before[0]
    assert "folders = []\nvisibility" in at.settings.read_text()
    with opened(at) as shelf, pytest.raises(NotFound, match="not adopted"):
        release(shelf, str(vault))


def test_undo_of_an_adoption_gives_the_settings_back_and_the_notes_go_off_the_index(at, vault):
    before = at.settings.read_bytes()
    with opened(at) as shelf:
        adopt(shelf, look(shelf, str(vault)))
    with read_again(at, vault) as shelf:
        undo(shelf)
    assert at.settings.read_bytes() == before
    with opened(at) as shelf:
        assert sync(shelf).released == 2


def test_a_folder_that_is_gone_for_good_can_be_released(at, vault):
    with opened(at) as shelf:
        adopt(shelf, look(shelf, str(vault)))
    vault.rename(vault.parent / "elsewhere")
    with read_again(at, vault) as shelf:
        assert sync(shelf).absent == (str(vault),)
        assert release(shelf, str(vault)) == 2


def test_what_must_not_be_adopted_is_refused_in_words(at, vault, tmp_path):
    (tmp_path / "empty").mkdir()
    with opened(at) as shelf:
        for word, error in (
            (str(tmp_path / "nowhere"), NotFound),
            (str(tmp_path / "empty"), UsageError),
            (str(at.notes), UsageError),
            (str(tmp_path), Refused),
            (str(at.root), Refused),
            (str(at.state), Refused),
        ):
            with pytest.raises(error):
                look(shelf, word)
    with read_again(at, vault / "deep") as shelf, pytest.raises(Refused, match="read already"):
        look(shelf, str(vault))


def test_a_later_change_of_an_adopted_note_touches_its_own_lines_alone(at, vault):
    with opened(at) as shelf:
        adopt(shelf, look(shelf, str(vault)))
    path = vault / "a.md"
    old = path.read_bytes()
    with read_again(at, vault) as shelf:
        note = shelf.store.notes.at(str(path))
        with shelf.writing():
            changed = notes.set_front_matter(shelf, note, {"status": "settled"}, command=None)
    added = b"status: settled\nid: %s\n" % changed.id.encode()
    assert path.read_bytes() == old.replace(b"# a remark\n", b"# a remark\n" + added)


def test_a_link_inside_an_adopted_folder_is_written_through_and_stays_a_link(at, vault):
    (vault / "linked.md").symlink_to(vault / "deep" / ".real.md")
    (vault / "deep" / ".real.md").write_text("Words of mine.\n", encoding="utf-8")
    with opened(at) as shelf:
        adopt(shelf, look(shelf, str(vault)))
    with read_again(at, vault) as shelf:
        note = shelf.store.notes.at(str(vault / "linked.md"))
        with shelf.writing():
            notes.append(shelf, note, "More of mine.", command=None)
    assert (vault / "linked.md").is_symlink()
    assert (vault / "deep" / ".real.md").read_text(encoding="utf-8").endswith("More of mine.\n")


@pytest.mark.corpus
def test_every_vault_of_the_corpus_is_adopted_without_a_byte_changed(tmp_path):
    found = {}
    for vault in vaults(corpus()):
        before = tree_hash(vault)
        one = adopted(vault, tmp_path / vault.name)
        assert tree_hash(vault) == before
        assert one.unreadable == ()
        assert one.notes + len(one.copies) == len(list(vault.rglob("*.md")))
        assert all(path and "line" in problem for path, problem in one.problems)
        found[vault.name] = one
    assert len(found) == 13
    assert [path for one in found.values() for path, _ in one.problems] == [
        "general/invalid-frontmatter_1.md"
    ]
