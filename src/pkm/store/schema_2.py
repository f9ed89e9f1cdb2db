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
    "ALTER TABLE fetches ADD COLUMN purpose TEXT NOT NULL DEFAULT 'due'",
    "ALTER TABLE fetches ADD COLUMN host TEXT",
    "ALTER TABLE fetches ADD COLUMN hops TEXT NOT NULL DEFAULT '[]'",
    "ALTER TABLE fetches ADD COLUMN sent TEXT NOT NULL DEFAULT '[]'",
    "ALTER TABLE fetches ADD COLUMN asked_with TEXT NOT NULL DEFAULT '[]'",
    "ALTER TABLE fetches ADD COLUMN gave TEXT NOT NULL DEFAULT '[]'",
    "ALTER TABLE fetches ADD COLUMN next_at TEXT",
    "ALTER TABLE fetches ADD COLUMN next_because TEXT",
    "CREATE INDEX fetches_at ON fetches (at)",
    # When a source is asked again, why then, and whether it is asked at all.
    "ALTER TABLE sources ADD COLUMN trouble TEXT",
    "ALTER TABLE sources ADD COLUMN next_because TEXT",
    "ALTER TABLE sources ADD COLUMN parked_at TEXT",
    "ALTER TABLE sources ADD COLUMN parked_because TEXT",
    "ALTER TABLE sources ADD COLUMN gap_s REAL",
    "ALTER TABLE sources ADD COLUMN newest_at TEXT",
    "ALTER TABLE sources ADD COLUMN ttl_s INTEGER",
    "ALTER TABLE sources ADD COLUMN skip_hours TEXT NOT NULL DEFAULT '[]'",
    "ALTER TABLE sources ADD COLUMN skip_days TEXT NOT NULL DEFAULT '[]'",
    # How an address wants to be asked, as its answers taught us; and when its redirect was believed.
    "ALTER TABLE source_urls ADD COLUMN any_type INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE source_urls ADD COLUMN unpacked INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE source_urls ADD COLUMN date_only INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE source_urls ADD COLUMN same_bodies INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE source_urls ADD COLUMN unchanged_since TEXT",
    "ALTER TABLE source_urls ADD COLUMN learnt_at TEXT",
    "ALTER TABLE hosts ADD COLUMN strikes INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE hosts ADD COLUMN asked_at TEXT",
    """
    CREATE TABLE proposals (
      source TEXT NOT NULL REFERENCES sources (id),
      kind TEXT NOT NULL,
      url TEXT NOT NULL CHECK (length(url) <= 4096),
      at TEXT NOT NULL,
      PRIMARY KEY (source, kind)
    ) STRICT, WITHOUT ROWID
    """,
    # -- finding: what other programs say of a source in sources.opml
    "ALTER TABLE sources ADD COLUMN extras TEXT NOT NULL DEFAULT '[]'",
    # What a complete feed (RFC 5005, section 2) holds no more is gone from it, and stays here.
    "ALTER TABLE arrivals ADD COLUMN gone_at TEXT",
    # -- identity
    # How often in a row an arrival was found changed: what changes at each look is no longer counted.
    "ALTER TABLE arrivals ADD COLUMN changes INTEGER NOT NULL DEFAULT 0",
    "CREATE INDEX arrivals_dated ON arrivals (source, published_at)",
    "ALTER TABLE fetches ADD COLUMN rekeyed INTEGER NOT NULL DEFAULT 0",
    # Under which key policy the keys of its arrivals were made.
    "ALTER TABLE sources ADD COLUMN keyed_by INTEGER NOT NULL DEFAULT 0",
    # What an arrival said before its source edited it; number 1 is the first.
    """
    CREATE TABLE versions (
      arrival INTEGER NOT NULL REFERENCES arrivals (id) ON DELETE CASCADE,
      number INTEGER NOT NULL,
      until TEXT NOT NULL,
      title TEXT CHECK (length(title) <= 1000),
      url TEXT CHECK (length(url) <= 4096),
      text_sha TEXT REFERENCES texts (sha),
      PRIMARY KEY (arrival, number)
    ) STRICT, WITHOUT ROWID
    """,
    "CREATE INDEX versions_text ON versions (text_sha)",
    # Names that two things of one document bore: they tell nothing apart in that source any more.
    """
    CREATE TABLE shared_keys (
      source TEXT NOT NULL REFERENCES sources (id) ON DELETE CASCADE,
      name TEXT NOT NULL,
      PRIMARY KEY (source, name)
    ) STRICT, WITHOUT ROWID
    """,
    # By which key of which source a stub will come in; files say it.
    """
    CREATE TABLE awaited (
      source_url TEXT NOT NULL,
      key TEXT NOT NULL,
      item TEXT NOT NULL REFERENCES items (id) ON DELETE CASCADE ON UPDATE CASCADE,
      PRIMARY KEY (source_url, key)
    ) STRICT, WITHOUT ROWID
    """,
    "CREATE INDEX awaited_item ON awaited (item)",
    "CREATE INDEX quotes_text ON quotes (text_sha) WHERE text_sha IS NOT NULL",
    "ALTER TABLE tombstones ADD COLUMN item TEXT",
    "CREATE INDEX tombstones_url ON tombstones (match_url) WHERE match_url IS NOT NULL",
    "CREATE INDEX tombstones_item ON tombstones (item)",
    # -- capture and full text
    # Mails of a folder that were read; how far an mbox was read, and what stood before that place.
    """
    CREATE TABLE mail_seen (
      source TEXT NOT NULL REFERENCES sources (id) ON DELETE CASCADE,
      name TEXT NOT NULL,
      PRIMARY KEY (source, name)
    ) STRICT, WITHOUT ROWID
    """,
    """
    CREATE TABLE mail_marks (
      source TEXT PRIMARY KEY REFERENCES sources (id) ON DELETE CASCADE,
      size INTEGER NOT NULL,
      sha TEXT NOT NULL
    ) STRICT, WITHOUT ROWID
    """,
    # Pages that were asked for since their feed gives but the beginning; see `store.pagetexts`. A text that is
    # dropped with its item leaves the row: that it was asked for stays true.
    """
    CREATE TABLE page_texts (
      url TEXT PRIMARY KEY CHECK (length(url) <= 4096),
      text_sha TEXT,
      asked_for TEXT NOT NULL,
      etag TEXT CHECK (length(etag) <= 1024),
      last_modified TEXT CHECK (length(last_modified) <= 1024),
      at TEXT NOT NULL,
      tries INTEGER NOT NULL DEFAULT 0,
      problem TEXT
    ) STRICT, WITHOUT ROWID
    """,
    "CREATE INDEX page_texts_text ON page_texts (text_sha)",
    # -- questions and attention
    # When the user last decided, wrote or shared: asked by `pkm` alone, so it may cost no look at the rows.
    "CREATE INDEX decisions_own ON decisions (at) WHERE by IN ('user', 'catchup')",
    "CREATE INDEX decisions_question ON decisions (question) WHERE question IS NOT NULL",
    "CREATE INDEX notes_modified ON notes (modified_at)",
    "CREATE INDEX notes_created ON notes (created_at)",
    # The last look at what matches a question: `row` is the newest item's row in `search_text` at that time.
    """
    CREATE TABLE looks (
      question TEXT PRIMARY KEY,
      at TEXT NOT NULL,
      row INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID
    """,
    # -- rules and retention: a rule may tag, and what the user showed again no rule hides a second time
    """
    CREATE TABLE tags_of_2 (
      "on" TEXT NOT NULL,
      tag TEXT NOT NULL,
      fold TEXT NOT NULL,
      by TEXT NOT NULL DEFAULT 'user' CHECK (by IN ('user', 'feed', 'rule')),
      PRIMARY KEY ("on", fold)
    ) STRICT, WITHOUT ROWID
    """,
    'INSERT INTO tags_of_2 ("on", tag, fold, by) SELECT "on", tag, fold, by FROM tags',
    "DROP TABLE tags",
    "ALTER TABLE tags_of_2 RENAME TO tags",
    "CREATE INDEX tags_fold ON tags (fold)",
    "ALTER TABLE items ADD COLUMN shown_at TEXT",
    "CREATE INDEX items_hidden ON items (hidden_by) WHERE hidden_by IS NOT NULL",
    # -- lists: in their order, without a sort or a look at the rows
    "CREATE INDEX items_in_view ON items (state, sort_at DESC, id DESC, source) WHERE hidden_by IS NULL",
    "CREATE INDEX items_newest ON items (sort_at DESC, id DESC, source) WHERE hidden_by IS NULL",
    # -- sense
    # -- links: how each is written, and what a note was called before, so that links can follow it
    "ALTER TABLE links ADD COLUMN form TEXT NOT NULL DEFAULT 'wiki'",
    "UPDATE links SET form = 'path' WHERE target LIKE '%.md'",
    """
    CREATE TABLE note_formers (
      note TEXT NOT NULL,
      path TEXT NOT NULL,
      title TEXT NOT NULL,
      PRIMARY KEY (note, path, title)
    ) STRICT, WITHOUT ROWID
    """,
    # Which notes have exactly these bytes: asked for every note that is indexed.
    "CREATE INDEX notes_sha ON notes (sha)",
    # What a look at the files compares, without the texts of the notes between.
    """
    CREATE INDEX notes_stamps ON notes (path, size, mtime_ns, inode, sha, racy) WHERE missing_since IS NULL
    """,
    # -- vault: copies that sync tools made of notes, as the last look met them
    """
    CREATE TABLE note_copies (
      path TEXT PRIMARY KEY,
      original TEXT NOT NULL
    ) STRICT, WITHOUT ROWID
    """,
    # -- prompts: what the user answered when a note (or a kept item) was met again; the journal has it too
    """
    CREATE TABLE revisits (
      event TEXT PRIMARY KEY,
      ref TEXT NOT NULL,
      at TEXT NOT NULL,
      answer TEXT NOT NULL CHECK (answer IN ('fruitful', 'not-now', 'done', 'taken-back'))
    ) STRICT, WITHOUT ROWID
    """,
    "CREATE INDEX revisits_ref ON revisits (ref)",
    # Where each quote stands in what its item says now: found again whenever that changes, so no file holds it.
    """
    CREATE TABLE standings (
      quote TEXT PRIMARY KEY REFERENCES quotes (id) ON DELETE CASCADE,
      outcome TEXT NOT NULL CHECK (outcome IN ('exact', 'edited', 'ambiguous', 'orphan')),
      text_sha TEXT NOT NULL,
      start INTEGER,
      stop INTEGER,
      words TEXT,
      at TEXT NOT NULL
    ) STRICT, WITHOUT ROWID
    """,
    "CREATE INDEX standings_at ON standings (at)",
)
