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
    # -- rules and retention
    # -- sense
)
