"""Asking "anything new?" of servers as they are: what was sent, and that nothing is lost over it."""

from datetime import timedelta

import pytest

from support.replay import World, always_whole, feed, gzip_suffix, http_date, rss
from support.server import Reply
from support.shelves import NOW

DATE = "Sun, 22 Nov 2026 08:00:00 GMT"
DAY = 24


@pytest.fixture
def world(tmp_path):
    with World(tmp_path) as one:
        yield one


def sent(world, number=-1):
    headers = world.asked()[number].headers
    return headers.get("if-none-match"), headers.get("if-modified-since")


def test_both_validators_go_back_byte_for_byte(world):
    odd = "sunday the 22nd, tea time"
    [source] = world.follow(world.serve("a.test/feed", rss("a"), etag='W/"x y;z"', last_modified=odd))
    world.pull()
    assert sent(world) == (None, None)
    world.pull(source)
    assert sent(world) == ('W/"x y;z"', odd)
    assert world.asked()[-1].headers["a-im"] == "feed"


def test_a_304_that_brings_new_headers_is_believed_and_one_that_brings_none_changes_nothing(world):
    [source] = world.follow(
        world.in_turn(
            "a.test/feed",
            feed("a", etag='"1"', last_modified=DATE),
            Reply(status=304, etag='"2"'),
            Reply(status=304),
            Reply(status=304),
        )
    )
    for _ in range(3):
        world.pull(source)
    assert sent(world) == ('"2"', DATE)
    world.pull(source)
    assert sent(world) == ('"2"', DATE)


def test_a_whole_answer_without_a_validator_drops_the_old_one(world):
    [source] = world.follow(
        world.in_turn("a.test/feed", feed("a", etag='"1"', last_modified=DATE), feed("b", etag='"2"'))
    )
    for _ in range(3):
        world.pull(source)
    assert sent(world) == ('"2"', None)


def test_an_etag_that_differs_at_each_answer_is_sent_back_each_time_and_nothing_is_parsed_anew(world):
    number = iter(range(100))
    [source] = world.follow(world.serve("a.test/feed", lambda _seen: feed("a", etag=f'"{next(number)}"')))
    for _ in range(5):
        world.pull(source)
    assert [one.headers.get("if-none-match") for one in world.asked()] == [
        None,
        *(f'"{n}"' for n in range(4)),
    ]
    assert [one.seen for one in world.shelf.store.fetches.of(source.id)] == [0, 0, 0, 0, 1]


def test_an_etag_with_gzip_that_never_matches_is_left_out_once_the_date_is_seen_to_match(world):
    [source] = world.follow(world.serve("a.test/feed", gzip_suffix(rss("a"), last_modified=DATE)))
    for _ in range(7):
        world.pull(source)
    # The first, three whole answers to both validators, the try with the date alone, and then always so.
    assert [sent(world, n) for n in range(7)] == [
        (None, None),
        *(3 * [('"abc-gzip"', DATE)]),
        *(3 * [(None, DATE)]),
    ]
    assert [one.status for one in world.shelf.store.fetches.of(source.id)] == [
        304,
        304,
        304,
        200,
        200,
        200,
        200,
    ]


def test_where_the_date_does_not_match_either_both_go_on_being_sent(world):
    [source] = world.follow(
        world.serve("a.test/feed", always_whole(rss("a"), etag='"1"', last_modified=DATE))
    )
    for _ in range(8):
        world.pull(source)
    assert [sent(world, n)[0] for n in range(8)] == [None, *(3 * ['"1"']), None, *(3 * ['"1"'])]


def test_a_date_that_is_compared_as_text_matches(world):
    clumsy = "Sun, 22 Nov 2026 9:00:00 +0100"
    [source] = world.follow(world.serve("a.test/feed", rss("a"), last_modified=clumsy))
    world.pull()
    world.pull(source)
    assert sent(world) == (None, clumsy)
    assert world.shelf.store.fetches.of(source.id)[0].status == 304


@pytest.mark.parametrize("date", ["Thu, 01 Jan 1970 00:00:00 GMT", "Tue, 19 Jan 2038 03:14:07 GMT"])
def test_a_date_from_the_end_of_a_clock_is_not_sent_back(world, date):
    [source] = world.follow(world.serve("a.test/feed", rss("a"), last_modified=date))
    world.pull()
    world.pull(source)
    assert sent(world) == (None, None)


def test_validators_of_one_address_go_to_no_other(world):
    world.serve("a.test/new", rss("a"), etag='"b"')
    world.serve("a.test/feed", rss("a"), etag='"a"')
    [source] = world.follow(world.url("a.test", "/feed"))
    world.pull()
    world.site("a.test").redirect("/feed", "/new")
    world.pull(source)
    assert sent(world, -2) == ('"a"', None)
    assert sent(world) == (None, None)
    world.pull(source)
    assert sent(world) == ('"b"', None)


