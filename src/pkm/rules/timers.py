"""The words by which cron, systemd and launchd are told to pull: exact, quoted for each, and found again.

Sources: crontab(5) for `%` and lines; systemd.service(5), "Command lines", and systemd.unit(5), "Specifiers",
for quotes, `$` and `%`; launchd.plist(5).
"""

import plistlib
import re
import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import time
from hashlib import blake2b
from typing import Final

from pkm.errors import Refused, UsageError
from pkm.rules.clean import Sink, clean

_AT: Final = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)", re.ASCII)
_HOUR: Final = 6
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f]")
_LINE: Final = re.compile(r"[^\n]*\n|[^\n]+")
_MARK: Final = "# pkm schedule"


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """What is to be run, and when.

    Attributes:
        home: The home's absolute path.
        command: Program and arguments.
        path: What `PATH` shall be: a timer's own is short.
        times: Of the day, local, ascending.
    """

    home: str
    command: tuple[str, ...]
    path: str
    times: tuple[time, ...]

    @property
    def tag(self) -> str:
        """Tells the jobs of several homes apart."""
        return tag_of(self.home)

    @property
    def variables(self) -> tuple[tuple[str, str], ...]:
        """What the program finds in its environment."""
        return (("PKM_HOME", self.home), ("PATH", self.path))


def tag_of(home: str) -> str:
    """Eight letters for a home, always the same."""
    return blake2b(home.encode("utf-8", "surrogateescape"), digest_size=4).hexdigest()


def parse_at(words: Sequence[str]) -> tuple[time, ...]:
    """Times of the day from `06:17`, ascending, each once.

    Raises:
        UsageError: One of them is none.
    """
    found = set()
    for word in words:
        read = _AT.fullmatch(word.strip())
        if read is None:
            raise UsageError(f"'{word}' is no time of the day", hint="for example: --at 06:17")
        found.add(time(int(read[1]), int(read[2])))
    return tuple(sorted(found))


def odd_time(seed: str) -> time:
    """A time in the early morning that is the same for one machine and another for the next.

    Never on a quarter of an hour, when everybody asks.
    """
    minutes = [minute for minute in range(60) if minute % 5]
    drawn = int.from_bytes(blake2b(seed.encode("utf-8", "replace"), digest_size=8).digest())
    return time(_HOUR, minutes[drawn % len(minutes)])


def shell_line(job: Job) -> str:
    """The job as a line for any shell."""
    return shlex.join(_words(job))


def _words(job: Job) -> list[str]:
    return ["/usr/bin/env", *(f"{name}={value}" for name, value in job.variables), *job.command]


# cron.


def cron_block(job: Job) -> str:
    """The lines for a crontab, marks around them.

    Raises:
        Refused: cron cannot be told such a path.
    """
    for word in _words(job):
        # What a backslash means before `%` differs between crons; a line break ends the line in all.
        if _CONTROL.search(word) or "\\" in word:
            raise Refused(
                "cron cannot be told this path",
                why=f"it holds a line break, a control character or a backslash: {clean(word, Sink.LINE)}",
                hint="use another timer, --with systemd or launchd, or move the home",
            )
    command = shell_line(job).replace("%", r"\%")
    lines = [f"{at.minute} {at.hour} * * * {command}" for at in job.times]
    name = clean(job.home, Sink.LINE)
    begin = f"{_begin(job.tag)}: pulls the home {name}; `pkm schedule remove` takes these lines away"
    return "\n".join([begin, *lines, _end(job.tag)]) + "\n"


def cron_found(crontab: str, tag: str) -> str | None:
    """The block of a home in a crontab, None if there is none.

    Raises:
        Refused: Its marks are broken.
    """
    place = _place(crontab, tag)
    return crontab[place[0] : place[1]] if place else None


def cron_without(crontab: str, tag: str) -> str:
    """The crontab without the block of a home; every other character as it was.

    Raises:
        Refused: The marks are broken.
    """
    place = _place(crontab, tag)
    return crontab[: place[0]] + crontab[place[1] :] if place else crontab


def cron_with(crontab: str, job: Job) -> str:
    """The crontab with the job's block: in the place of an older one, else at the end.

    Raises:
        Refused: As `cron_block` and `cron_found`.
    """
    block, place = cron_block(job), _place(crontab, job.tag)
    if place:
        return crontab[: place[0]] + block + crontab[place[1] :]
    gap = "" if not crontab or crontab.endswith("\n") else "\n"
    return f"{crontab}{gap}{block}"


