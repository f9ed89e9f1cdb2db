"""The fast path for well-formed feeds; `reader` is its door, feedparser (`seek.parse`) its second opinion."""
