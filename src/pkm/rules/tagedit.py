"""Change tags in a note's front matter by their own bytes: quotes, order, comments and every other key stay."""

import re
from collections.abc import Callable
from typing import Final

from pkm.rules import frontmatter, yamlblock, yamlscalar
from pkm.rules.notefile import read_note, set_keys
from pkm.rules.yamlblock import Entry

KEYS: Final = ("tags", "tag", "keywords")
_WORD: Final = re.compile(r"[^\s,\[\]\"'#]+")


def renamed(tag: str, old: str, new: str) -> str:
    """A tag with another name; what stands below it follows: `a/b` becomes `c/b`."""
    folded, wanted = tag.casefold(), old.casefold()
    if folded == wanted:
        return new
    return new + tag[len(old) :] if folded.startswith(f"{wanted}/") else tag


def retagged(data: bytes, change: Callable[[str], str]) -> bytes:
    """A note with every tag of its front matter changed; two that become one stand once.

    Raises:
        NoteUnreadable: The front matter cannot be edited safely.
    """
    before = read_note(data, stem="x").tags
    wanted = _once(tuple(map(change, before)))
    if wanted == before:
        return data
    edited = _spliced(data, change)
    if edited is not None and read_note(edited, stem="x").tags == wanted and _same_else(data, edited):
        return edited
    present = frontmatter.read(data).values
    others: dict[str, None] = {key: None for key in KEYS[1:] if key in present}
    return set_keys(data, {**others, "tags": wanted})


def _once(tags: tuple[str, ...]) -> tuple[str, ...]:
    """Each tag once, whatever its case; the first way of writing it stays."""
    return tuple(
        {tag.casefold(): tag for tag in reversed(tags)}[key] for key in dict.fromkeys(map(str.casefold, tags))
    )


def _spliced(data: bytes, change: Callable[[str], str]) -> bytes | None:
    """The bytes with each tag changed where it stands; None if the block is not to be edited so."""
    parts = frontmatter.split(data)
    tree = yamlblock.tree(parts.block)
    if parts.problem or tree.problem or tree.special or tree.doubled:
        return None
    slices: list[tuple[int, int, str]] = []
    for entry in tree.entries:
        if entry.name in KEYS and not entry.nested:
            slices += _slices(parts.block, entry, change)
    block, position = "", 0
    for start, end, text in slices:
        block += parts.block[position:start] + text
        position = end
    block += parts.block[position:]
    return (parts.bom + parts.opening + block + parts.closing + parts.body).encode()


def _slices(block: str, entry: Entry, change: Callable[[str], str]) -> list[tuple[int, int, str]]:
    """What to put in place of which characters."""
    if not entry.items:
        words = ((word, change(word[0])) for word in _WORD.finditer(block, entry.start, entry.end))
        return [(word.start(), word.end(), new) for word, new in words if new != word[0]]
    found: list[tuple[int, int, str]] = []
    for item in entry.items:
        bare = item.value.removeprefix("#")
        if (new := change(bare)) != bare:
            mark = item.value[: len(item.value) - len(bare)]
            found.append((item.start, item.end, _as_written(block[item.start : item.end], mark + new)))
    return found


def _as_written(old: str, new: str) -> str:
    """The new tag in the quotes of the old one, where they can hold it."""
    if old[:1] in {'"', "'"} and old[-1:] == old[:1] and not re.search(r"[\"'\\]", new):
        return f"{old[0]}{new}{old[0]}"
    return yamlscalar.scalar("tags", new)


def _same_else(before: bytes, after: bytes) -> bool:
    """Whether all other keys and the text are what they were."""
    old, new = frontmatter.read(before), frontmatter.read(after)
    kept = {key: value for key, value in old.values.items() if key not in KEYS}
    return (
        new.problem is None
        and old.body == new.body
        and kept == {key: value for key, value in new.values.items() if key not in KEYS}
    )
