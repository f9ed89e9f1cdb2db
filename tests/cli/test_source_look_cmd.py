"""Looking at sources and asking them by hand, as a user types it."""

import json

import pytest

from pkm.shelf import locks
from support.feeds import numbered, rss
from support.server import Site

PAGED = (
    "<feed xmlns='http://www.w3.org/2005/Atom'><title>Paged</title>{link}<entry><id>{n}</id>"
    "<title>Letter {n}</title><link href='https://p.example/{n}'/><updated>2024-03-0{n}T00:00:00Z</updated></entry></feed>"
)


@pytest.fixture
def site():
    with Site() as one:
        one.serve("/feed", rss(*numbered(2)), etag='"v1"')
        one.serve("/paged", PAGED.format(n=2, link="<link rel='next' href='/1'/>"))
        one.serve("/1", PAGED.format(n=1, link=""))
        yield one


@pytest.fixture
def here(pkm, site):
    pkm("init")
    pkm("follow", site.url("/feed"))
    site.requests.clear()
    return pkm


def document(pkm, *words):
    answer = pkm("source", *words, "--json")
    assert answer.code in {0, 1}, answer.err
    return json.loads(answer.out)


@pytest.mark.parametrize("columns", [60, 100])
def test_the_page_of_a_source_says_when_it_is_asked_next_why_and_what_came(here, columns):
    here("pull", "notes")
    out = " ".join(here("source", "show", "notes", terminal=True, columns=columns).out.split())
    assert "next asked" in out
    assert "it is on this computer" in out
    assert "304 · unchanged" in out
    assert "conditional" in out
    assert "200 · 2 items, 2 new · follow" in out


def test_the_page_shows_settings_with_secrets_as_names_and_insecurity_loudly(here):
    here(
        "source",
        "set",
        "notes",
        "--header",
        "X-Key: hunter2",
        "--insecure",
        "--interval",
        "6h",
        "--key-policy",
        "link",
    )
    out = here("source", "show", "notes").out
    assert "INSECURE" in out
    assert "secret:x-key-" in out
    assert "6h" in out
    one = document(here, "show", "notes")["sources"][0]
    assert (one["interval_s"], one["asking"]["insecure"], one["key_policy"]) == (21_600, "true", 1)
    assert "hunter2" not in out + json.dumps(one)


def test_health_names_who_needs_you_and_the_line_to_type(here, site):
    assert here("source", "health").err.strip().endswith("No source needs you.")
    site.serve("/feed", status=403)
    site.serve("/passing", rss(("P", "https://p.example/1"), title="Passing"))
    here("follow", site.url("/passing"))
    site.serve("/passing", status=500)
    here("pull", "notes", "passing")
    found = document(here, "health")
    [one] = found["sources"]
    assert (one["title"], found["may_pass"]) == ("On notes", 1)
    assert "403" in one["message"]
    assert one["hint"] == f"pkm source set {one['id']} --user-agent TEXT"
    answer = here("source", "health", terminal=True, columns=60)
    assert one["hint"] in answer.out
    assert "1 source fails and may pass by itself" in answer.err


def test_redirects_are_listed_taken_and_given_back(here, site):
    site.redirect("/old", "/feed", status=301)
    here("source", "set", "notes", "--url", site.url("/old"))
    assert "No source has moved" in here("source", "redirects").err
    here("pull", "notes")
    [one] = document(here, "redirects")["redirects"]
    assert (one["target"], one["seen"], one["state"]) == (site.url("/feed"), 1, "watched")
    answer = here("source", "redirects", "--apply", terminal=True, columns=60)
    assert (answer.code, "1 source asked at the new address" in answer.err) == (0, True)
    assert document(here, "show", "notes")["sources"][0]["url"] == site.url("/feed")
    here("undo")
    assert document(here, "show", "notes")["sources"][0]["url"] == site.url("/old")


