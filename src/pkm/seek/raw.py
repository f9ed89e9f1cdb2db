"""Reading feedparser's dictionaries raw: its own look-up passes one field off as another."""

from collections.abc import Mapping
from typing import Any

Raw = Mapping[str, Any]


def get(raw: Raw, key: str) -> Any:
    """The value that stands under this very key, or None."""
    return dict.get(raw, key) if isinstance(raw, dict) else None


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
