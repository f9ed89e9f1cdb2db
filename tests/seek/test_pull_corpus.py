"""Every real feed that we have, followed as one list and pulled in one run by the real command."""

import json
import os
from collections import Counter

import pytest

from pkm.model.source import Source
from pkm.rules.opmlwrite import write_opml
from support.cli import child, clean_environ
from support.corpus import corpus
from support.server import Site

pytestmark = pytest.mark.corpus
FOLDERS = ("feeds", "feeds-illformed")
ENDINGS = {".xml", ".rss", ".atom", ".rdf", ".json", ".html", ".txt", ""}
EXPECTATIONS = (".serde.json", ".expected.json", ".result.json")
EVERY = 1 if os.environ.get("PKM_CORPUS_ALL") else 5


def feed_files():
    root = corpus()
    files = [path for folder in FOLDERS for path in sorted((root / folder).rglob("*")) if path.is_file()]
    names = {path.name for path in files}

    def is_feed(path):
        if path.name.endswith(EXPECTATIONS) or path.suffix.lower() not in ENDINGS:
            return False
        beside = (
            path.with_suffix(".xml").name in names
        )  # NAME.json beside NAME.xml is what a parser made of it
        return not (path.suffix == ".json" and beside)

    return root, [path for path in files if is_feed(path)][::EVERY]


@pytest.fixture(scope="module")
def pulled(tmp_path_factory):
    root, files = feed_files()
    folder = tmp_path_factory.mktemp("corpus")
    environ = clean_environ(PKM_HOME=str(folder / "home"), PKM_PULL_TIMEOUT_S="30", PYTHONUTF8="1")
    with Site() as site:
        site.serve_folder(root)
        urls = [site.file_url(path.relative_to(root).as_posix()) for path in files]
        sources = [Source(id=f"s-{n:012}", url=url) for n, url in enumerate(urls)]
        listed = folder / "list.opml"
        listed.write_bytes(write_opml(sources, title="all", with_private=True, with_secrets=True))
        made = child(["init"], environ)
        assert made.returncode == 0, made.stderr
        follow = child(["follow", str(listed), "--allow-private"], environ)
        first = list(site.requests)
        site.requests.clear()
        again = child(["pull", "--json"], environ)
        yield urls, environ, follow, first, again, list(site.requests)


def test_a_list_of_all_real_feeds_is_followed_without_a_traceback(pulled):
    urls, _environ, follow, first, _again, _second = pulled
    assert not any(word in follow.stderr for word in (b"Traceback", b"this is a bug")), follow.stderr[-2000:]
    assert follow.returncode == 0
    assert Counter(one.path for one in first).most_common(1)[0][1] == 1
    assert len(first) == len(set(urls))


def test_each_source_is_stored_or_named_with_its_reason_and_what_to_type(pulled):
    urls, environ, _follow, _first, _again, _second = pulled
    told = json.loads(child(["source", "list", "--json"], environ).stdout)["sources"]
    assert len(told) == len(set(urls))
    words = Counter(one["health"] for one in told)
    Counter(one["error"]["kind"] for one in told if one["error"])
    assert words["ok"] > 0.9 * len(told)
    for one in told:
        assert one["health"] in {"ok", "failing"}
        if one["health"] == "failing":
            assert all(one["error"][part] for part in ("message", "hint")), one


def test_a_second_pull_asks_with_the_validators_byte_for_byte_and_stores_nothing_new(pulled):
    _urls, _environ, _follow, first, again, second = pulled
    assert again.returncode == 0, again.stderr[-2000:]
    document = json.loads(again.stdout)
    assert (document["totals"]["new"], document["totals"]["revised"]) == (0, 0)
    fine = [one for one in document["sources"] if one["status"] == "unchanged"]
    asked = [one for one in second if "if-none-match" in one.headers]
    assert len(fine) >= 0.9 * len(document["sources"])
    assert len(asked) >= 0.9 * len(first)
    assert all(one.headers["if-none-match"].startswith('"') for one in asked)
    assert Counter(one.path for one in second).most_common(1)[0][1] == 1
