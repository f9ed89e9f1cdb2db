import io
from contextlib import redirect_stderr

import pytest

from pkm.cli.context import Run
from pkm.cli.progress import Progress, time_left


class Screen(io.StringIO):
    def isatty(self):
        return True


def a_run(tmp_path, **flags):
    return Run(home=tmp_path, environ={"TERM": "xterm", "COLUMNS": "40"}, **flags)


@pytest.mark.parametrize(
    ("done", "total", "elapsed_s", "words"),
    [
        (0, 100, 60.0, ""),
        (50, 100, 2.0, ""),
        (2, 100, 30.0, ""),
        (50, 100, 30.0, "about 30 s left"),
        (99, 100, 30.0, ""),
        (10, 100, 60.0, "about 9 min left"),
    ],
)
def test_the_time_left_is_told_where_it_can_be_told(done, total, elapsed_s, words):
    assert time_left(done, total, elapsed_s) == words


def test_a_line_comes_only_when_it_lasts_stays_in_the_width_and_goes(tmp_path):
    with redirect_stderr(Screen()) as screen:
        check_line(screen, tmp_path)


def check_line(screen, tmp_path):
    ticks = iter([0.0, 0.5, 2.0, 2.05, 60.0])
    progress = Progress(a_run(tmp_path), 100, tick=lambda: next(ticks))
    progress.show(1, "1 of 100")
    assert screen.getvalue() == ""
    progress.show(20, "20 of 100 sources and more words than there is room for")
    assert screen.getvalue() == "\r\x1b[K20 of 100 sources and more words than t"
    progress.show(21, "too soon after")
    assert "too soon" not in screen.getvalue()
    progress.show(50, "50 of 100")
    assert screen.getvalue().endswith("\r\x1b[K50 of 100, about 60 s left")
    progress.clear()
    assert screen.getvalue().endswith("\r\x1b[K")


@pytest.mark.parametrize("flag", ["quiet", "json", "plain"])
def test_nobody_who_does_not_look_is_shown_a_line(tmp_path, flag):
    ticks = iter([0.0, 9.0])
    with redirect_stderr(Screen()) as screen:
        progress = Progress(a_run(tmp_path, **{flag: True}), 2, tick=lambda: next(ticks))
        progress.show(1, "1 of 2")
        progress.clear()
    assert screen.getvalue() == ""
