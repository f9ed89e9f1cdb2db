"""SQL: when the user last did something. Loads no noun: `pkm` alone needs it."""

from typing import Final

LAST_ACT: Final = (
    "SELECT max(at) FROM (SELECT max(at) AS at FROM decisions WHERE by IN ('user', 'catchup')"
    " UNION ALL SELECT max(modified_at) FROM notes"
    " UNION ALL SELECT max(at) FROM shares)"
)
"""SQL: when the user last decided, wrote or shared."""
