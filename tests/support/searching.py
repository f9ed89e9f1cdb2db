"""How hypothesis searches where another program is the judge, or the search is long.

One more odd habit of somebody else's parser, found by chance, is no reason for an unrelated change to fail:
so these searches are the same each time. PKM_SLOW=1 searches anew, and for long.
"""

import os

from hypothesis import settings

SLOW = bool(os.environ.get("PKM_SLOW"))


def searched(examples: int, *, slowly: int | None = None) -> settings:
    """The settings of such a search.

    Args:
        examples: How many, each time the same.
        slowly: How many with PKM_SLOW=1; None: twenty times as many.
    """
    most = (examples * 20 if slowly is None else slowly) if SLOW else examples
    return settings(max_examples=most, deadline=None, derandomize=not SLOW)
