from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from pkm.errors import VisibilityRefused
from pkm.model.audience import SELF
from pkm.model.digest import ItemView, NoteView
from pkm.model.item import Via
from pkm.model.note import Level, NoteLink
from pkm.model.source import Source
from pkm.rules.draft import read_draft
from pkm.share.body import EditionFacts
from pkm.share.compose import Candidate, DraftHead, ItemFacts, compose_draft, select
from pkm.share.gate import Reason, Withheld, view_item, view_note
from pkm.share.render_html import render_html
from pkm.share.render_md import render_markdown
from pkm.share.templates import DraftTemplate, packaged
from support.sharing import NOW, TEAM, WEEK, candidate, item, knows_nothing, note, terms


def seen(one, audience=TEAM, *, item_private=False, visible=knows_nothing, default=Level.PRIVATE, **more):
    return view_note(one, audience, default_level=default, item_private=item_private, visible=visible, **more)


def view(one, source=None, *, audience=TEAM, private=False, **more):
    return view_item(one, source, audience=audience, private=private, zone=UTC, **more)


@pytest.mark.parametrize("level", list(Level))
@pytest.mark.parametrize("audience", list(Level))
def test_a_note_goes_to_its_level_and_to_narrower_ones_alone(level, audience):
    told = seen(note(visibility=level.word), replace(TEAM, level=audience))

    assert isinstance(told, NoteView) == (level >= audience)


def test_a_withheld_note_says_why_and_what_to_type():
    told = seen(note(visibility="private"))

    assert isinstance(told, Withheld)
    assert (told.reason, told.hint) == (Reason.LEVEL, "pkm notes set n-000000000001 --visibility team")
    assert told.why == "it is private; team gets team notes and wider ones"


def test_a_note_that_names_no_level_has_the_homes_and_a_word_unknown_is_private():
    assert note(visibility=None).file.level(Level.TEAM) is Level.TEAM
    assert note(visibility="everyone").file.level(Level.PUBLIC) is Level.PRIVATE
    assert note(visibility="public", problem="line 2: no YAML").file.level(Level.PUBLIC) is Level.PRIVATE


def test_only_names_those_who_may_see_it_and_never_shuts_the_user_out():
    limited = note(visibility="public", only=("friends",))

    assert seen(limited).reason is Reason.ONLY
    assert isinstance(seen(limited, replace(TEAM, name="friends")), NoteView)
    assert isinstance(seen(limited, SELF), NoteView)


def test_only_does_not_widen_a_private_note():
    assert seen(note(visibility="private", only=("team",))).reason is Reason.LEVEL


def test_an_item_of_a_private_source_leaves_only_by_widening():
    assert seen(note(), item_private=True).reason is Reason.SOURCE
    assert isinstance(seen(note(), item_private=True, widen=True), NoteView)
    assert isinstance(seen(note(), SELF, item_private=True), NoteView)
    assert view(item(), private=True).reason is Reason.SOURCE
    assert isinstance(view(item(), private=True, widen=True), ItemView)
    assert isinstance(view(item(), private=True, audience=SELF), ItemView)


def test_a_note_whose_file_is_gone_or_unreadable_does_not_leave_even_widened():
    assert seen(note(missing_since=NOW), widen=True).reason is Reason.MISSING
    assert seen(note(problem="line 2: no YAML"), SELF, widen=True).reason is Reason.UNREADABLE


def test_private_parts_and_comments_are_cut():
    body = "Seen one. %%hid1%% Seen two.\n\n<!-- private -->\n\nhid2\n\n> hid3\n\n<!-- /private -->\n\n<!-- hid4 -->\n\n> a quote %%hid5%%\n"
    told = seen(note(body=body))

    assert told.words == "Seen one.  Seen two."
    assert told.quotes == ("a quote",)


@pytest.mark.parametrize("mark", ["%% open", "<!-- private --> open", "<!-- open", "%<!-- x -->% open"])
def test_an_unclosed_mark_stops_the_note_and_is_never_taken_as_public(mark):
    with pytest.raises(VisibilityRefused) as refused:
        seen(note(body=f"Some words of mine. {mark}\n\nmore"))
    assert "notes/note-1.md" in str(refused.value)


def test_headings_and_the_links_section_stay_here():
    told = seen(note(body="# Note 1\n\nMy own words.\n\n## Links\n\n- contradicts: [[Secret plan]]\n"))

    assert told.words == "My own words."


def test_links_between_notes_become_words():
    body = "See [[Other note]], [[other|that one]], ![[pic.png]] and [this](other.md) and [web](https://example.org/a)."
    told = seen(note(body=body), visible=lambda _target: True)

    assert told.words == "See Other note, that one, pic.png and this and [web](https://example.org/a)."


def test_a_link_to_a_hidden_note_stops_the_note_and_names_it_to_the_user_alone():
    told = seen(note(body="As in [[Secret plan]] of mine."), visible=lambda target: target != "Secret plan")

    assert told.reason is Reason.LINK
    assert "Secret plan" in told.why


