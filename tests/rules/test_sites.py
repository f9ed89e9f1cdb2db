"""Site rules: each rule of ours keeps its promise, and a wrong one of the user's is told with its line."""

from importlib import resources

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pkm.errors import UsageError
from pkm.rules.feedlike import is_feedlike
from pkm.rules.sites import PROBES_MOST, SiteRules, by_address, by_page, probes_of
from pkm.rules.sitesread import read_sites
from pkm.rules.urls import is_web

OURS = read_sites(
    resources.files("pkm").joinpath("assets", "sites.yaml").read_text(encoding="utf-8"), name="sites.yaml"
)
RULE = """sites:
  - name: A place
    hosts: [a.example]
    path: /{who}
    feeds:
      - {title: all, url: 'https://a.example/{who}.rss'}
"""


def links(url: str, page: str | None = None, rules: SiteRules = OURS) -> list[str]:
    if page is None:
        return [one.url for one in by_address(rules.rules, url)]
    found = by_page(rules.rules, url, page) or by_page(rules.rules, url, page, any_host=True)
    return [one.url for one in found]


def test_every_rule_of_ours_has_an_example():
    assert [rule.name for rule in OURS.rules if not rule.examples] == []


@pytest.mark.parametrize(
    ("rule", "example"),
    [(rule.name, example) for rule in OURS.rules for example in rule.examples],
    ids=lambda value: value if isinstance(value, str) else value.of,
)
def test_a_rule_gives_what_its_example_says(rule, example):
    assert links(example.of, example.page)[:1] == [example.gives]


@pytest.mark.parametrize("rule", OURS.rules, ids=lambda rule: rule.name)
def test_a_feed_of_ours_is_not_taken_for_a_page_again(rule):
    for example in rule.examples:
        for feed in links(example.of, example.page):
            assert is_feedlike(feed) or links(feed) in ([], [feed]), feed


def test_a_channel_offers_everything_videos_shorts_and_streams():
    found = links("https://www.youtube.com/channel/UCabcdefghijklmnopqrstuv")
    assert [one.rpartition("=")[2][:4] for one in found] == ["UCab", "UULF", "UUSH", "UULV"]
    assert len({one[-22:] for one in found}) == 1


@pytest.mark.parametrize(
    "url",
    [
        "https://github.com/features",
        "https://github.com/",
        "https://github.com/ana/tool/issues/3",
        "https://medium.com/",
        "https://www.youtube.com/feeds/videos.xml?channel_id=UCabcdefghijklmnopqrstuv",
        "https://notyoutube.com/channel/UCabcdefghijklmnopqrstuv",
        "https://youtube.com.evil.example/channel/UCabcdefghijklmnopqrstuv",
        "https://vimeo.com/123456",
        "https://nobody.example/@ana",
        "no address",
    ],
)
def test_what_no_rule_speaks_of_is_left_to_the_page(url):
    assert links(url) == []


def test_a_value_of_the_path_cannot_become_another_host():
    rules = read_sites(RULE.replace("https://a.example/{who}.rss", "https://{who}.b.example/rss"), name="x")
    assert links("https://a.example/ana", rules=rules) == ["https://ana.b.example/rss"]
    for who in ("evil.example:80", "x@evil.example", "evil.example%2F", "evil.example\\"):
        assert all(
            one.split("/")[2].endswith(".b.example") for one in links(f"https://a.example/{who}", rules=rules)
        )


def test_rules_of_ones_own_come_first():
    own = read_sites(RULE.replace("a.example", "github.com"), name="own")
    assert links("https://github.com/ana", rules=OURS.before(own)) == ["https://github.com/ana.rss"]
    assert OURS.before(own).probes == OURS.probes


def test_an_empty_file_has_no_rules():
    assert read_sites("# nothing yet\n", name="x") == SiteRules()
    assert read_sites("sites:\n", name="x") == SiteRules()


@pytest.mark.parametrize(
    ("text", "line", "word"),
    [
        (RULE.replace("path:", "pathe:"), 4, "pathe"),
        (RULE.replace("{who}.rss", "{whom}.rss"), 2, "{whom}"),
        (RULE.replace("hosts: [a.example]", "where: {who: '['}"), 2, "page"),
        (RULE.replace("path: /{who}", "path: /{who}\n    where: {who: '['}"), 5, "regular expression"),
        (RULE.replace("path: /{who}", "path: {who}"), 4, "word"),
        (RULE.replace("path: /{who}", "path: who"), 4, "slash"),
        (RULE.replace("path: /{who}", "path: /{who}/{who}"), 4, "twice"),
        (RULE.replace("    feeds:\n", "    feeds: []\n    examples:\n"), 7, "example"),
        (RULE + "    name: again\n", 7, "twice"),
        ("sites: [&a {name: x}, *a]\n", 1, "anchor"),
        ("sites: [\n  - x\n", 2, ""),
        ("- x\n", 1, "sites:"),
        ("places: []\n", 1, "places"),
        ("sites: " + "[" * 50, 1, "deep"),
    ],
)  # fmt: skip
def test_a_wrong_rule_is_told_with_file_and_line(text, line, word):
    with pytest.raises(UsageError) as caught:
        read_sites(text, name="/home/sites.yaml")
    assert f"/home/sites.yaml, line {line}:" in caught.value.what
    assert word in caught.value.what
    assert caught.value.hint


def test_probes_stay_on_the_host_and_are_few():
    found = probes_of(("feed", "/rss.xml", "https://b.example/", *"abcdefgh"), "https://a.example/blog?x=1")
    assert found[:2] == ("https://a.example/blog/feed", "https://a.example/rss.xml")
    assert len(found) == PROBES_MOST
    assert probes_of(OURS.probes, "https://a.example/")[0] == "https://a.example/feed"


@given(st.text(max_size=60), st.text(max_size=200))
@settings(max_examples=100, deadline=None)
def test_any_address_and_page_give_web_addresses_only(path, page):
    for host in ("youtube.com", "github.com", "ana.tumblr.com", "podcasts.apple.com", "x.example"):
        for url in (f"https://{host}/{path}", f"https://{host}/@{path}"):
            for said in (
                None,
                page,
                f'"feedUrl":"https:{page}"',
                f'<meta name="generator" content="WordPress{page}',
            ):
                assert all(is_web(one) for one in links(url, said))


@given(st.text(max_size=200))
@settings(max_examples=100, deadline=None)
def test_any_file_is_read_or_refused_with_a_hint(text):
    hints = []
    for said in (text, RULE + text, RULE.replace("who", text[:20])):
        try:
            read_sites(said, name="x")
        except UsageError as error:
            hints.append(error.hint)
    assert all(hints)
