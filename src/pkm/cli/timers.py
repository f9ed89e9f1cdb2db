"""The timers of this computer, each by its own program: crontab, systemctl, launchctl."""

import os
import shutil
import subprocess
import sys
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from pkm.errors import Refused
from pkm.rules import timers
from pkm.rules.clean import Sink, clean
from pkm.rules.timers import Job, tag_of
from pkm.vault import write

KINDS = ("systemd", "cron", "launchd")
_LONGEST_S = 30


class Timer(ABC):
    """A program that runs others at their time.

    Args:
        environ: `PATH` leads to the program, `HOME` and `XDG_CONFIG_HOME` to the user's files.
    """

    kind: str
    program: str

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = dict(environ)

    def is_here(self) -> bool:
        """Whether the program is installed and answers."""
        return shutil.which(self.program, path=self._environ.get("PATH")) is not None

    @abstractmethod
    def text(self, job: Job) -> str:
        """Exactly what `install` writes, for the user to read first."""

    @abstractmethod
    def installed(self, home: str) -> str | None:
        """What is written for a home; None if nothing is."""

    @abstractmethod
    def install(self, job: Job) -> None:
        """Write it, in the place of what was written for the home before."""

    @abstractmethod
    def remove(self, home: str) -> None:
        """Take away what was written for a home, and nothing else."""

    def _call(self, *words: str, data: bytes | None = None) -> "subprocess.CompletedProcess[bytes]":
        program = shutil.which(self.program, path=self._environ.get("PATH"))
        if program is None:
            raise Refused(
                f"there is no {self.program} here",
                why=f"{self.kind} is told by it",
                hint=f"install it, or take another timer: --with {' or '.join(k for k in KINDS if k != self.kind)}",
            )
        environ = {**self._environ, "LC_ALL": "C"}
        try:
            return subprocess.run(  # noqa: S603 - the system's own program, no shell, our own words
                [program, *words],
                input=data,
                env=environ,
                capture_output=True,
                timeout=_LONGEST_S,
                check=False,
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise Refused(f"{self.program} did not answer", why=str(error)) from error

    def _must(self, *words: str, data: bytes | None = None) -> bytes:
        done = self._call(*words, data=data)
        if done.returncode:
            raise Refused(
                f"{self.program} refused: {' '.join(words)}",
                why=_said(done.stderr) or f"it ended with code {done.returncode}",
            )
        return done.stdout


def _said(data: bytes) -> str:
    return clean(data.decode("utf-8", "replace"), Sink.LINE).strip()


class Cron(Timer):
    """The user's crontab: a few lines between two marks."""

    kind = "cron"
    program = "crontab"

    def text(self, job: Job) -> str:
        return timers.cron_block(job)

    def installed(self, home: str) -> str | None:
        return timers.cron_found(self._read(), tag_of(home)) if self.is_here() else None

    def install(self, job: Job) -> None:
        self._write(timers.cron_with(self._read(), job))

    def remove(self, home: str) -> None:
        self._write(timers.cron_without(self._read(), tag_of(home)))

    def _read(self) -> str:
        done = self._call("-l")
        if done.returncode == 0:
            return os.fsdecode(done.stdout)
        # An empty one is an error to most crons. Anything else must not be taken for it: we would write over all.
        said = _said(done.stderr).lower()
        if not done.stdout and ("no crontab for" in said or "can't open" in said):
            return ""
        raise Refused("your crontab cannot be read", why=said or f"crontab ended with code {done.returncode}")

    def _write(self, text: str) -> None:
        self._must("-", data=os.fsencode(text))
        if self._read().rstrip("\n") != text.rstrip("\n"):
            raise Refused("your crontab is not what was written", hint="look at it: crontab -l")


class Systemd(Timer):
    """Two units of the user's own systemd."""

    kind = "systemd"
    program = "systemctl"

    def is_here(self) -> bool:
        """Whether a user's systemd answers; `systemctl` alone may be there without it."""
        with suppress(Refused):
            return super().is_here() and self._call("--user", "show-environment").returncode == 0
        return False

    def text(self, job: Job) -> str:
        service, timer = self._paths(job.tag)
        return f"{service}\n{timers.systemd_service(job)}\n{timer}\n{timers.systemd_timer(job)}"

    def installed(self, home: str) -> str | None:
        parts = [f"{path}\n{_text(path)}" for path in self._ours(tag_of(home))]
        return "\n".join(parts) or None

    def install(self, job: Job) -> None:
        service, timer = self._paths(job.tag)
        for path, text in ((service, timers.systemd_service(job)), (timer, timers.systemd_timer(job))):
            _put(path, text.encode(), ours=lambda old: timers.is_our_unit(old, job.tag))
        try:
            self._must("--user", "daemon-reload")
            self._must("--user", "enable", "--now", timer.name)
        except Refused:
            self._unlink(job.tag)
            raise

    def remove(self, home: str) -> None:
        tag = tag_of(home)
        if self.is_here():
            self._call("--user", "disable", "--now", self._paths(tag)[1].name)
        self._unlink(tag)
        if self.is_here():
            self._call("--user", "daemon-reload")

    def _unlink(self, tag: str) -> None:
        for path in self._ours(tag):
            path.unlink(missing_ok=True)

    def _ours(self, tag: str) -> list[Path]:
        return [path for path in self._paths(tag) if path.is_file() and timers.is_our_unit(_text(path), tag)]

    def _paths(self, tag: str) -> tuple[Path, Path]:
        folder = _config(self._environ) / "systemd" / "user"
        name = timers.unit_name(tag)
        return folder / f"{name}.service", folder / f"{name}.timer"


class Launchd(Timer):
    """An agent of the user's own launchd."""

    kind = "launchd"
    program = "launchctl"

    def text(self, job: Job) -> str:
        return f"{self._path(job.tag)}\n{self._plist(job).decode()}"

    def installed(self, home: str) -> str | None:
        path = self._path(tag_of(home))
        return f"{path}\n{_text(path)}" if path.is_file() else None

    def install(self, job: Job) -> None:
        path = self._path(job.tag)
        self._call("bootout", self._domain(), str(path))
        _put(path, self._plist(job), ours=lambda old: timers.launchd_label(job.tag) in old)
        try:
            self._must("bootstrap", self._domain(), str(path))
        except Refused:
            path.unlink(missing_ok=True)
            raise

    def remove(self, home: str) -> None:
        path = self._path(tag_of(home))
        if self.is_here():
            self._call("bootout", self._domain(), str(path))
        path.unlink(missing_ok=True)

    def _plist(self, job: Job) -> bytes:
        log = _user(self._environ) / "Library" / "Logs" / f"{timers.launchd_label(job.tag)}.log"
        return timers.launchd_plist(job, log=str(log))

    def _domain(self) -> str:
        return f"gui/{os.getuid()}"

    def _path(self, tag: str) -> Path:
        return _user(self._environ) / "Library" / "LaunchAgents" / f"{timers.launchd_label(tag)}.plist"


def _put(path: Path, data: bytes, *, ours: Callable[[str], bool]) -> None:
    old = path.read_bytes() if path.is_file() else None
    if old is not None and not ours(old.decode("utf-8", "replace")):
        raise Refused(f"{path} is there and not ours", why="it was left as it is", hint="move it away first")
    write.make_folder(path.parent)
    write.publish(path, data, expected=old, mode=0o644)


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8", errors="replace")


def _user(environ: Mapping[str, str]) -> Path:
    return Path(environ.get("HOME") or Path.home())


def _config(environ: Mapping[str, str]) -> Path:
    named = environ.get("XDG_CONFIG_HOME", "")
    return Path(named) if named.startswith("/") else _user(environ) / ".config"


_TIMERS: Mapping[str, type[Timer]] = {"systemd": Systemd, "cron": Cron, "launchd": Launchd}


def all_timers(environ: Mapping[str, str]) -> tuple[Timer, ...]:
    """Every kind, whether it is here or not."""
    return tuple(kind(environ) for kind in _TIMERS.values())


def timer_for(environ: Mapping[str, str], kind: str | None, *, platform: str = sys.platform) -> Timer | None:
    """The timer of that kind, or the one that suits this computer; None if none is here."""
    if kind is not None:
        return _TIMERS[kind](environ)
    order: Sequence[str] = ("launchd", "cron") if platform == "darwin" else ("systemd", "cron")
    found = (_TIMERS[name](environ) for name in order)
    return next((one for one in found if one.is_here()), None)
