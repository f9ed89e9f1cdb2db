"""Plants secrets in every place where one can be typed, does what a user does, and looks for them everywhere.

They may be in `.pkm/secrets.toml` and on the wire to their own server; nowhere else at all.
"""

import json
import sys
from pathlib import Path

import pytest

from support.cli import Session, child, clean_environ
from support.feeds import numbered, rss
from support.proxy import Proxy
from support.server import Reply, Site

LOGIN, HEADER, PROXY, COMMAND, PIPED, TOKEN = (
    "canary-login-7",
    "canary-header-7",
    "canary-proxy-7",
    "canary-command-7",
    "canary-piped-7",
    "7c4a8d09ca3762af61e59520943dc264",
)
KEPT_APART = (LOGIN, HEADER, PROXY, COMMAND, PIPED)
EVERYWHERE = (*KEPT_APART, TOKEN)
COMMANDS = (
    ("source",),
    ("source", "--all"),
    ("source", "--failing"),
    ("source", "health"),
    ("source", "redirects"),
    ("source", "audit"),
    ("config", "show"),
    ("config", "secret"),
    ("doctor",),
    ("undo", "--list"),
    ("status",),
    ("seek",),
    ("export", "items"),
    ("export", "opml"),
)


@pytest.fixture(scope="module")
def site():
    with Site() as one:
        for name in ("login", "header", "command", "proxied", "piped"):
            one.serve(f"/{name}", rss((name, f"https://{name}.example/1"), title=name))
        one.serve(f"/token?token={TOKEN}", rss(*numbered(1), title="token"))
        yield one


@pytest.fixture(scope="module")
def played(site, tmp_path_factory):
    """The home, and everything that pkm printed while the secrets were set, used, refused and lost."""
    tmp_path = tmp_path_factory.mktemp("canary")
    with pytest.MonkeyPatch.context() as patch:
        pkm = Session(tmp_path / "home", patch)
        yield pkm.home, _play(pkm, site, tmp_path)


def _play(pkm, site, tmp_path):
    printed = []

    def run(*words, **settings):
        answer = pkm(*words, **settings)
        printed.append((words, answer.out + answer.err))
        return answer

    run("init")
    tell = tmp_path / "tell"
    tell.write_text(
        f"#!{sys.executable}\nimport sys\nprint('{COMMAND}')\nprint('{COMMAND}', file=sys.stderr)\n"
    )
    tell.chmod(0o700)
    run("follow", site.url("/login", host=f"ada:{LOGIN}@127.0.0.1"))
    run("follow", site.url(f"/token?token={TOKEN}"))
    for name in ("header", "command", "proxied", "piped"):
        run("follow", site.url(f"/{name}"))
    run("config", "secret", "set", "piped", "-", stdin=PIPED)
    run("source", "set", "header", "--header", f"Authorization: Bearer {HEADER}")
    run("source", "set", "command", "--auth-cmd", str(tell))
    run("source", "set", "piped", "--header", "X-Api-Key: secret:piped")
    with Proxy(to=site.port, login=f"ada:{PROXY}") as proxy:
        run("source", "set", "proxied", "--proxy", f"http://ada:{PROXY}@127.0.0.1:{proxy.port}")
        run("pull", "--all")
        run("pull", "login", "header", "command", "proxied", "piped", "token", "--json")
        assert any("proxy-authorization" in asked.headers for asked in proxy.asked)
    run("pull", "proxied")  # its proxy is gone: an error
    # A server that says back whatever it heard, and refuses.
    for name in ("login", "header", "command", "piped"):
        site.serve(f"/{name}", lambda seen: Reply(status=401, body=json.dumps(dict(seen.headers)).encode()))
    run("pull", "login", "header", "command", "piped")
    for name in ("login", "header", "command", "proxied", "piped", "token"):
        run("source", "show", name)
        run("source", "show", name, "--json")
        run("source", "try", name)
        run("source", "try", name, "--json", "--debug")
        run("source", "backfill", name)
    for words in COMMANDS:
        run(*words)
        run(*words, "--json")
    # Wrong words with secrets in them.
    run("source", "show", f"https://ada:{LOGIN}@nobody.example/")
    run("source", "set", "header", "--header", f"Cookie: {HEADER}")
    run("source", "set", "header", "--header", f"no colon {HEADER}")
    run("source", "set", "header", "--proxy", f"socks://ada:{PROXY}@p")
    run("source", "set", "header", "--url", f"ftp://ada:{LOGIN}@a.example/")
    run("source", "try", f"https://ada:{LOGIN}@[::1")
    run("config", "secret", "set", "piped", PIPED)
    run("config", "secret", "set", f"a {PIPED}", "-", stdin="x")
    run("follow", f"https://ada:{LOGIN}@127.0.0.1:1/feed")
    return printed


def test_no_secret_is_ever_printed(played):
    told = [(words, secret) for words, text in played[1] for secret in EVERYWHERE if secret in text]
    assert told == []


def test_no_file_but_the_secrets_own_holds_one(played, site):
    home, _ = played
    own = home / ".pkm" / "secrets.toml"
    kept = own.read_text()
    assert all(secret in kept for secret in (LOGIN, HEADER, PROXY, PIPED))
    assert own.stat().st_mode & 0o077 == 0
    holding = [
        (path.relative_to(home).as_posix(), secret)
        for path in home.rglob("*")
        if path.is_file() and path != own
        for secret in KEPT_APART
        if secret.encode() in path.read_bytes()
    ]
    assert holding == []
    # They did go where they should.
    sent = json.dumps([dict(seen.headers) for seen in site.requests])
    assert all(secret in sent for secret in (HEADER, COMMAND, PIPED))


def test_a_token_in_an_address_is_in_the_list_and_the_store_alone(played):
    home, _ = played
    holding = {
        path.relative_to(home).as_posix()
        for path in home.rglob("*")
        if path.is_file() and TOKEN.encode() in path.read_bytes()
    }
    assert {name for name in holding if not name.startswith(".pkm/store.db")} == {"sources.opml"}


@pytest.mark.skipif(not Path("/proc/self/cmdline").exists(), reason="there is no /proc here")
def test_no_process_has_a_secret_on_its_line(pkm, site, tmp_path):
    """The command that tells it looks at every line that it can see, and tells what it saw."""
    site.serve("/command", rss(("c", "https://c.example/1"), title="command"))
    pkm("init")
    pkm("follow", site.url("/command"))
    seen = tmp_path / "lines"
    tell = tmp_path / "tell"
    tell.write_text(
        f"#!{sys.executable}\nimport pathlib, os\n"
        "lines = []\n"
        "for path in pathlib.Path('/proc').glob('[0-9]*/cmdline'):\n"
        "    try: lines.append(path.read_bytes())\n"
        "    except OSError: pass\n"
        f"pathlib.Path({str(seen)!r}).write_bytes(b'\\n'.join(lines) + repr(dict(os.environ)).encode())\n"
        f"print('{COMMAND}')\n"
    )
    tell.chmod(0o700)
    pkm("config", "secret", "set", "piped", "-", stdin=PIPED)
    pkm("source", "set", "command", "--auth-cmd", str(tell))
    pkm("source", "set", "command", "--header", "X-Api-Key: secret:piped")
    environ = clean_environ(PKM_HOME=str(pkm.home), TERM="dumb")
    done = child(["pull", "command"], environ)
    assert done.returncode == 0, done.stderr
    assert site.requests[-1].headers["x-api-key"] == PIPED
    lines = seen.read_bytes()
    assert b"pkm" in lines
    assert PIPED.encode() not in lines
    assert COMMAND.encode() not in lines
