"""Parse a feed of markup with feedparser; run as a module, the helper process that does nothing else.

    python -I -m pkm.seek.parse      requests on stdin, answers on stdout, one document at a time

feedparser knows every dialect, and trusts its input: it can burn minutes on a small document, follow a
body that is a path, and raise nearly anything. So it lives here alone, in a process with limits that
may die; see `parser_process`, the other end.

A request is two lengths (4 bytes each, big-endian), a JSON object {"url", "content_type"}, the body.
An answer is one length and a JSON object {"feed"} or {"refused": [reason, why, hint]}.
"""

import io
import json
import os
import re
import signal
import struct
import sys
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from typing import Any, BinaryIO, Final, cast

import feedparser

from pkm.errors import NotAFeed
from pkm.model.item import ParsedFeed
from pkm.rules import limits
from pkm.rules.charset import Decoded, decode_xml, without_declaration
from pkm.seek import wire
from pkm.seek.sniff import head_of, is_feed_root, refuse_entities, root_of
from pkm.seek.tame import tame
from pkm.seek.translate import to_feed
from pkm.seek.values import NOTES_MOST

REQUEST: Final = struct.Struct(">II")
ANSWER: Final = struct.Struct(">I")

_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_HALF = re.compile(r"&#([xX]0{0,9}[dD][89a-fA-F][0-9a-fA-F]{2}|0{0,9}5[5-7][0-9]{3});")
_CUT_SHORT = re.compile(r"no element found|unclosed token|unclosed CDATA|partial character")
_ITEM_EDGE = re.compile(r"<(/?)(?:[\w.-]{1,40}:)?(?:item|entry)(?=[\s>/])", re.IGNORECASE)
_UNDECLARED = re.compile(r"(</?)rss:")
_TAIL = 65_536


def parse_feed(body: bytes, *, url: str, content_type: str | None) -> ParsedFeed:
    """Parse here and now, without limits of time or memory: for the helper process and for tests.

    Raises:
        NotAFeed: feedparser found no feed in it, or stumbled.
    """
    decoded = decode_xml(body, content_type=content_type)
    refuse_entities(decoded.text, url=url)
    text, notes = _mended(decoded)
    result = _feedparser(text, url)
    head = head_of(body)
    if not _is_feed(result, head):
        raise NotAFeed(
            url,
            "what came is no feed that we can read",
            why="it is neither RSS nor Atom nor RDF",
            hint=f"to look for a feed behind a page: pkm follow {url}",
        )
    feed = to_feed(result, url=url)
    exception = dict.get(result, "bozo_exception") if dict.get(result, "bozo") else None
    if exception is not None:
        notes.append(f"mended: {' '.join(str(exception).split())[:160]}")
    truncated = exception is not None and _is_cut_short(text, root_of(head), str(exception))
    if truncated and _last_item_is_open(text):
        # Half an item has half a link: it would be taken for another one the next time.
        feed = replace(feed, items=feed.items[:-1])
    return replace(feed, truncated=truncated, notes=tuple(notes[:NOTES_MOST]))


def main(wall_s: float) -> None:
    """Answer requests until stdin ends; `wall_s` seconds for each document."""
    requests = cast("BinaryIO", os.fdopen(os.dup(0), "rb"))
    answers = cast("BinaryIO", os.fdopen(os.dup(1), "wb"))
    _point_away()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent, who then closes our stdin
    _limit_memory()
    while frame := requests.read(REQUEST.size):
        head_size, body_size = REQUEST.unpack(frame)
        request = json.loads(requests.read(head_size))
        body = requests.read(body_size)
        answer = _answered(body, request, wall_s)
        answers.write(ANSWER.pack(len(answer)) + answer)
        answers.flush()


def _answered(body: bytes, request: dict[str, Any], wall_s: float) -> bytes:
    done = _limit_time(wall_s)
    try:
        feed = parse_feed(body, url=request["url"], content_type=request["content_type"])
        return wire.to_bytes({"feed": wire.from_feed(feed)})
    except NotAFeed as error:
        return wire.to_bytes({"refused": [error.reason, error.why, error.hint]})
    finally:
        done()


