from dataclasses import replace
from datetime import timedelta

import pytest

from pkm.model.asked import Move, Proposal, Proposed
from pkm.model.source import Asking, Health, Source
from pkm.seek.ailments import Circumstances, ailments, may_pass
from pkm.seek.patience import Trouble
from support.shelves import NOW

WELL = Source(
    id="s-" + "a" * 12,
    url="https://a.example/feed",
    title="A",
    followed_at=NOW - timedelta(days=900),
    health=Health(checked_at=NOW, succeeded_at=NOW),
)


def failing(**health):
    since = {
        "failing_since": NOW - timedelta(hours=1),
        "failures": 1,
        "error": "it failed",
        "error_kind": "status",
    }
    return replace(WELL, health=Health(**{**since, **health}))


def found(*sources, **known):
    return ailments(sources, Circumstances(**known), now=NOW)


def test_silence_for_years_is_no_illness():
    assert found(replace(WELL, health=Health(checked_at=NOW, succeeded_at=NOW))) == ()
    assert found(Source(id="s-" + "b" * 12, url="https://new.example/")) == ()


@pytest.mark.parametrize("trouble", [Trouble.LOGIN, Trouble.BLOCKED, Trouble.GONE])
def test_what_waiting_does_not_mend_is_told_at_once(trouble):
    assert len(found(failing(trouble=trouble))) == 1


def test_what_may_pass_is_told_once_it_has_lasted():
    once = failing(trouble=Trouble.PASSING)
    assert found(once) == ()
    assert may_pass([once, WELL], ()) == 1
    assert len(found(failing(trouble=Trouble.PASSING, failures=5))) == 1
    [old] = found(failing(trouble=Trouble.MISSING, failures=3, failing_since=NOW - timedelta(days=8)))
    assert old.what == "it failed (3 times in a row)"
    assert may_pass([old.source], [old]) == 0


def test_who_is_muted_or_no_longer_followed_is_passed_over():
    ill = failing(trouble=Trouble.BLOCKED)
    assert found(replace(ill, muted_at=NOW), replace(ill, removed_at=NOW)) == ()


def test_what_to_type_is_a_whole_line_with_the_sources_id():
    for hint in (
        "if it moved: `pkm source set SOURCE --url URL`",
        "ask; or: pkm source set SOURCE --url URL",
    ):
        [one] = found(failing(trouble=Trouble.MISSING, failures=9, hint=hint))
        assert one.todo == f"pkm source set {WELL.id} --url URL"
    [one] = found(failing(trouble=Trouble.PASSING, failures=9, hint="it may pass"))
    assert one.todo == f"pkm source try {WELL.id}"


def test_a_missing_secret_a_refused_one_and_an_end_each_have_their_line():
    login = Asking(headers=(("Authorization", "secret:work"),))
    [one] = found(replace(WELL, asking=login))
    assert one.todo == "pkm config secret set work"
    [one] = found(replace(failing(trouble=Trouble.LOGIN), asking=login), secrets={"work"})
    assert one.todo.startswith("pkm config secret set work")
    [one] = found(replace(WELL, health=Health(parked_at=NOW, parked_because="expired")))
    assert one.todo.startswith(f"pkm source remove {WELL.id}")


@pytest.mark.parametrize(
    ("kind", "line"),
    [
        (Proposed.TWIN, "pkm source remove"),
        (Proposed.MOVED, "pkm source redirects"),
        (Proposed.PAGE, "pkm source set"),
    ],
)
def test_what_answers_propose_is_a_persons_to_decide(kind, line):
    proposal = Proposal(source=WELL.id, kind=kind, url="https://b.example/?token=0123456789abcdef", at=NOW)
    [one] = found(failing(trouble=Trouble.PASSING), proposals=[proposal])
    assert one.todo.startswith(line)
    assert "0123456789abcdef" not in one.what + one.todo


def test_a_source_with_a_login_that_moved_asks_the_user_once_it_is_sure():
    login = replace(WELL, asking=Asking(headers=(("X-Key", "secret:k"),)))
    move = Move(
        source=WELL.id, url=WELL.url, target="https://b.example/", seen=3, first_seen=NOW - timedelta(days=8)
    )
    assert "moved" in found(login, moves=[move], secrets={"k"})[0].what
    assert found(login, moves=[replace(move, seen=1)], secrets={"k"}) == ()
    assert found(WELL, moves=[move]) == ()


def test_the_longest_ill_stands_first():
    younger = replace(failing(trouble=Trouble.BLOCKED), id="s-" + "b" * 12)
    older = failing(trouble=Trouble.BLOCKED, failing_since=NOW - timedelta(days=3))
    assert [one.source.id for one in found(younger, older)] == [older.id, younger.id]