def _begin(tag: str) -> str:
    return f"{_MARK} {tag} begin"


def _end(tag: str) -> str:
    return f"{_MARK} {tag} end"


def _place(crontab: str, tag: str) -> tuple[int, int] | None:
    """Where the block begins and ends."""
    begins, ends, at = [], [], 0
    for line in _LINE.findall(crontab):
        if line.startswith(_begin(tag)):
            begins.append(at)
        at += len(line)
        if line.rstrip() == _end(tag):
            ends.append(at)
    if not begins and not ends:
        return None
    if len(begins) != 1 or len(ends) != 1 or begins[0] > ends[0]:
        raise Refused(
            "the marks around pkm's lines in your crontab are broken",
            why=f"there must be one line '{_begin(tag)}…' and one line '{_end(tag)}'",
            hint="mend or remove them with: crontab -e",
        )
    return begins[0], ends[0]


# systemd.


def unit_name(tag: str) -> str:
    """Name of the timer and its service, without their endings."""
    return f"pkm-pull-{tag}"


def systemd_service(job: Job) -> str:
    """The unit that pulls.

    Raises:
        Refused: systemd cannot be told such a path.
    """
    variables = [f"Environment={_unit_quoted(f'{name}={value}')}" for name, value in job.variables]
    program, *words = job.command
    if "$" in program:  # in the program's own path systemd cannot be told that a `$` is meant
        raise Refused(
            "systemd cannot be told this path", why=f"it holds a `$`: {program}", hint="use --with cron"
        )
    command = " ".join([_unit_quoted(program), *(_unit_quoted(word).replace("$", "$$") for word in words)])
    return "\n".join(
        [
            *_unit_head(job),
            "[Service]",
            "Type=oneshot",
            *variables,
            f"ExecStart={command}",
            "",
        ]
    )


def systemd_timer(job: Job) -> str:
    """The unit that says when; a time that passed while the machine slept is made up for."""
    times = [f"OnCalendar=*-*-* {at:%H:%M}:00" for at in job.times]
    return "\n".join(
        [
            *_unit_head(job),
            "[Timer]",
            *times,
            "Persistent=true",
            "",
            "[Install]",
            "WantedBy=timers.target",
            "",
        ]
    )


def is_our_unit(text: str, tag: str) -> bool:
    """Whether a unit is one that we wrote for a home."""
    return text.startswith(f"{_MARK} {tag}:")


def _unit_head(job: Job) -> list[str]:
    name = clean(job.home, Sink.LINE)
    return [
        f"{_MARK} {job.tag}: `pkm schedule remove` takes this file away",
        "[Unit]",
        f"Description=pkm: pull what is due in {name.replace('%', '%%')}".rstrip("\\"),
        "",
    ]


def _unit_quoted(word: str) -> str:
    """A word of a unit file: quoted, backslashes and specifiers escaped."""
    _must_be_text(word, "systemd")
    escaped = word.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%")
    escaped = _CONTROL.sub(lambda found: f"\\x{ord(found[0]):02x}", escaped)
    return f'"{escaped}"'


def _must_be_text(word: str, timer: str) -> None:
    try:
        word.encode()
    except UnicodeEncodeError as error:
        raise Refused(
            f"{timer} cannot be told this path",
            why=f"it is not UTF-8: {clean(word, Sink.LINE)}",
            hint="use --with cron, or move the home",
        ) from error


# launchd.


def launchd_label(tag: str) -> str:
    """The name of the agent."""
    return f"pkm-loop.pull.{tag}"


def launchd_plist(job: Job, *, log: str) -> bytes:
    """The property list of the agent.

    Args:
        job: What, and when.
        log: File for what a pull says.

    Raises:
        Refused: launchd cannot be told such a path.
    """
    for word in (*job.command, job.home, job.path, log):
        _must_be_text(word, "launchd")
        # XML 1.0 has no way to write these.
        if _CONTROL.sub("", word.replace("\n", "").replace("\t", "")) != word.replace("\n", "").replace(
            "\t", ""
        ):
            raise Refused("launchd cannot be told this path", why="it holds a control character")
    return plistlib.dumps(
        {
            "Label": launchd_label(job.tag),
            "ProgramArguments": list(job.command),
            "EnvironmentVariables": dict(job.variables),
            "StartCalendarInterval": [{"Hour": at.hour, "Minute": at.minute} for at in job.times],
            "StandardErrorPath": log,
            "StandardOutPath": log,
            "ProcessType": "Background",
        },
        sort_keys=False,
    )
