"""The statements of migration 2, in order: what the full loop needs beyond migration 1.

Append-only history once released. Moments and lists are written as in `schema_1`.
"""

from typing import Final

STATEMENTS: Final[tuple[str, ...]] = (
    # -- asking politely: what each request was, for `source health` and `source audit`
    "ALTER TABLE fetches ADD COLUMN url TEXT",
    "ALTER TABLE fetches ADD COLUMN conditional INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE fetches ADD COLUMN body_bytes INTEGER",
    "ALTER TABLE fetches ADD COLUMN took_ms INTEGER",
    "ALTER TABLE fetches ADD COLUMN retry_after_s REAL",
    # -- identity
    # -- capture and full text
    # -- questions and attention
    # When the user last decided, wrote or shared: asked by `pkm` alone, so it may cost no look at the rows.
    "CREATE INDEX decisions_own ON decisions (at) WHERE by IN ('user', 'catchup')",
    "CREATE INDEX decisions_question ON decisions (question) WHERE question IS NOT NULL",
    "CREATE INDEX notes_modified ON notes (modified_at)",
    # The last look at what matches a question: `row` is the newest item's row in `search_text` at that time.
    """
    CREATE TABLE looks (
      question TEXT PRIMARY KEY,
      at TEXT NOT NULL,
      row INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID
    """,
    # -- rules and retention
    # -- sense
)
