"""Feeds for tests: they say only what matters."""

from html import escape


def rss(*items: tuple[str, str], title: str = "On notes", day: int = 22) -> str:
    """An RSS feed of (title, address) pairs, the newest first, each one hour older than the one before.

    The day is one of March 2026: long past, so that no test means another thing tomorrow.
    """
    made = "".join(
        f"<item><guid>{escape(url)}</guid><title>{escape(name)}</title><link>{escape(url)}</link>"
        f"<description>Words of {escape(name)}.</description>"
        f"<pubDate>{day} Mar 2026 {23 - n % 24:02}:00:00 GMT</pubDate></item>"
        for n, (name, url) in enumerate(items)
    )
    return f"<rss version='2.0'><channel><title>{escape(title)}</title>{made}</channel></rss>"


def numbered(count: int, host: str = "https://a.example") -> list[tuple[str, str]]:
    """So many pairs for `rss`."""
    return [(f"Item {n}", f"{host}/{n}") for n in range(count)]
