from datetime import UTC, datetime

from hypothesis import given, settings
from hypothesis import strategies as st

from pkm.model.item import Enclosure, ParsedItem
from pkm.rules.identity import content_sha, downgraded, keyed
from pkm.rules.limits import KEY_CHARS

DAY = datetime(2026, 11, 22, 8, tzinfo=UTC)


def item(**fields):
    return ParsedItem(**fields)


def keys(*items, policy=0):
    return [one.key for one in keyed(items, policy=policy)]


def test_the_id_is_the_key_and_is_never_joined_with_a_base():
    assert keys(item(raw_id="post/7", url="https://a.example/7")) == ["g:post/7"]


def test_without_an_id_the_link_then_the_enclosure_then_title_and_day_then_the_text():
    sound = Enclosure(url="https://a.example/a.mp3")
    assert keys(item(url="http://www.a.example/7/?utm_source=x")) == ["u:https://a.example/7"]
    assert keys(item(enclosures=(sound,), title="T")) == ["e:https://a.example/a.mp3"]
    assert keys(item(title="T", published_at=DAY))[0].startswith("t:")
    assert keys(item(html="<p>x</p>"))[0].startswith("h:")


def test_an_item_with_nothing_at_all_is_left_out():
    assert keyed([item()]) == ()


def test_an_id_that_two_items_share_is_the_key_of_neither():
    both = [item(raw_id="same", url="https://a.example/1"), item(raw_id="same", url="https://a.example/2")]
    assert keys(*both) == ["u:https://a.example/1", "u:https://a.example/2"]
    assert all("g:same" not in one.aliases for one in keyed(both))


def test_an_item_said_twice_word_for_word_is_one():
    one = item(raw_id="x", url="https://a.example/1", title="T", html="<p>y</p>")
    assert len(keyed([one, one])) == 1


def test_a_move_to_https_or_another_host_is_known_by_the_path_of_the_id():
    old = keyed([item(raw_id="http://a.example/p?id=7")])[0]
    new = keyed([item(raw_id="https://b.example/p?id=7")])[0]
    assert set(old.aliases) & set(new.aliases) == {"p:/p?id=7"}


def test_the_home_page_as_id_gives_no_alias_that_all_would_share():
    assert keyed([item(raw_id="https://a.example/")])[0].aliases == ()


def test_two_pieces_of_one_day_and_title_are_no_aliases_of_one_another():
    one = keyed([item(raw_id="1", title="Links", published_at=DAY)])[0]
    two = keyed([item(raw_id="2", title="Links", published_at=DAY)])[0]
    assert not {one.key, *one.aliases} & {two.key, *two.aliases}


def test_a_very_long_id_is_hashed_so_that_the_store_can_hold_it():
    assert len(keys(item(raw_id="x" * (KEY_CHARS + 1)))[0]) < 100
    assert keys(item(raw_id="x" * KEY_CHARS)) == ["g:" + "x" * KEY_CHARS]


def test_a_source_whose_ids_collide_is_trusted_one_step_less():
    shared = [item(raw_id="same", url=f"https://a.example/{n}") for n in range(3)]
    assert downgraded(shared, 0) == 1
    assert downgraded([item(raw_id=str(n)) for n in range(50)], 0) == 0
    assert downgraded(shared, 4) == 4


def test_white_space_and_case_are_no_edit_but_words_are():
    one = item(title="A  Title", url="http://a.example/1")
    assert content_sha(one, "some  text") == content_sha(
        item(title="a title", url="https://a.example/1/"), "Some text"
    )
    assert content_sha(one, "some text") != content_sha(one, "other text")


texts = st.text(max_size=30)
items = st.builds(
    ParsedItem,
    raw_id=st.none() | texts,
    url=st.none() | st.just("https://a.example/1") | texts.map(lambda text: f"https://a.example/{text}"),
    title=st.none() | texts,
    html=st.none() | texts,
)


@settings(deadline=None, max_examples=100)
@given(st.lists(items, max_size=12), st.integers(0, 4))
def test_keys_of_a_document_are_unique_and_always_the_same(parsed, policy):
    told = keyed(parsed, policy=policy)
    names = [one.key for one in told]
    assert len(names) == len(set(names))
    assert keyed(parsed, policy=policy) == told


@settings(deadline=None, max_examples=100)
@given(st.lists(items, max_size=8, unique_by=lambda one: (one.raw_id, one.url, one.title, one.html)))
def test_what_has_an_id_of_its_own_is_never_lost(parsed):
    told = {one.item for one in keyed(parsed)}
    ids = [one.raw_id for one in parsed]
    assert all(one in told for one in parsed if one.raw_id and ids.count(one.raw_id) == 1)
