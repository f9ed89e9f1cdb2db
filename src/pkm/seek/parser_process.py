"""Read feeds: JSON Feed and well-formed markup here, all else in one helper process that may be killed.

The helper (`python -I -m pkm.seek.parse`) is started when first needed and serves document after
document. One that costs too much time or memory takes the helper with it: then that document is no
feed for us, and the next one gets a new helper.
"""

import json
import signal
import subprocess
import sys
import threading
from contextlib import suppress
from typing import Any, Final, Self

from pkm.errors import NotAFeed
from pkm.model.item import ParsedFeed
from pkm.rules import limits
from pkm.seek import wire
from pkm.seek.fast.reader import read_fast
from pkm.seek.jsonfeed import read_json_feed
from pkm.seek.sniff import is_json, refuse_what_is_no_feed

_COMMAND: Final = (sys.executable, "-I", "-m", "pkm.seek.parse")
_REQUEST_FRAME = 4
# What ends a process whose time is over, where there are such signals.
_CLOCKS: Final = {-getattr(signal, name) for name in ("SIGALRM", "SIGXCPU") if hasattr(signal, name)}
_START_S = 10.0  # more than the helper needs to import its libraries, on a busy machine
_LONGEST_ANSWER = 8 * limits.BODY_DECODED


class FeedReader:
    """Turns the body of an answer into a feed; safe to share between threads."""

    def __init__(self, *, wall_s: float = limits.PARSE_WALL_S) -> None:
        """`wall_s`: seconds that one document may cost."""
        self._wall_s = wall_s
        self._lock = threading.Lock()
        self._helper: _Helper | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exception: object) -> None:
        self.close()

    def close(self) -> None:
        """End the helper, if there is one; a later `read` starts another."""
        with self._lock:
            self._drop()

    def read(self, body: bytes, *, url: str, content_type: str | None) -> ParsedFeed:
        """Read a feed of any format.

        Args:
            body: Decoded from gzip and the like, as the server sent it else.
            url: The address that gave it, after redirects: relative links are joined with it.
            content_type: The header, a hint only.

        Raises:
            NotAFeed: It is something else, damaged beyond mending, or past our limits.
        """
        if is_json(body):
            return read_json_feed(body, url=url)
        refuse_what_is_no_feed(body, url=url, content_type=content_type)
        if len(body) > limits.BODY_DECODED:
            raise _past_limits(url)
        feed = read_fast(body, url=url, content_type=content_type)
        if feed is not None:
            return feed
        with self._lock:
            answer = self._asked(body, url, content_type)
        return _understood(answer, url)

    def _asked(self, body: bytes, url: str, content_type: str | None) -> dict[str, Any]:
        """The helper's answer; a document is given up only after it killed a fresh helper."""
        for _attempt in range(2):
            helper, fresh = self._running()
            answer = helper.ask(body, url, content_type)
            if answer is not None:
                return answer
            ran_out = helper.ran_out_of_time()
            self._drop()
            if fresh or ran_out:
                break
        raise _past_limits(url)

    def _running(self) -> tuple["_Helper", bool]:
        if self._helper is not None and self._helper.is_alive:
            return self._helper, False
        self._drop()
        self._helper = _Helper(self._wall_s)
        return self._helper, True

    def _drop(self) -> None:
        if self._helper is not None:
            self._helper.end()
            self._helper = None


class _Helper:
    """One run of the helper process."""

    def __init__(self, wall_s: float) -> None:
        self._process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
            [*_COMMAND, str(wall_s)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
        self._wall_s = wall_s
        self._allowance_s = wall_s + _START_S
        self._is_late = False

    @property
    def is_alive(self) -> bool:
        return self._process.poll() is None

    def ask(self, body: bytes, url: str, content_type: str | None) -> dict[str, Any] | None:
        """One document; None if the helper died over it (or was killed by us)."""
        head = json.dumps({"url": url, "content_type": content_type}).encode("ascii")
        # A pipe has no deadline of its own, on any system; a killed helper ends both directions.
        timer = threading.Timer(self._allowance_s, self._kill)
        timer.start()
        try:
            return self._exchanged(head, body)
        except (OSError, ValueError):
            return None
        finally:
            timer.cancel()
            timer.join()
            # What it needs for its start it needs once.
            self._allowance_s = self._wall_s + 1

    def _exchanged(self, head: bytes, body: bytes) -> dict[str, Any] | None:
        to, back = self._process.stdin, self._process.stdout
        if to is None or back is None:
            return None
        for part in (len(head).to_bytes(_REQUEST_FRAME), len(body).to_bytes(_REQUEST_FRAME), head, body):
            to.write(part)
        to.flush()
        size = int.from_bytes(back.read(_REQUEST_FRAME))
        if not 0 < size <= _LONGEST_ANSWER:
            return None
        answer = back.read(size)
        return json.loads(answer) if len(answer) == size and not self._is_late else None

    def _kill(self) -> None:
        self._is_late = True
        self._process.kill()

    def ran_out_of_time(self) -> bool:
        """Whether it died of one of its clocks, or of ours."""
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(timeout=1)
        return self._is_late or self._process.returncode in _CLOCKS

    def end(self) -> None:
        """Close its input, so that it ends by itself; kill it if it does not."""
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                _close(pipe)
        try:
            self._process.wait(timeout=1)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


def _close(pipe: Any) -> None:
    with suppress(OSError):  # what was still to be written has nobody to read it
        pipe.close()


def _understood(answer: dict[str, Any], url: str) -> ParsedFeed:
    if "refused" in answer:
        reason, why, hint = answer["refused"]
        raise NotAFeed(url, reason, why=why, hint=hint)
    try:
        return wire.to_feed(answer["feed"])
    except (KeyError, TypeError, ValueError) as error:
        raise _past_limits(url) from error


def _past_limits(url: str) -> NotAFeed:
    return NotAFeed(
        url,
        "the feed could not be read within our limits",
        why=f"{limits.PARSE_WALL_S:.0f} s, {limits.PARSE_MEMORY // limits.MB} MB of memory and "
        f"{limits.BODY_DECODED // limits.MB} MB of text are what one feed may cost",
        hint=f"look for a smaller feed of the same site, or stop asking: pkm source remove {url}",
    )
