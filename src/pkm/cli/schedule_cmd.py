"""`pkm schedule`: let the computer pull by itself, and take that back."""

import os
import sys
from typing import Annotated, Any

import typer

from pkm.cli.ask import confirm
from pkm.cli.context import Run
from pkm.cli.opening import home_of, need_home, settings_of
from pkm.cli.output import say, show_json, show_text
from pkm.cli.registry import Commands
from pkm.cli.timers import KINDS, Timer, all_timers, timer_for
from pkm.errors import Refused, UsageError
from pkm.rules.timers import Job, odd_time, parse_at, shell_line
from pkm.shelf import home as homes

commands = Commands()
_SCHEMA = "pkm.schedule/1"
_PATH = "/usr/local/bin:/usr/bin:/bin"

At = Annotated[
    list[str] | None,
    typer.Option(
        "--at", metavar="HH:MM", help="When, every day; may be given again. Else an odd minute after 6."
    ),
]
With = Annotated[
    str | None,
    typer.Option("--with", metavar="TIMER", help=f"{', '.join(KINDS)}; else the one that is here."),
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Show what would be written; write nothing.")]


@commands("schedule show", default=True, examples=("pkm schedule", "pkm schedule show --json"))
def show_schedule(run: Run) -> None:
    """What is set up to pull this home by itself."""
    need_home(run)
    found = [(timer, text) for timer in all_timers(run.environ) if (text := timer.installed(_home(run)))]
    if run.json:
        show_json(_document(run, found))
    for timer, text in () if run.json else found:
        say(run, f"{timer.kind}:")
        show_text(text.rstrip("\n"))
    if not found:
        say(run, "Nothing pulls this home by itself. Next: pkm schedule install")


@commands(
    "schedule install",
    examples=(
        "pkm schedule install",
        "pkm schedule install --at 06:17 --at 18:17",
        "pkm schedule install --dry-run",
    ),
)
def install(run: Run, at: At = None, timer: With = None, *, dry_run: DryRun = False) -> None:
    """Let this computer pull by itself, every day.

    Shows exactly what will be written, and asks. It is a timer of your user's systemd, a line in your
    crontab, or an agent of launchd, whichever is here. Done again it replaces what it wrote; nothing else is
    touched.
    """
    need_home(run)
    chosen = _timer(run, timer)
    job = _job(run, at or [])
    if chosen is None:
        raise Refused(
            "no timer of this computer answers",
            why="neither `systemctl --user` nor `crontab` is here"
            if sys.platform != "darwin"
            else "neither `launchctl` nor `crontab` is here",
            hint=f"let whatever runs things at their time run: {shell_line(job)}",
        )
    text = chosen.text(job)
    if dry_run:
        _tell(run, chosen, text, done=False)
        return
    if not run.json:
        show_text(text.rstrip("\n"))
    if not confirm(run, f"Give this to {chosen.kind}?"):
        say(run, "Nothing was changed.")
        return
    _replace_others(run, chosen)
    chosen.install(job)
    if run.json:
        _tell(run, chosen, text, done=True)
    times = " and ".join(f"{one:%H:%M}" for one in job.times)
    say(run, f"{chosen.kind} pulls this home every day at {times}. To take it back: pkm schedule remove")
    if chosen.kind == "systemd":
        say(run, "It runs while you are logged in; to run always: loginctl enable-linger")


def _replace_others(run: Run, chosen: Timer) -> None:
    """Two timers for one home would only pull twice."""
    for other in all_timers(run.environ):
        if other.kind != chosen.kind and other.installed(_home(run)):
            other.remove(_home(run))
            say(run, f"took it away from {other.kind}")


@commands("schedule remove", examples=("pkm schedule remove",))
def remove(run: Run, *, dry_run: DryRun = False) -> None:
    """Take away what `schedule install` wrote for this home, and nothing else."""
    need_home(run)
    found = [(timer, text) for timer in all_timers(run.environ) if (text := timer.installed(_home(run)))]
    if not found:
        if run.json:
            show_json({**_document(run, []), "done": False})
        say(run, "Nothing pulls this home by itself; there is nothing to take away.")
        return
    for _, text in () if run.json else found:
        show_text(text.rstrip("\n"))
    agreed = not dry_run and confirm(run, "Take this away?")
    for timer, _ in found if agreed else ():
        timer.remove(_home(run))
    if run.json:
        show_json({**_document(run, found), "done": agreed})
    say(run, "Taken away." if agreed else "Nothing was changed.")


def _timer(run: Run, kind: str | None) -> Timer | None:
    if kind is not None and kind not in KINDS:
        raise UsageError(f"--with cannot be {kind!r}", hint=f"use one of: {', '.join(KINDS)}")
    return timer_for(run.environ, kind)


def _home(run: Run) -> str:
    return os.fspath(run.home)


def _job(run: Run, at: list[str]) -> Job:
    device = homes.device(home_of(run, settings_of(run)))
    python = os.path.abspath(sys.executable)  # noqa: PTH100 - a link into a virtual environment must stay one
    return Job(
        home=_home(run),
        # -P: the folder where a timer starts may hold anything, a folder named pkm too.
        command=(python, "-P", "-m", "pkm", "pull", "--quiet"),
        path=f"{os.path.dirname(python)}:{_PATH}",  # noqa: PTH120 - as above
        times=parse_at(at) or (odd_time(device),),
    )


def _tell(run: Run, timer: Timer, text: str, *, done: bool) -> None:
    if run.json:
        show_json({**_document(run, [(timer, text)]), "done": done})
    else:
        show_text(text.rstrip("\n"))
        say(run, f"That is what {timer.kind} would be given; nothing was changed.")


def _document(run: Run, found: list[tuple[Timer, str]]) -> dict[str, Any]:
    return {
        "schema": _SCHEMA,
        "home": run.home,
        "timers": [{"with": timer.kind, "text": text} for timer, text in found],
    }