def test_what_always_says_304_is_asked_for_the_whole_once_three_posts_are_overdue(world):
    answers = {"reply": feed("a", "b", "c", etag='"1"')}

    def stubborn(seen):
        return Reply(status=304) if "if-none-match" in seen.headers else answers["reply"]

    [source] = world.follow(world.serve("a.test/feed", stubborn))
    world.pull()
    answers["reply"] = feed("d", "a", etag='"2"')
    for _ in range(30):
        world.later(days=1)
        world.pull()
    assert all(one.headers.get("if-none-match") for one in world.asked()[1:])
    for _ in range(4):
        world.later(days=1)
        world.pull()
    whole = [n for n, one in enumerate(world.asked()) if "if-none-match" not in one.headers]
    assert len(whole) == 2  # the first of all, and this one
    assert world.items(source) == 4
    assert {one.purpose for one in world.shelf.store.fetches.of(source.id, limit=99)} == {"due", "whole"}


def test_a_request_for_the_whole_that_fails_twice_is_told(world):
    def stubborn(seen):
        asked_before = len(world.asked()) > 1
        if "if-none-match" in seen.headers:
            return Reply(status=304)
        return Reply(status=500) if asked_before else feed("a", "b", "c", etag='"1"')

    [source] = world.follow(world.serve("a.test/feed", stubborn))
    world.pull()
    for _ in range(31):
        world.later(days=1)
        told = world.pull()
    assert told[source.url].status == "failed"
    assert world.shelf.store.fetches.of(source.id)[0].purpose == "whole"


def test_a_304_that_was_right_all_the_time_is_suspected_once_a_month_at_most(world):
    [source] = world.follow(world.serve("a.test/feed", rss("a", "b", "c"), etag='"1"'))
    world.pull()
    for _ in range(70):
        world.later(days=1)
        world.pull()
    whole = [one for one in world.asked()[1:] if "if-none-match" not in one.headers]
    assert len(whole) == 2
    assert world.now_of(source).health.word == "ok"


def test_a_delta_adds_and_takes_nothing_away(world):
    [source] = world.follow(
        world.in_turn(
            "a.test/feed", feed("b", "a", etag='"1"'), feed("c", etag='"2"', status=226), Reply(status=304)
        )
    )
    for _ in range(3):
        world.pull(source)
    assert world.items(source) == 3
    assert sent(world) == ('"2"', None)


def test_a_406_is_asked_once_more_the_next_time_with_any_type_and_so_from_then_on(world):
    def answer(seen):
        return feed("a", etag='"1"') if seen.headers["accept"] == "*/*" else Reply(status=406)

    [source] = world.follow(world.serve("a.test/feed", answer))
    world.pull()
    assert len(world.asked()) == 1  # not again in the same run
    assert world.now_of(source).health.next_check_at == NOW + timedelta(hours=1)
    world.later(hours=1)
    world.pull()
    world.pull(source)
    assert [one.headers["accept"] == "*/*" for one in world.asked()] == [False, True, True]
    assert world.items(source) == 1


def test_a_406_to_any_type_too_is_waited_out_like_a_404(world):
    [source] = world.follow(world.serve("a.test/feed", status=406))
    world.pull()
    world.later(hours=1)
    world.pull()
    assert world.now_of(source).health.trouble == "missing"


def test_what_cannot_be_unpacked_is_asked_for_unpacked_the_next_time(world):
    def answer(seen):
        if seen.headers["accept-encoding"] == "identity":
            return feed("a")
        return Reply(body=b"\x1f\x8bnot gzip at all", headers={"Content-Encoding": "gzip"})

    [source] = world.follow(world.serve("a.test/feed", answer))
    world.pull()
    assert world.now_of(source).health.error_kind == "encoding"
    world.later(hours=1)
    world.pull()
    assert [one.headers["accept-encoding"] for one in world.asked()] == ["gzip, deflate", "identity"]
    assert world.items(source) == 1


def test_what_ended_early_is_stored_but_asked_for_again_as_a_whole(world):
    cut = rss("a", "b").split(b"<item><guid isPermaLink='false'>b")[0]
    [source] = world.follow(
        world.in_turn("a.test/feed", Reply(body=cut, etag='"1"'), feed("a", "b", etag='"2"'))
    )
    world.pull()
    assert world.items(source) == 1
    world.later(hours=DAY)
    world.pull()
    assert sent(world) == (None, None)
    assert world.items(source) == 2


def test_the_log_can_show_that_validators_went_back_untouched(world):
    [source] = world.follow(world.serve("a.test/feed", rss("a"), etag='"1"', last_modified=http_date(NOW)))
    world.pull()
    world.pull(source)
    second, first = world.shelf.store.fetches.of(source.id)
    assert second.asked_with == first.gave
    assert all(second.asked_with)
    assert set(second.sent) >= {"if-none-match", "if-modified-since", "user-agent"}
    assert (first.conditional, second.conditional, second.purpose) == (False, True, "named")
