"""Every limit in one place; most can be raised in `pkm.toml`.

Sizes are in bytes unless the name says otherwise; times in seconds.
"""

from typing import Final

MB: Final = 1_000_000

# The wire.
BODY_WIRE: Final = 10 * MB
BODY_DECODED: Final = 15 * MB
DECODE_RATIO: Final = 100  # past 1 MB of output
CONNECT_S: Final = 10.0
READ_S: Final = 20.0
TOTAL_S: Final = 60.0
REDIRECTS: Final = 5
MOVE_SIGHTINGS: Final = 3  # so often, over so many days, before a permanent redirect is believed
MOVE_DAYS: Final = 7
RESPONSE_HEADERS: Final = 64_000
HOSTS_AT_ONCE: Final = 32
LOOPBACK_AT_ONCE: Final = 8
HOST_GAP_S: Final = 1.0
BACKFILL_PAGES: Final = 10  # in one go
BACKFILL_GAP_S: Final = 2.0  # between the older pages of one feed
VALIDATOR_CHARS: Final = 1_024
SECRET_CHARS: Final = 8_192
FLOOR_S: Final = 60 * 60
FLOOR_WITHOUT_VALIDATORS_S: Final = 24 * 60 * 60
AGAIN_S: Final = 30.0  # before who failed in a way that may pass is asked once more in the same run
RHYTHM_ITEMS: Final = 20  # by the times between so many last items
LONGEST_WAIT_S: Final = 7 * 24 * 60 * 60
PATIENT: Final = 5  # so often in a row may a source fail before it is worth a word
INTERVAL_MOST_S: Final = 30 * 24 * 60 * 60  # of the user's own interval

# Feeds and items.
PARSE_WALL_S: Final = 10.0
PARSE_CPU_S: Final = 8
PARSE_MEMORY: Final = 512 * MB
FAST_BYTES: Final = 4 * MB  # what is larger is parsed apart, where it costs only itself
FAST_ELEMENTS: Final = 100_000
FAST_ATTRIBUTES: Final = 100  # of one element
FAST_DEPTH: Final = 128
FAST_BASE_CHARS: Final = 300
LINKS_PER_ITEM: Final = 256
TEXTS_PER_ITEM: Final = 16
ITEMS_FIRST_PULL: Final = 5_000
ITEMS_PER_PULL: Final = 1_000
FIRST_PULL_NEW: Final = 5
RESET_DAYS: Final = 30  # what is older, and older than all a source gave before, is its past served again
VERSIONS: Final = 5  # earlier versions of an item that are kept
VOLATILE_CHANGES: Final = 3  # changed at so many looks in a row: only the newest words are kept
TITLE_CHARS: Final = 1_000
AUTHOR_CHARS: Final = 200
TAG_CHARS: Final = 100
TAGS_PER_ITEM: Final = 64
URL_CHARS: Final = 4_096
KEY_CHARS: Final = 2_048  # longer raw ids are hashed
HTML_BYTES: Final = 1 * MB
HTML_DEPTH: Final = 256
MAIL_BYTES: Final = 10 * MB  # of one mail; what stands behind is attachments
PAGES_PER_PULL: Final = 10  # of one source, fetched for the whole text

# Attention.
ABSENCE_DAYS: Final = 14  # so long without a decision, a note or a share is an absence
CATCHUP_LIMIT: Final = 25  # items that stay in view after one

# The user's files.
FRONT_MATTER_BYTES: Final = 64_000
FRONT_MATTER_DEPTH: Final = 32
NOTE_BYTES: Final = 5 * MB
OWN_WORDS: Final = 3  # or CJK characters: so many make a note sensed
REVISITS_A_DAY: Final = 5
FILE_STEM_BYTES: Final = 80
OPML_BYTES: Final = 10 * MB
OPML_OUTLINES: Final = 20_000
OPML_DEPTH: Final = 16
VANISHED_SHARE: Final = 0.2
RULES_BYTES: Final = 64_000
SITES_BYTES: Final = 500_000
RULES: Final = 500
RACY_S: Final = 2.0
WHOLE_LOOK_DAYS: Final = 7  # then every note is read, not only looked at
MISSING_DAYS: Final = 30  # that the index keeps a note whose file is gone

# The store.
BUSY_S: Final = 30.0
UNDO_DAYS: Final = 90
TRASH_BYTES: Final = 200 * MB
WAL_WARN: Final = 64 * MB
