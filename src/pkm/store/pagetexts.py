"""The texts of pages that feeds only point to: one row an address, kept whether it is shown or not."""

import sqlite3
from dataclasses import dataclass
from datetime import datetime

from pkm.store.columns import moment, stamp


@dataclass(frozen=True, slots=True, kw_only=True)
class PageText:
    """What came of asking for a page.

    Attributes:
        url: Of the item.
        text_sha: Key of the body in `texts`; None if none was found.
        asked_for: `content_sha` of the arrival at that time: an edit is a reason to ask again.
        etag: Validator byte for byte; last_modified: the same.
        at: Aware, UTC; of the last request.
        tries: Failures in a row.
        problem: Kind of the last failure; None while all is well.
    """

    url: str
    at: datetime
    asked_for: str = ""
    text_sha: str | None = None
    etag: str | None = None
    last_modified: str | None = None
    tries: int = 0
    problem: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Lacking:
    """An item whose page was not asked for yet, or is to be asked for again.

    Attributes:
        text_sha: Of what the feed gives.
        content_sha: Of what the feed says of it now.
    """

    item: str
    url: str
    text_sha: str | None
    content_sha: str


class PageTexts:
    """The table of pages."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection

    def get(self, url: str | None) -> PageText | None:
        """What came of asking for that page; None if it never was."""
        row = self._db.execute(
            "SELECT url, at, asked_for, text_sha, etag, last_modified, tries, problem FROM page_texts WHERE url = ?",
            (url,),
        ).fetchone()
        if row is None:
            return None
        return PageText(
            url=row[0],
            at=moment(row[1]),
            asked_for=row[2],
            text_sha=row[3],
            etag=row[4],
            last_modified=row[5],
            tries=row[6],
            problem=row[7],
        )

    def save(self, page: PageText) -> None:
        """Store what came of asking now."""
        self._db.execute(
            "INSERT OR REPLACE INTO page_texts (url, at, asked_for, text_sha, etag, last_modified, tries, problem)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (
                page.url,
                stamp(page.at),
                page.asked_for,
                page.text_sha,
                page.etag,
                page.last_modified,
                page.tries,
                page.problem,
            ),
        )

    def lacking(self, source: str, *, asked_before: datetime, tries: int, most: int) -> tuple[Lacking, ...]:
        """Items of a source that wait or are kept, and whose page was not asked for as they now are.

        Args:
            source: Id of the source whose arrival they show.
            asked_before: Aware; what was asked for since then is left alone, whatever came of it.
            tries: So many failures in a row end it.
            most: Rows; the newest items first.
        """
        rows = self._db.execute(
            "SELECT items.id, items.url, arrivals.text_sha, arrivals.content_sha FROM items"
            " JOIN arrivals ON arrivals.item = items.id AND arrivals.source = items.source"
            " LEFT JOIN page_texts ON page_texts.url = items.url"
            " WHERE items.source = ? AND items.state IN ('new', 'kept') AND items.hidden_by IS NULL"
            " AND items.url IS NOT NULL AND (page_texts.url IS NULL"
            " OR (page_texts.at < ? AND ((page_texts.problem IS NULL AND page_texts.asked_for <> arrivals.content_sha)"
            " OR (page_texts.problem IS NOT NULL AND page_texts.tries < ?))))"
            " ORDER BY items.sort_at DESC LIMIT ?",
            (source, stamp(asked_before), tries, most),
        ).fetchall()
        return tuple(
            Lacking(item=item, url=url, text_sha=text, content_sha=content)
            for item, url, text, content in rows
        )
