"""A canary in everything that is private: whatever is exported, not one of them sings."""

import pytest

from pkm.errors import VisibilityRefused
from support.sharing import drafted, file_of, out, sensed, thought, typed
from support.shelves import stored_item, stored_source

CANARY = "kanarienvogel"


@pytest.fixture
def aviary(shelf):
    """A home with one note for the team, and the canary in all that is not for them."""
    source = stored_source(
        shelf,
        f"https://user:{CANARY}@example.org/feed?token={CANARY}",
        title=f"{CANARY} letters",
        private=True,
    )
    open_source = stored_source(shelf, "https://open.example/feed", title="Open", why=f"{CANARY} told me")
    thought(shelf, f"The {CANARY} is leaving.", title=f"{CANARY} plans", level="private")
    sensed(shelf, f"What {CANARY} wrote to me.", title=f"{CANARY} writes", source=source)
    stored_item(shelf, title=f"Bare {CANARY}", url="https://example.org/bare", source=source, keep=True)
    note = sensed(
        shelf,
        f"Open words of mine here. %% {CANARY} %%\n\n<!-- private -->\n{CANARY}, said in private\n"
        f"<!-- /private -->\n\n<!-- {CANARY} -->\n\nMore open words of mine.",
        title="Open title",
        source=open_source,
        url=f"https://example.org/open?utm_source={CANARY}",
        tags=(f"_{CANARY}", "reading"),
    )
    path = shelf.home.root / note.path
    path.write_text(
        path.read_text().replace(
            "kind: comment",
            f"kind: comment\naliases: [{CANARY}]\ndescription: {CANARY}\n{CANARY}: {CANARY}\nhidden: {CANARY}",
        )
    )
    return note


def exported_bytes(shelf):
    files = [path for path in shelf.home.digests.glob("*/*") if path.is_file()]
    assert files
    return b"".join(path.read_bytes() for path in (*files, shelf.home.share_log)).lower()


def test_no_canary_sings_in_an_edition_or_in_the_log(shelf, aviary):
    digest = drafted(shelf).digest
    typed(shelf, digest, "<!-- intro: yours.", f"Hello. %% {CANARY} %%\n\n<!-- intro {CANARY}: yours.")

    out(shelf, digest, "md", "html")

    said = exported_bytes(shelf)
    assert b"open words of mine here." in said
    assert CANARY.encode() not in said


def test_no_canary_stands_in_the_draft_itself(shelf, aviary):
    digest = drafted(shelf).digest

    assert CANARY not in file_of(shelf, digest).read_text().lower()


@pytest.mark.parametrize("form", ["md", "html"])
def test_a_typed_link_to_the_private_note_is_refused_and_names_what_to_type(shelf, aviary, form):
    digest = drafted(shelf).digest
    typed(shelf, digest, "<!-- intro", f"See [[{CANARY} plans]].\n\n<!-- intro")

    with pytest.raises(VisibilityRefused) as refused:
        out(shelf, digest, form)
    assert "--redact" in refused.value.hint

    out(shelf, digest, form, redact=True)
    assert CANARY.encode() not in exported_bytes(shelf)


def test_a_pasted_anchor_of_the_private_note_is_refused_by_its_id(shelf, aviary):
    digest = drafted(shelf).digest
    private = next(
        note
        for note in (shelf.store.notes.get(one[0]) for one in shelf.store.notes.called())
        if "plans" in note.title
    )
    path = file_of(shelf, digest)
    path.write_text(
        path.read_text()
        + f"\n<!-- note {private.id} -->\n## Thought\n\nWords of mine about it.\n<!-- /note -->\n"
    )

    with pytest.raises(VisibilityRefused) as refused:
        out(shelf, digest)

    assert private.id in refused.value.what
    assert f"pkm notes set {private.id} --visibility team" in refused.value.hint
    assert not shelf.home.share_log.exists()
