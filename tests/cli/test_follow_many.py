"""A list of some years: hundreds of sources, one in ten broken in one of many ways."""

import json
import signal
import subprocess
import sys
import threading

import pytest

from support.cli import clean_environ
from support.feeds import numbered, rss
from support.server import Site

HTML = {"Content-Type": "text/html"}
GOOD = 440


def outline(title, url, more=""):
    return f'<outline text="{title}" type="rss" xmlUrl="{url}" {more}/>'


def opml(*lines):
    return f"<opml version='2.0'><body>{''.join(lines)}</body></opml>"


@pytest.fixture(scope="module")
def site():
    with Site() as here:
        yield here


@pytest.fixture(scope="module")
def listed(site, tmp_path_factory):
    """The list, and the titles of those that cannot work."""
    lines, broken = [], []
    for n in range(GOOD):
        url = site.serve(f"/feed/{n}", rss((f"Item {n}", f"https://h{n}.example/1"), title=f"Feed {n}"))
        lines.append(outline(f"Feed {n:03}", url))

    def bad(title, url):
        broken.append(title)
        lines.append(outline(title, url))

    for n in range(20):
        bad(f"Missing {n:02}", site.url(f"/missing/{n}"))
    for n in range(8):
        bad(f"Over {n}", site.serve(f"/over/{n}", status=410))
        bad(f"Page {n}", site.serve(f"/page/{n}", "<html>x</html>", headers=HTML))
        bad(f"Nothing {n}", site.serve(f"/nothing/{n}", ""))
    for n in range(4):
        bad(f"Trouble {n}", site.serve(f"/trouble/{n}", status=500))
    site.play("/silent", lambda _seen, wire: wire.pause(60))
    bad("Silent", site.url("/silent"))
    site.play("/half", lambda _seen, wire: wire.write(b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n<rss"))
    bad("Half", site.url("/half"))
    bad("Not there", "http://127.0.0.1:9/feed")
    bad("No encryption", site.url("/feed/1").replace("http:", "https:"))
    bad("Login", site.serve("/login", status=401))
    lines += [outline("Empty feed", site.serve("/empty", rss(title="Empty")))]
    lines += [
        outline("Twice", f"{site.url('/feed/1')}#top"),
        outline("Tracked", f"{site.url('/feed/2')}?utm_source=x"),
    ]
    lines += [outline("Bad", "javascript:alert(1)")]
    path = tmp_path_factory.mktemp("lists") / "old.opml"
    path.write_text(opml(*lines), encoding="utf-8")
    return path, broken


def test_each_broken_one_is_named_once_with_what_to_type_and_the_others_are_there(pkm, site, listed):
    path, broken = listed
    pkm("init")
    pkm.setenv(PKM_PULL_TIMEOUT_S="2")
    code, out, err = pkm("follow", str(path), "--allow-private", "--tag", "old", terminal=True, columns=60)
    assert (code, out) == (0, "")
    words = err.rpartition("\x1b[K")[2].splitlines()
    assert words[0] == "failed, 20 sources: the server answered 404 Not Found"
    assert {title: err.count(f"  {title}\n") for title in broken} == dict.fromkeys(broken, 1)
    assert f"{GOOD + len(broken) + 1} newly followed, 1 left out" in err
    assert f"{GOOD} items from {GOOD} sources, {len(broken)} failed" in err
    assert max(len(line) for line in words if "http" not in line) <= 90
    headings = [n for n, line in enumerate(words) if line.startswith("failed")]
    assert all(words[n + 1].startswith("  ") and not words[n + 1].startswith("    ") for n in headings)

    asked = len(site.requests)
    code, _out, err = pkm("follow", str(path), "--allow-private")
    assert (code, len(site.requests)) == (0, asked)
    assert "0 newly followed" in err

    document = json.loads(pkm("source", "list", "--failing", "--json").out)
    assert {one["title"] for one in document["sources"]} == set(broken)
    assert all(one["tags"] == ["old"] and one["error"]["hint"] for one in document["sources"])

    pkm("undo")
    assert json.loads(pkm("source", "list", "--json").out)["sources"] == []


def test_a_program_gets_every_source_with_its_error_and_what_was_left_out(pkm, site, tmp_path):
    pkm("init")
    path = tmp_path / "few.opml"
    path.write_text(
        opml(
            outline("Good", site.serve("/good", rss(*numbered(2)))),
            outline("Bad", site.url("/bad")),
            outline("Run", "exec:x"),
        ),
        encoding="utf-8",
    )
    planned = json.loads(pkm("follow", str(path), "--dry-run", "--json").out)
    assert [one["status"] for one in planned["sources"]] == ["would follow", "would follow"]
    assert json.loads(pkm("source", "--json").out)["sources"] == []

    document = json.loads(pkm("follow", str(path), "--allow-private", "--json").out)
    good, bad = sorted(document["sources"], key=lambda one: one["title"], reverse=True)
    assert (good["status"], good["items"], good["waiting"], good["error"]) == ("followed", 2, 2, None)
    assert (bad["items"], bad["error"]["kind"]) == (0, "status")
    assert document["left_out"] == [{"name": "Run", "reason": "its address is not http or https"}]


def test_stopped_by_ctrl_c_it_keeps_what_it_has_and_the_same_line_goes_on(pkm, site, tmp_path):
    pkm("init")
    arrived = threading.Event()

    def hold(_seen, wire):
        arrived.set()
        wire.pause(60)

    lines = [
        outline(f"Quick {n}", site.serve(f"/quick/{n}", rss((f"Q{n}", f"https://q{n}.example/"))))
        for n in range(20)
    ]
    for n in range(8):
        site.play(f"/held/{n}", hold)
        lines.append(outline(f"Held {n}", site.url(f"/held/{n}")))
    path = tmp_path / "list.opml"
    path.write_text(opml(*lines), encoding="utf-8")
    call = [sys.executable, "-m", "pkm", "follow", str(path), "--allow-private"]
    environ = clean_environ(PKM_HOME=str(pkm.home))
    with subprocess.Popen(call, env=environ, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL) as running:
        assert arrived.wait(30)
        running.send_signal(signal.SIGINT)
        _, said = running.communicate(timeout=30)
    assert running.returncode == 130
    assert b"not asked yet, but followed" in said
    assert b"Traceback" not in said
    health = {one["title"]: one["health"] for one in json.loads(pkm("source", "--json").out)["sources"]}
    assert len(health) == 28

    for n in range(8):
        site.play(
            f"/held/{n}", lambda _seen, wire: wire.write(b"HTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n")
        )
    code, _out, err = pkm("follow", str(path), "--allow-private")
    assert code in {0, 3}
    health = {one["title"]: one["health"] for one in json.loads(pkm("source", "--json").out)["sources"]}
    assert {word for title, word in health.items() if title.startswith("Quick")} == {"ok"}
    assert {word for title, word in health.items() if title.startswith("Held")} == {"failing"}
    assert "failed, 8 sources" in err
