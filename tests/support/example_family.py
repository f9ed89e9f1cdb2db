"""Commands that need no store, for tests of the engine."""

import os
import signal
import sqlite3
import time
from contextlib import closing
from pathlib import Path
from typing import Annotated

import typer

from pkm.cli.context import Run
from pkm.cli.output import Column, Table, show, warn
from pkm.cli.registry import Commands
from pkm.errors import Refused
from pkm.store.database import connect, transaction

commands = Commands()

Words = Annotated[list[str] | None, typer.Argument(help="Words to look for.")]
Limit = Annotated[int, typer.Option("--limit", help="Rows to show.", min=0)]


@commands("look", dash_words=True, examples=("pkm look climate -carbon",))
def look(
    run: Run, words: Words = None, limit: Limit = 20, every: Annotated[bool, typer.Option("-i")] = False
) -> None:
    """Look for words."""
    said = tuple(words or ())
    table = Table(columns=(Column(name="word"),), rows=tuple((word,) for word in said))
    show(
        run,
        table,
        lambda: {"schema": "test.words/1", "words": said, "limit": limit, "every": every, "home": run.home},
    )


@commands("box list", default=True)
def box_list(run: Run, kind: Annotated[str, typer.Option("--kind")] = "any") -> None:
    """List the box."""
    show(run, Table(columns=(), rows=()), lambda: {"schema": "test.box/1", "verb": "list", "kind": kind})


@commands("box put")
def box_put(run: Run, thing: Annotated[str, typer.Argument(help="What to put.")]) -> None:
    """Put a thing into the box."""
    show(run, Table(columns=(), rows=()), lambda: {"schema": "test.box/1", "verb": "put", "thing": thing})


@commands("fail")
def fail(run: Run, how: Annotated[str, typer.Argument()]) -> None:
    """Fail in a way of one's choice."""
    raise {
        "bug": RuntimeError("https://user:hunter2@a.example/?token=s3cr3t"),
        "guard": Refused("it would leave", why="it is \x1b[31mprivate", hint="widen it"),
        "interrupt": KeyboardInterrupt(),
        "full": OSError(28, "No space left on device", "store.db"),
        "denied": PermissionError(13, "Permission denied", "store.db"),
        "busy": _store_error("database is locked", sqlite3.SQLITE_BUSY),
        "damaged": _store_error("database disk image is malformed", sqlite3.SQLITE_CORRUPT),
        "store-full": _store_error("database or disk is full", sqlite3.SQLITE_FULL),
    }[how]


def _store_error(text: str, code: int) -> sqlite3.OperationalError:
    error = sqlite3.OperationalError(text)
    error.sqlite_errorcode = code
    return error


@commands("count")
def count(run: Run, path: Annotated[str, typer.Argument()], number: Annotated[int, typer.Argument()]) -> None:
    """Count without an end in a transaction, until a signal comes."""
    if number == signal.SIGINT:  # a job in the background is born deaf to it
        signal.signal(number, signal.default_int_handler)
    signal.signal(signal.SIGALRM, lambda *_: signal.raise_signal(number))
    with closing(connect(Path(path))) as database, transaction(database):
        database.execute("CREATE TABLE t (x)")
        signal.setitimer(signal.ITIMER_REAL, 0.05)
        database.execute(
            "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT count(*) FROM n"
        ).fetchone()


@commands("wait")
def wait(run: Run, path: Annotated[str, typer.Argument()]) -> None:
    """Send oneself SIGTERM in the middle of work, and leave a mark when cleaning up."""
    try:
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(30)
    finally:
        with open(path, "w", encoding="ascii") as file:  # noqa: PTH123 - a plain mark
            file.write("clean")
        warn("cleaned up")
