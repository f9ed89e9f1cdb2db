"""The statements of migration 1, in order. Append-only history: never edited once released.

Moments are RFC 3339 text in UTC with milliseconds (`2026-11-22T12:36:58.000Z`), so that they sort as
text and Datasette shows them as dates. Lists are JSON arrays. Lengths are checked here as well as in
`rules/limits.py`, so that a limit holds even where code forgets it.
"""

from typing import Final

STATEMENTS: Final = (
    # -- what is followed
    """
    CREATE TABLE sources (
      id TEXT PRIMARY KEY CHECK (length(id) = 14),
      url TEXT NOT NULL UNIQUE CHECK (length(url) BETWEEN 1 AND 4096),
      title TEXT CHECK (length(title) <= 1000),
      home_url TEXT CHECK (length(home_url) <= 4096),
      kind TEXT NOT NULL DEFAULT 'feed',
      format TEXT,
      space TEXT CHECK (space IN ('team', 'community', 'network')),
      tie TEXT NOT NULL DEFAULT 'unknown' CHECK (tie IN ('strong', 'weak', 'unknown')),
      stance TEXT CHECK (stance IN ('usually-agree', 'usually-disagree', 'mixed')),
      why TEXT,
      folders TEXT NOT NULL DEFAULT '[]',
      private INTEGER NOT NULL DEFAULT 0 CHECK (private IN (0, 1)),
      private_host INTEGER NOT NULL DEFAULT 0 CHECK (private_host IN (0, 1)),
      isolate INTEGER NOT NULL DEFAULT 0 CHECK (isolate IN (0, 1)),
      full TEXT NOT NULL DEFAULT 'never' CHECK (full IN ('auto', 'always', 'never')),
      key_policy INTEGER NOT NULL DEFAULT 0 CHECK (key_policy BETWEEN 0 AND 4),
      interval_s INTEGER,
      options TEXT NOT NULL DEFAULT '{}',
      followed_at TEXT,
      muted_at TEXT,
      removed_at TEXT,
      checked_at TEXT,
      succeeded_at TEXT,
      failing_since TEXT,
      failures INTEGER NOT NULL DEFAULT 0,
      error_kind TEXT,
      error TEXT,
      hint TEXT,
      next_check_at TEXT
    ) STRICT
    """,
    "CREATE INDEX sources_tail ON sources (substr(id, -4))",
    # Validators belong to one address; a permanent redirect is learnt over several sightings.
    """
    CREATE TABLE source_urls (
      url TEXT PRIMARY KEY,
      source TEXT NOT NULL REFERENCES sources (id),
      etag TEXT CHECK (length(etag) <= 1024),
      last_modified TEXT CHECK (length(last_modified) <= 1024),
      body_sha TEXT,
      permanent_target TEXT,
      seen INTEGER NOT NULL DEFAULT 0,
      first_seen TEXT
    ) STRICT
    """,
    "CREATE INDEX source_urls_source ON source_urls (source)",
    "CREATE TABLE hosts (host TEXT PRIMARY KEY, not_before TEXT NOT NULL, reason TEXT) STRICT",
    """
    CREATE TABLE fetches (
      id INTEGER PRIMARY KEY,
      source TEXT NOT NULL REFERENCES sources (id),
      at TEXT NOT NULL,
      status INTEGER,
      seen INTEGER NOT NULL DEFAULT 0,
      new INTEGER NOT NULL DEFAULT 0,
      revised INTEGER NOT NULL DEFAULT 0,
      oldest_key TEXT,
      newest_key TEXT,
      error TEXT
    ) STRICT
    """,
    "CREATE INDEX fetches_source ON fetches (source, at)",
    # -- what came in
    """
    CREATE TABLE items (
      id TEXT PRIMARY KEY CHECK (length(id) = 14),
      title TEXT CHECK (length(title) <= 1000),
      url TEXT CHECK (length(url) <= 4096),
      kind TEXT NOT NULL DEFAULT 'page' CHECK (kind IN ('page', 'talk', 'mail', 'text')),
      authors TEXT NOT NULL DEFAULT '[]',
      published_at TEXT,
      first_seen TEXT NOT NULL,
      sort_at TEXT NOT NULL,
      source TEXT REFERENCES sources (id),
      language TEXT,
      state TEXT NOT NULL DEFAULT 'new' CHECK (state IN ('new', 'kept', 'let-go')),
      kept_at TEXT,
      later_at TEXT,
      via TEXT,
      hat_tip TEXT,
      text_sha TEXT REFERENCES texts (sha),
      hidden_by TEXT,
      stub INTEGER NOT NULL DEFAULT 0 CHECK (stub IN (0, 1))
    ) STRICT
    """,
    "CREATE INDEX items_tail ON items (substr(id, -4))",
    "CREATE INDEX items_state ON items (state, sort_at DESC)",
    "CREATE INDEX items_source ON items (source, sort_at DESC)",
    # What waits, counted by source without a look at the table.
    "CREATE INDEX items_waiting ON items (source) WHERE state = 'new' AND hidden_by IS NULL",
    "CREATE INDEX items_text ON items (text_sha)",
    "CREATE INDEX items_kept ON items (kept_at) WHERE kept_at IS NOT NULL",
    "CREATE TABLE item_ids (old TEXT PRIMARY KEY, id TEXT NOT NULL REFERENCES items (id)) STRICT",
    "CREATE INDEX item_ids_id ON item_ids (id)",
    """
    CREATE TABLE item_urls (
      match_url TEXT PRIMARY KEY,
      item TEXT NOT NULL REFERENCES items (id)
    ) STRICT, WITHOUT ROWID
    """,
    "CREATE INDEX item_urls_item ON item_urls (item)",
    """
    CREATE TABLE arrivals (
      id INTEGER PRIMARY KEY,
      source TEXT NOT NULL REFERENCES sources (id),
      key TEXT NOT NULL CHECK (length(key) <= 5000),
      item TEXT NOT NULL REFERENCES items (id),
      title TEXT CHECK (length(title) <= 1000),
      url TEXT CHECK (length(url) <= 4096),
      authors TEXT NOT NULL DEFAULT '[]',
      published_at TEXT,
      updated_at TEXT,
      date_source TEXT NOT NULL DEFAULT 'feed' CHECK (date_source IN ('feed', 'seen')),
      first_seen TEXT NOT NULL,
      last_seen TEXT NOT NULL,
      position INTEGER NOT NULL DEFAULT 0,
      content_sha TEXT NOT NULL DEFAULT '',
      text_sha TEXT REFERENCES texts (sha),
      comments_url TEXT,
      via TEXT,
      hat_tip TEXT,
      enclosures TEXT NOT NULL DEFAULT '[]',
      tags TEXT NOT NULL DEFAULT '[]',
      language TEXT,
      revisions INTEGER NOT NULL DEFAULT 0,
      UNIQUE (source, key)
    ) STRICT
    """,
    "CREATE INDEX arrivals_item ON arrivals (item)",
    "CREATE INDEX arrivals_text ON arrivals (text_sha)",
    """
    CREATE TABLE arrival_keys (
      source TEXT NOT NULL REFERENCES sources (id),
      alias TEXT NOT NULL,
      arrival INTEGER NOT NULL REFERENCES arrivals (id),
      PRIMARY KEY (source, alias)
    ) STRICT, WITHOUT ROWID
    """,
    "CREATE INDEX arrival_keys_arrival ON arrival_keys (arrival)",
    """
    CREATE TABLE texts (
      sha TEXT PRIMARY KEY,
      kind TEXT NOT NULL DEFAULT 'feed',
      html TEXT NOT NULL CHECK (length(html) <= 4000000),
      text TEXT NOT NULL,
      seen_at TEXT NOT NULL,
      suspect INTEGER NOT NULL DEFAULT 0 CHECK (suspect IN (0, 1))
    ) STRICT
    """,
    """
    CREATE TABLE tombstones (
      source TEXT NOT NULL,
      key TEXT NOT NULL,
      match_url TEXT,
      at TEXT NOT NULL,
      PRIMARY KEY (source, key)
    ) STRICT, WITHOUT ROWID
    """,
    # -- what was decided. "from" and "to" are the state before and after.
    """
    CREATE TABLE decisions (
      id INTEGER PRIMARY KEY,
      item TEXT NOT NULL REFERENCES items (id),
      "from" TEXT NOT NULL,
      "to" TEXT NOT NULL,
      at TEXT NOT NULL,
      by TEXT NOT NULL CHECK (by IN ('user', 'first-pull', 'rule', 'catchup', 'undo')),
      reason TEXT,
      question TEXT,
      arrival INTEGER,
      command INTEGER REFERENCES commands (id) ON DELETE SET NULL,
      event TEXT,
      device TEXT
    ) STRICT
    """,
    "CREATE INDEX decisions_item ON decisions (item, id)",
    "CREATE INDEX decisions_command ON decisions (command) WHERE command IS NOT NULL",
    # -- what the user wrote (an index of files)
    """
    CREATE TABLE notes (
      id TEXT PRIMARY KEY CHECK (length(id) = 14),
      path TEXT NOT NULL UNIQUE,
      title TEXT NOT NULL,
      date TEXT,
      modified TEXT,
      created_at TEXT NOT NULL,
      modified_at TEXT NOT NULL,
      indexed_at TEXT NOT NULL,
      has_id INTEGER NOT NULL DEFAULT 1,
      has_front_matter INTEGER NOT NULL DEFAULT 1,
      aliases TEXT NOT NULL DEFAULT '[]',
      source_url TEXT,
      authors TEXT NOT NULL DEFAULT '[]',
      published TEXT,
      kind TEXT,
      status TEXT,
      visibility TEXT,
      level INTEGER NOT NULL DEFAULT 0 CHECK (level BETWEEN 0 AND 3),
      only TEXT NOT NULL DEFAULT '[]',
      via TEXT,
      hat_tip TEXT,
      question TEXT,
      insight TEXT,
      description TEXT,
      extra TEXT NOT NULL DEFAULT '[]',
      body TEXT NOT NULL,
      own_words INTEGER NOT NULL DEFAULT 0,
      size INTEGER NOT NULL,
      mtime_ns INTEGER NOT NULL,
      inode INTEGER NOT NULL,
      sha TEXT NOT NULL,
      racy INTEGER NOT NULL DEFAULT 0,
      missing_since TEXT,
      problem TEXT
    ) STRICT
    """,
    "CREATE INDEX notes_tail ON notes (substr(id, -4))",
    "CREATE INDEX notes_kind ON notes (kind, status)",
    """
    CREATE TABLE note_items (
      note TEXT NOT NULL REFERENCES notes (id) ON DELETE CASCADE ON UPDATE CASCADE,
      item TEXT NOT NULL,
      position INTEGER NOT NULL,
      PRIMARY KEY (note, item)
    ) STRICT, WITHOUT ROWID
    """,
    "CREATE INDEX note_items_item ON note_items (item)",
    "CREATE TABLE note_ids (old TEXT PRIMARY KEY, id TEXT NOT NULL) STRICT",
    "CREATE INDEX note_ids_id ON note_ids (id)",
    """
    CREATE TABLE links (
      note TEXT NOT NULL REFERENCES notes (id) ON DELETE CASCADE ON UPDATE CASCADE,
      position INTEGER NOT NULL,
      target TEXT NOT NULL,
      anchor TEXT,
      label TEXT,
      rel TEXT,
      line INTEGER NOT NULL,
      PRIMARY KEY (note, position)
    ) STRICT, WITHOUT ROWID
    """,
    "CREATE INDEX links_target ON links (target)",
    # "on" is the id of an item, note, quote or source; "fold" is what is compared.
    """
    CREATE TABLE tags (
      "on" TEXT NOT NULL,
      tag TEXT NOT NULL,
      fold TEXT NOT NULL,
      by TEXT NOT NULL DEFAULT 'user' CHECK (by IN ('user', 'feed')),
      PRIMARY KEY ("on", fold)
    ) STRICT, WITHOUT ROWID
    """,
    "CREATE INDEX tags_fold ON tags (fold)",
    """
    CREATE TABLE quotes (
      id TEXT PRIMARY KEY CHECK (length(id) = 14),
      item TEXT NOT NULL,
      url TEXT,
      note TEXT NOT NULL,
      exact TEXT NOT NULL,
      prefix TEXT NOT NULL DEFAULT '',
      suffix TEXT NOT NULL DEFAULT '',
      start INTEGER NOT NULL DEFAULT 0,
      text_sha TEXT,
      created_at TEXT NOT NULL,
      event TEXT
    ) STRICT
    """,
    "CREATE INDEX quotes_tail ON quotes (substr(id, -4))",
    "CREATE INDEX quotes_item ON quotes (item)",
    "CREATE INDEX quotes_note ON quotes (note)",
    # -- the files' journals and stamps
    "CREATE TABLE events (event TEXT PRIMARY KEY, file TEXT NOT NULL) STRICT, WITHOUT ROWID",
    """
    CREATE TABLE files (
      path TEXT PRIMARY KEY,
      size INTEGER NOT NULL,
      mtime_ns INTEGER NOT NULL,
      inode INTEGER NOT NULL,
      sha TEXT NOT NULL,
      racy INTEGER NOT NULL DEFAULT 0
    ) STRICT
    """,
    # -- search: folded columns, one row a thing; the FTS table holds only its index
    """
    CREATE TABLE search_text (
      rowid INTEGER PRIMARY KEY,
      kind TEXT NOT NULL CHECK (kind IN ('item', 'note', 'quote', 'edition')),
      ref TEXT NOT NULL,
      title TEXT NOT NULL,
      tags TEXT NOT NULL,
      quote TEXT NOT NULL,
      comment TEXT NOT NULL,
      body TEXT NOT NULL,
      UNIQUE (kind, ref)
    ) STRICT
    """,
    "CREATE INDEX search_text_ref ON search_text (ref)",
    """
    CREATE VIRTUAL TABLE search USING fts5 (
      title, tags, quote, comment, body,
      content='search_text', content_rowid='rowid',
      tokenize="unicode61 remove_diacritics 2 categories 'L* N* Co So Mn Mc'", prefix='2 3'
    )
    """,
    # -- what was shared
    """
    CREATE TABLE digests (
      id TEXT PRIMARY KEY CHECK (length(id) = 14),
      audience TEXT NOT NULL,
      period TEXT NOT NULL,
      starts_at TEXT NOT NULL,
      ends_at TEXT NOT NULL,
      path TEXT NOT NULL UNIQUE,
      template TEXT NOT NULL,
      state TEXT NOT NULL CHECK (state IN ('draft', 'exported')),
      edition INTEGER,
      created_at TEXT NOT NULL,
      exported_at TEXT,
      sha TEXT,
      UNIQUE (audience, edition)
    ) STRICT
    """,
    "CREATE INDEX digests_tail ON digests (substr(id, -4))",
    """
    CREATE TABLE shares (
      event TEXT PRIMARY KEY,
      at TEXT NOT NULL,
      device TEXT NOT NULL,
      state TEXT NOT NULL CHECK (state IN ('planned', 'sent', 'failed', 'unknown', 'retracted', 'widened')),
      audience TEXT NOT NULL,
      level TEXT NOT NULL,
      item TEXT,
      url TEXT,
      note TEXT,
      content_sha TEXT,
      edition INTEGER,
      digest TEXT,
      channel TEXT NOT NULL,
      reason TEXT
    ) STRICT, WITHOUT ROWID
    """,
    "CREATE INDEX shares_item ON shares (item, audience)",
    "CREATE INDEX shares_note ON shares (note, audience)",
    "CREATE INDEX shares_at ON shares (at)",
    # -- undo
    """
    CREATE TABLE commands (
      id INTEGER PRIMARY KEY,
      name TEXT NOT NULL,
      summary TEXT NOT NULL,
      at TEXT NOT NULL,
      undone_at TEXT
    ) STRICT
    """,
    """
    CREATE TABLE changes (
      id INTEGER PRIMARY KEY,
      command INTEGER NOT NULL REFERENCES commands (id) ON DELETE CASCADE,
      what TEXT NOT NULL,
      ref TEXT NOT NULL,
      before TEXT,
      after TEXT
    ) STRICT
    """,
    "CREATE INDEX changes_command ON changes (command)",
    "CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID",
)