def test_try_asks_once_and_stores_nothing(here, site):
    site.serve("/new", rss(*numbered(9), title="New"))
    before = (here.home / "sources.opml").read_bytes()
    answer = here("source", "try", site.url("/new"))
    assert site.paths() == ["/new"]
    assert "User-Agent: pkm/" in answer.out
    assert "Item 0" in answer.out
    tried = document(here, "try", site.url("/new"))
    assert (tried["status"], tried["feed"]["items"], tried["feed"]["unknown"]) == (200, 9, None)
    assert document(here, "try", "notes")["feed"]["unknown"] == 0
    assert (here.home / "sources.opml").read_bytes() == before
    assert len(document(here, "list")["sources"]) == 1


def test_try_of_a_page_names_its_feeds_and_of_a_failure_says_why(here, site):
    site.serve(
        "/",
        '<link rel="alternate" type="application/atom+xml" href="/feed">',
        headers={"Content-Type": "text/html"},
    )
    answer = here("source", "try", site.url("/"))
    assert site.url("/feed") in answer.out
    assert "a pull would fail" in answer.err
    assert document(here, "try", site.url("/nothing"))["error"]["kind"] == "status"


def test_try_of_an_address_that_begins_like_a_sources_asks_that_address(here, site):
    site.serve("/fe", rss(("X", "https://x.example/1"), title="Other"))
    assert document(here, "try", site.url("/fe"))["feed"]["title"] == "Other"


def test_backfill_brings_older_items_in_quietly(here, site):
    here("follow", site.url("/paged"))
    answer = here("source", "backfill", "paged", terminal=True, columns=60)
    assert answer.code == 0
    assert "1 older item" in answer.err
    assert "names no older page" in answer.err
    assert json.loads(here("find", "Letter 1", "--json").out)["found"]
    titles = [one["title"] for one in json.loads(here("seek", "--json").out)["items"]]
    assert "Letter 1" not in titles
    done = document(here, "backfill", "paged")
    assert (done["ended"], [page["new"] for page in done["pages"]]) == ("known", [0, 0])


def test_backfill_new_puts_them_before_you_and_undo_takes_them_away(here, site):
    here("follow", site.url("/paged"))
    assert "undo: pkm undo" in here("source", "backfill", "paged", "--new").err
    assert "Letter 1" in here("seek").out
    here("undo")
    assert "Letter 1" not in here("seek").out


def test_audit_says_of_each_rule_whether_it_holds(here):
    here("pull", "notes")
    found = document(here, "audit")
    verdicts = {one["check"]: one["verdict"] for one in found["checks"]}
    assert (verdicts["conditional"], verdicts["gap-per-host"]) == ("holds", "not enough requests")
    assert found["requests"] == 2
    out = here("source", "audit", terminal=True, columns=60).out
    assert "holds" in out
    assert here("source", "audit", "notes", "--since", "1d").code == 0


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("show", "nobody"), 1),
        (("try", "nobody"), 1),
        (("try", "file:///etc/passwd"), 2),
        (("try", "./list.opml"), 2),
        (("backfill", "nobody"), 1),
        (("backfill", "notes", "--max", "0"), 2),
        (("redirects", "nobody"), 1),
        (("audit", "--since", "someday"), 2),
    ],
)
def test_bad_words_are_told_in_three_parts(here, words, code):
    answer = here("source", *words)
    assert answer.code == code
    assert answer.err.startswith("pkm: ")


def test_backfill_waits_for_no_pull_that_runs(here):
    with locks.pulling(here.home / ".pkm"):
        assert here("source", "backfill", "notes").code == 11


def test_a_folder_of_mails_is_not_asked_and_may_move(here, tmp_path):
    for name in ("old", "new"):
        for part in ("cur", "new", "tmp"):
            (tmp_path / name / part).mkdir(parents=True)
    assert here("follow", f"maildir:{tmp_path}/old").code == 0
    for verb in ("try", "backfill"):
        assert here("source", verb, "maildir").code == 5
    assert here("source", "set", "maildir", "--url", f"maildir:{tmp_path}/new").code == 0
    assert here("source", "set", "maildir", "--url", "maildir:new").code == 2
    assert here("source", "set", "notes", "--url", f"maildir:{tmp_path}/new").code == 2
    assert f"maildir:{tmp_path}/new" in (here.home / "sources.opml").read_text()