def test_redacting_keeps_the_words_of_a_link_and_never_the_title():
    body = "As in [[Secret plan]], [[Secret plan|my plan]] and [here](Secret%20plan.md)."
    told = seen(note(body=body), visible=lambda _target: False, redact=True)

    assert told.words == "As in …, my plan and here."


def test_brackets_in_code_are_no_links():
    body = "Use `[[ -f x ]]` in a test for files."

    assert seen(note(body=body), visible=lambda _target: False).words == body


def test_addresses_with_secrets_and_paths_lose_their_target():
    body = "My [feed](https://me:pass@example.org/f), [file](file:///home/me/x), <file:///home/me/y> here."

    assert seen(note(body=body)).words == "My feed, file,  here."


def test_private_tags_are_dropped():
    told = seen(note(tags=("pkm", "_client", "work/_secret", "a/b")))

    assert told.tags == ("pkm", "a/b")


def test_an_item_shows_its_clean_address_publication_and_day():
    source = Source(id="s-1", url="https://example.org/feed", title="Example Review")
    told = view(
        item(url="https://example.org/1?utm_source=x", via=Via(name="Jo", url="https://example.net/jo")),
        source,
    )

    assert (told.url, told.source_title) == ("https://example.org/1", "Example Review")
    assert (told.published_on, told.via_name, told.via_url) == ("2026-11-18", "Jo", "https://example.net/jo")


def test_an_address_with_a_secret_and_a_private_publication_are_not_told():
    source = Source(id="s-1", url="https://example.org/feed", title="Client list", private=True)
    told = view(
        item(
            url="https://a:b@example.org/1", via=Via(url="https://example.net/?token=abcdef0123456789abcdef")
        ),
        source,
    )

    assert (told.url, told.source_title, told.via_url) == (None, None, None)


# The canary: a word in every private field, looked for in everything that leaves.

FIELDS = (
    "title",
    "path",
    "aliases",
    "description",
    "insight",
    "question",
    "hat_tip",
    "via",
    "source",
    "extra",
)


def private_note(canary):
    body = (
        f"# {canary}\n\nOpen words of mine stand here. %%{canary}%%\n\n<!-- {canary} -->\n\n"
        f"<!-- private -->{canary}<!-- /private -->\n\nSee [[{canary}|a note]] and [it](../{canary}.md).\n\n"
        f"```\n{canary}\n```\n\n> a passage\n\n## Links\n\n- cites: [[{canary}]]\n"
    )
    one = note(
        1,
        body,
        title=canary,
        aliases=(canary,),
        tags=(f"_{canary}", f"x/_{canary}", "open"),
        description=canary,
        insight=canary,
        question=canary,
        hat_tip=canary,
        via=canary,
        source=f"https://example.org/{canary}",
        authors=(canary,),
        published=canary,
        only=("team", canary),
        kind=canary,
        status=canary,
        extra=((canary, canary),),
        links=(NoteLink(target=canary, line=1),),
    )
    return replace(one, path=f"notes/{canary}.md")


def private_item(canary):
    return item(
        url=f"https://user:{canary}@example.org/1",
        via=Via(name="Jo", url=f"https://example.net/?token={canary}"),
        text_sha=canary,
        hidden_by=canary,
        tags=(canary,),
        source=canary,
    )


def rendered(candidates, bare, visible):
    told = select(candidates, terms(visible=visible, redact=True), period=WEEK, unsensed=bare)
    head = DraftHead(id="d-1", audience="team", period="2026-W47", cut_off="x", template="weekly", edition=1)
    data = compose_draft(head, told, DraftTemplate(packaged("weekly.md.j2"), name="weekly"))
    facts = EditionFacts(number=1, period="2026-W47", visible=visible)
    draft = read_draft(data)
    return told, data, render_markdown(draft, facts), render_html(draft, facts)


@settings(max_examples=40, deadline=None)
@given(canary=st.text(alphabet="qzxwvkj", min_size=12, max_size=16))
@example(canary="qzxwvkjqzxwvkj")
def test_no_private_field_ever_leaves(canary):
    source = Source(id="s-1", url=f"https://u:{canary}@example.org/f", title=canary, private=True, why=canary)
    facts = ItemFacts(item=private_item(canary), source=source)
    hidden = ItemFacts(item=item(2, title=canary), source=source, private=True)
    shut = candidate(3, f"{canary} is said in words.", visibility="private")
    sent = Candidate(note=private_note(canary), items=(facts,))
    told, *outputs = rendered([sent, shut], [hidden], lambda target: False if canary in target else None)

    assert [entry.key for entry in told.entries] == ["n-000000000001"]
    assert [row.note for row in told.withheld] == ["n-000000000003"]
    for data in outputs:
        assert canary.encode() not in data
        assert b"Open words of mine stand here." in data


def test_the_day_of_publication_is_that_of_the_homes_zone():
    late = item(published_at=datetime(2026, 11, 18, 23, 59, tzinfo=UTC))

    assert view(late).published_on == "2026-11-18"