def _mended(decoded: Decoded) -> tuple[str, list[str]]:
    """The text without what XML forbids and without a declaration of another encoding."""
    notes = [decoded.note] if decoded.note else []
    text = without_declaration(decoded.text).lstrip("\ufeff \t\r\n")
    if "<rss:item" in text and "xmlns:rss" not in text:
        text = _UNDECLARED.sub(r"\1", text)
        notes.append("the prefix rss, which nobody declared, was taken out")
    if _FORBIDDEN.search(text):
        text = _FORBIDDEN.sub("", text)
        notes.append("control characters were taken out")
    # One such reference, and feedparser loses the whole feed with a UnicodeEncodeError.
    return _HALF.sub(_whole, text), notes


def _whole(reference: re.Match[str]) -> str:
    body = reference.group(1)
    number = int(body[1:], 16) if body[0] in "xX" else int(body)
    return "\ufffd" if 0xD800 <= number <= 0xDFFF else reference.group(0)


def _feedparser(text: str, url: str) -> dict[str, Any]:
    tame()
    try:
        result = feedparser.parse(
            # Never bytes or str: feedparser opens a file whose name is the body.
            io.BytesIO(text.encode("utf-8", "replace")),
            response_headers={"content-type": "application/xml; charset=utf-8"},
            sanitize_html=False,
            resolve_relative_uris=False,
        )
    except Exception as error:  # five unrelated classes are known, and more will come
        raise NotAFeed(
            url,
            "the feed could not be parsed",
            why=f"feedparser stopped with {type(error).__name__}",
            hint=f"to see whether others can read it, give it to a feed validator: {url}",
        ) from error
    return cast("dict[str, Any]", result)


def _is_feed(result: dict[str, Any], head: str) -> bool:
    """A known root, or items: a namespace alone (an SVG picture may have one) makes no feed."""
    return is_feed_root(root_of(head)) or bool(dict.get(result, "entries"))


def _is_cut_short(text: str, root: str, exception: str) -> bool:
    if root and not re.search(rf"</(?:[\w.-]{{1,40}}:)?{root}(?=[\s>]|\Z)", text[-_TAIL:], re.IGNORECASE):
        return True
    return bool(_CUT_SHORT.search(exception)) and not text.rstrip().endswith(">")


def _last_item_is_open(text: str) -> bool:
    edges = deque(_ITEM_EDGE.finditer(text), maxlen=1)
    return bool(edges) and not edges[0].group(1)


def _point_away() -> None:
    """Whatever prints must not reach the frames."""
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 0)
    os.dup2(nothing, 1)
    sys.stdout = sys.stderr


def _limit_memory() -> None:
    with suppress(ImportError, ValueError, OSError):  # Windows has no such limit, macOS refuses it
        import resource  # noqa: PLC0415 - there is none on Windows

        resource.setrlimit(resource.RLIMIT_AS, (limits.PARSE_MEMORY, limits.PARSE_MEMORY))


def _limit_time(wall_s: float) -> Callable[[], object]:
    """Start the clocks of one document; they kill the process. The result stops them."""
    if not hasattr(signal, "setitimer"):
        return lambda: None  # Windows: the parent's own limit is the only one
    import resource  # noqa: PLC0415 - there is none on Windows

    used = resource.getrusage(resource.RUSAGE_SELF)
    soft = int(used.ru_utime + used.ru_stime) + limits.PARSE_CPU_S + 1
    resource.setrlimit(resource.RLIMIT_CPU, (soft, resource.getrlimit(resource.RLIMIT_CPU)[1]))
    # No handler: SIGALRM's default action ends the process even inside a regular expression.
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.setitimer(signal.ITIMER_REAL, wall_s)
    return lambda: signal.setitimer(signal.ITIMER_REAL, 0)


if __name__ == "__main__":
    main(float(sys.argv[1]) if len(sys.argv) > 1 else limits.PARSE_WALL_S)
