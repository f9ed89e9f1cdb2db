"""SQL: which notes hold the user's own words, and which kept items wait for some. Loads no noun: `pkm` alone needs it."""

from typing import Final

from pkm.rules.limits import OWN_WORDS

WORDED: Final = f"notes.own_words >= {OWN_WORDS} AND notes.missing_since IS NULL"
"""A note that is there, and has own words."""

UNSENSED: Final = (
    "items.state = 'kept' AND items.hidden_by IS NULL AND NOT EXISTS (SELECT 1 FROM note_items JOIN notes"
    f" ON notes.id = note_items.note WHERE note_items.item = items.id AND {WORDED})"
)
"""An item that is kept, and no note on it has own words."""
