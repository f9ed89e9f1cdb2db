"""Reading feedparser's dictionaries raw: its own look-up passes one field off as another."""

from collections.abc import Callable
from typing import Any, Final

Raw = dict[str, Any]

get: Final[Callable[[Raw, str], Any]] = dict.get
"""The value that stands under this very key, or None."""


def text_of(raw: Raw, key: str) -> str | None:
    """A trimmed text that is not empty, or None."""
    value = get(raw, key)
    return (value.strip() or None) if isinstance(value, str) else None


def dict_of(raw: Raw, key: str) -> Raw:
    """A dictionary, or an empty one."""
    value = get(raw, key)
    return value if isinstance(value, dict) else {}


def dicts_of(raw: Raw, key: str) -> list[Raw]:
    """The dictionaries of a list."""
    value = get(raw, key)
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []
