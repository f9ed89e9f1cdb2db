from datetime import timedelta

from pkm.model.digest import Share, ShareState
from pkm.share.ledger import history, record, settled
from pkm.shelf.sync import sync
from support.sharing import NOW, drafted, out, sensed


def share(state, **fields):
    defaults = {"event": "", "at": NOW, "device": "", "audience": "team", "level": "team", "edition": 1}
    return Share(**{**defaults, "state": state, "channel": "file:md", "note": "n-1", **fields})


def test_what_was_planned_and_carried_out_is_one_line(shelf):
    sensed(shelf)
    out(shelf, drafted(shelf).digest)

    [line] = history(shelf)

    assert (line.share.state, line.title) == (ShareState.SENT, "A title")


def test_what_was_planned_and_never_confirmed_is_unknown():
    planned, sent = share(ShareState.PLANNED), share(ShareState.SENT)

    assert settled([planned]) == (share(ShareState.UNKNOWN),)
    assert settled([sent, planned, planned]) == (sent,)
    assert settled([planned, planned]) == (share(ShareState.UNKNOWN),)


def test_the_same_plan_of_another_machine_is_another_line():
    here, there = share(ShareState.SENT, device="a"), share(ShareState.PLANNED, device="b")

    assert [one.state for one in settled([here, there])] == [ShareState.SENT, ShareState.UNKNOWN]


def test_widened_stands_beside_sent():
    lines = [share(ShareState.SENT), share(ShareState.PLANNED), share(ShareState.WIDENED)]

    assert [one.state for one in settled(lines)] == [ShareState.SENT, ShareState.WIDENED]


def test_the_log_narrows_by_audience_item_and_time_and_stands_in_order(shelf, clock):
    first = sensed(shelf, title="First", level="public")
    second = sensed(shelf, title="Second")
    out(shelf, drafted(shelf).digest)
    clock.forward(days=1)
    sensed(shelf, title="Third")
    out(shelf, drafted(shelf).digest)

    titles = [line.title for line in history(shelf)]
    assert titles[0] == "Third"
    assert set(titles[1:]) == {"First", "Second"}
    assert [line.title for line in history(shelf, item=first.file.items[0])] == ["First"]
    assert [line.title for line in history(shelf, since=clock.at - timedelta(hours=1))] == ["Third"]
    assert history(shelf, audience="readers") == ()
    assert second.id in {line.share.note for line in history(shelf, audience="team")}


def test_a_line_stands_on_disk_with_its_row(shelf):
    with shelf.writing():
        [written] = record(shelf, [share(ShareState.PLANNED)])

    assert written.event in shelf.home.share_log.read_text()
    assert shelf.store.shares.listing() == (written,)
    sync(shelf)
    assert shelf.store.shares.listing() == (written,)


def test_lines_of_another_machine_arrive_with_the_file(shelf, tmp_path):
    with shelf.writing():
        record(shelf, [share(ShareState.SENT)])
    line = shelf.home.share_log.read_text().replace("e-0", "e-1").replace('"note":"n-1"', '"note":"n-2"')
    with shelf.home.share_log.open("a") as log:
        log.write(line)

    sync(shelf)
    assert {one.share.note for one in history(shelf)} == {"n-1", "n-2"}
