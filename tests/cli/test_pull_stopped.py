"""Ctrl-C and SIGTERM while a pull is at work: what came is stored, one document is printed, the code is right."""

import json
import signal
import subprocess
import sys
import threading

import pytest

from pkm.model.source import Source
from pkm.rules.opmlwrite import write_opml
from support.cli import clean_environ
from support.feeds import numbered, rss
from support.server import Site


@pytest.fixture
def site():
    with Site() as one:
        one.serve("/good", rss(*numbered(3)))
        yield one


@pytest.fixture
def environ(pkm, site):
    """A home that follows a good feed, and one that never ends to answer."""
    sources = [
        Source(id=f"s-{n:012}", url=site.url(path), private_host=True)
        for n, path in enumerate(("/good", "/endless"))
    ]
    pkm("init")
    listed = write_opml(sources, title="all", with_private=True, with_secrets=True)
    (pkm.home / "sources.opml").write_bytes(listed)
    return clean_environ(PKM_HOME=str(pkm.home), TZ="UTC")


@pytest.fixture
def hangs(site):
    """Set when the endless feed was asked for."""
    asked = threading.Event()

    def play(_seen, wire):
        wire.head("200 OK", "Content-Type: application/rss+xml")
        asked.set()
        wire.drip(iter(lambda: b" ", None), every_s=0.2)

    site.play("/endless", play)
    return asked


def stopped(environ, asked, *numbers):
    process = subprocess.Popen(
        [sys.executable, "-m", "pkm", "pull", "--json"],
        env=environ,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert asked.wait(30)
    for number in numbers:
        process.send_signal(number)
    out, err = process.communicate(timeout=30)
    return process.returncode, out.decode(), err.decode()


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_the_first_signal_ends_it_well_with_one_document(pkm, environ, hangs, number, code):
    ended, out, err = stopped(environ, hangs, number)
    assert ended == code
    document = json.loads(out)
    assert document["interrupted"] is True
    assert document["totals"]["failed"] == 0
    assert "Traceback" not in err
    stored = len(json.loads(pkm("seek", "--json", "--all", "--limit", "0").out)["items"])
    assert stored == document["totals"]["new"]
    assert json.loads(pkm("source", "show", "endless", "--json").out)["sources"][0]["health"] == "new"
    assert pkm("pull", "--max-time", "0").code == 0  # the lock is free


def test_a_second_ctrl_c_ends_it_at_once_and_nothing_is_damaged(pkm, environ, hangs):
    ended, out, _ = stopped(environ, hangs, signal.SIGINT, signal.SIGINT)
    assert ended == 130
    assert out == "" or json.loads(out)
    assert pkm("pull", "--max-time", "0").code == 0
    assert pkm("doctor").code == 0
