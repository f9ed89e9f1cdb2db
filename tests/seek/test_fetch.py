from dataclasses import replace
from datetime import UTC, datetime

import pytest

from pkm.errors import CredentialsError, FetchError, NotAFeed
from pkm.model.source import Manner, Source, Validators
from pkm.net.door import Door
from pkm.seek.fetch import fetch, request_for, shown
from pkm.seek.manner import PLAIN
from pkm.seek.parser_process import FeedReader
from support.server import Reply, Site

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
RSS = "<rss version='2.0'><channel><title>T</title><item><guid>1</guid><title>One</title></item></channel></rss>"


@pytest.fixture(scope="module")
def site():
    with Site() as here:
        yield here


@pytest.fixture(scope="module")
def ask():
    with Door(user_agent="pkm/test") as door, FeedReader() as reader:

        def one(url, known=None):
            source = Source(id="s-000000000001", url=url, private_host=True)
            return fetch(source, known or {}, door=door, reader=reader, now=NOW)

        yield one


def test_a_feed_comes_with_its_items_and_its_validators_untouched(site, ask):
    url = site.serve("/feed", RSS, etag='W/"v1 "', last_modified="yesterday, more or less")
    fetched = ask(url)
    assert [item.title for item in fetched.feed.items] == ["One"]
    assert (fetched.validators.etag, fetched.validators.last_modified) == (
        'W/"v1 "',
        "yesterday, more or less",
    )
    assert fetched.status == 200


def test_an_unchanged_feed_is_not_downloaded_again(site, ask):
    url = site.serve("/same", RSS, etag='"v1"')
    first = ask(url)
    second = ask(url, {url: first.validators})
    assert (second.status, second.feed, second.error) == (304, None, None)
    assert second.validators == replace(first.validators, manner=Manner(unchanged_since=NOW))
    assert site.requests[-1].headers["if-none-match"] == '"v1"'


def test_a_304_with_a_new_validator_is_remembered_and_what_it_does_not_say_stays(site, ask):
    url = site.serve("/moved-on", lambda _seen: Reply(status=304, etag='"v2"'))
    known = Validators(url=url, etag='"v1"', last_modified="then", body_sha="0" * 64)
    assert ask(url, {url: known}).validators == replace(
        known, etag='"v2"', manner=Manner(unchanged_since=NOW)
    )


def test_the_same_body_without_a_304_is_not_parsed_again(site, ask):
    url = site.serve("/no-validators", RSS)
    first = ask(url)
    second = ask(url, {url: first.validators})
    assert second.feed is None
    assert second.error is None


def test_a_header_that_is_gone_from_a_200_is_forgotten(site, ask):
    url = site.serve("/lost", RSS)
    known = Validators(url=url, etag='"old"')
    assert ask(url, {url: known}).validators.etag is None


def test_a_feed_that_ended_early_is_stored_without_validators(site, ask):
    whole = RSS.replace("</channel></rss>", "<item><guid>2</guid><title>Tw")
    url = site.serve("/cut", whole, etag='"v1"')
    fetched = ask(url)
    assert fetched.feed.truncated
    assert fetched.validators == Validators(url=url)


@pytest.mark.parametrize(
    ("path", "answer", "error"),
    [
        ("/404", (404, ""), FetchError),
        ("/401", (401, ""), CredentialsError),
        ("/500", (500, ""), FetchError),
        ("/page", (200, "<html><body>hi</body></html>"), NotAFeed),
        ("/empty", (200, ""), FetchError),
    ],
)
def test_what_went_wrong_is_a_value_with_a_reason(site, ask, path, answer, error):
    fetched = ask(site.serve(path, answer[1], status=answer[0]))
    assert isinstance(fetched.error, error)
    assert fetched.feed is None
    assert fetched.validators is None


def test_validators_go_to_the_address_that_gave_them_alone():
    source = Source(id="s-000000000001", url="https://a.example/feed")
    known = {"https://b.example/feed": Validators(url="https://b.example/feed", etag='"b"')}
    request = request_for(source, known, PLAIN)
    assert (request.etag, request.allow_private) == (None, False)
    assert request.known == known


def test_a_source_is_shown_without_its_secrets():
    secret = Source(id="s-000000000001", url="https://me:hunter2@a.example/feed?token=abc")
    assert "hunter2" not in shown(secret)
    assert "abc" not in shown(secret)
