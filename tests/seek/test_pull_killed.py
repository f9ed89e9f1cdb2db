"""kill -9 at a random moment of a pull, again and again: nothing is lost, nothing comes twice."""

import os
import random
import subprocess
import sys
import threading
import time
from collections import Counter

from pkm.model.source import Source
from pkm.rules.opmlwrite import write_opml
from support.cli import child, clean_environ
from support.server import Reply, Site
from support.shelves import new_home, opened

ROUNDS = 50 if os.environ.get("PKM_SLOW") else 15
FEEDS = 12


def feed(number, count):
    items = "".join(
        f"<item><guid>{number}-{n}</guid><title>Feed {number} item {n}</title>"
        f"<link>http://a.example/{number}/{n}</link><description>{'word ' * 300}</description></item>"
        for n in range(count)
    )
    return f"<rss version='2.0'><channel><title>Feed {number}</title>{items}</channel></rss>".encode()


def test_a_pull_killed_at_any_moment_loses_nothing_and_doubles_nothing(tmp_path):
    chance = random.Random(20261122)
    home = new_home(tmp_path)
    environ = clean_environ(PKM_HOME=str(home.root), TZ="UTC")
    grown = {"items": 4}
    asked = Asked()

    def answer(seen):
        asked.one_more()
        body = feed(int(seen.path.removeprefix("/f")), grown["items"])
        return Reply(body=body, etag=f'"{grown["items"]}"', headers={"Content-Type": "application/rss+xml"})

    with Site() as site:
        sources = [
            Source(id=f"s-{n:012}", url=site.serve(f"/f{n}", answer), private_host=True) for n in range(FEEDS)
        ]
        home.sources.write_bytes(write_opml(sources, title="all", with_private=True, with_secrets=True))
        asked.expect(1)
        assert child(["pull"], environ).returncode == 0
        tail = time.monotonic() - asked.at
        killed = 0
        for _round in range(ROUNDS):
            grown["items"] += 2
            # Counted from a request, since how long Python takes to start depends on what else runs here.
            asked.expect(chance.randint(1, FEEDS))
            killed += pull_and_kill(environ, asked, after=chance.uniform(0, 0.5) * tail)
        assert child(["pull"], environ).returncode == 0
        assert killed > ROUNDS // 3, "the kills came too late to prove anything"
        check(home, grown["items"], {source.url for source in sources})
        again = child(["pull", "--json"], environ)
        assert b'"new": 0, "revised": 0, "failed": 0' in again.stdout


class Asked:
    """Tells when the n-th request came."""

    def expect(self, count):
        self.left, self.at, self.came = count, 0.0, threading.Event()

    def one_more(self):
        self.left -= 1
        if self.left == 0:
            self.at = time.monotonic()
            self.came.set()


def pull_and_kill(environ, asked, *, after):
    """Whether the pull was still at work when it was killed."""
    process = subprocess.Popen(
        [sys.executable, "-m", "pkm", "pull"],
        env=environ,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    assert asked.came.wait(60)
    try:
        process.wait(timeout=after)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
        return True
    return False


def check(home, count, urls):
    with opened(home) as shelf:
        followed = {source.url: source.id for source in shelf.store.sources.all()}
        assert followed.keys() == urls
        items = list(shelf.store.items.each())
        titles = Counter(item.title for item in items)
        assert titles == {f"Feed {n} item {m}": 1 for n in range(FEEDS) for m in range(count)}
        assert all(shelf.store.arrivals.count(one) == count for one in followed.values())
        assert all(shelf.store.texts.get(item.text_sha) for item in items)
        assert shelf.store.quick_check() == "ok"
        assert shelf.store.broken_references() == 0
        assert shelf.store.search.check()
