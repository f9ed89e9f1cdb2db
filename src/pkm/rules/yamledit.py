"""Change keys of a YAML block by replacing slices of its text; every other character stays."""

from collections.abc import Mapping

from pkm.rules import yamlscalar
from pkm.rules.yamlblock import LINE_END, Entry, Tree, line_end, line_start, plain_list

Value = str | tuple[str, ...]
Slices = list[tuple[int, int, str]]  # start, end, what stands there instead


def edited(block: str, tree: Tree, wanted: Mapping[str, Value | None], *, newline: str) -> str:
    """The block with the values wanted; a value that is there already stays as it is written.

    Args:
        block: Whole lines, a map in block style.
        tree: Of the same block.
        wanted: Values by key in lower case; None removes the key. New keys go to the end.
        newline: The file's own line end.
    """
    known = {entry.name: entry for entry in tree.entries}
    slices: Slices = []
    new: Slices = []
    indent = " " * tree.column
    for key, value in wanted.items():
        entry = known.get(key)
        if entry is not None and value != entry.value:
            slices += _changes(block, entry, value, indent=indent, newline=newline)
        if entry is None and value is not None:
            added = yamlscalar.lines_of(key, value, indent=indent, newline=newline)
            new.append((len(block), len(block), added))
    # Behind what the last key gains, which stands at the same place.
    return _spliced(block, [*slices, *new])


def _spliced(text: str, slices: Slices) -> str:
    out: list[str] = []
    position = 0
    for start, end, replacement in sorted(slices, key=lambda one: one[:2]):
        out += [text[position:start], replacement]
        position = max(position, end)
    return "".join([*out, text[position:]])


def _changes(block: str, entry: Entry, value: Value | None, *, indent: str, newline: str) -> Slices:
    """The slices of the block to replace so that `entry` has `value`."""
    if value is None:
        first = line_start(block, entry.key_start)
        return [(first, line_end(block, entry.end), "")]
    if isinstance(value, str) or not value:
        text = "[]" if not isinstance(value, str) else yamlscalar.scalar(entry.name, value)
        return _to_scalar(block, entry, text)
    if plain_list(block, entry):
        return _merged_list(block, entry, value, newline)
    return _to_list(
        block, entry, yamlscalar.item_lines(entry.name, value, indent=indent + "  ", newline=newline)
    )


def _colon(block: str, entry: Entry) -> int:
    return block.index(":", entry.key_end) + 1


def _on_key_line(block: str, entry: Entry) -> bool:
    return not LINE_END.search(block, entry.key_end, entry.start)


def _to_scalar(block: str, entry: Entry, text: str) -> Slices:
    colon = _colon(block, entry)
    if _on_key_line(block, entry):
        return [(entry.start, entry.end, text if entry.start > colon else f" {text}")]
    return [(colon, colon, f" {text}"), *_whole_lines(block, entry)]


def _whole_lines(block: str, entry: Entry) -> Slices:
    """Slices that take a value on lines of its own away; comments between the items of a list stay."""
    spans = [(entry.start, entry.end)]
    if plain_list(block, entry):
        spans = [(item.start, item.end) for item in entry.items]
    return [(line_start(block, start), line_end(block, end), "") for start, end in spans]


def _to_list(block: str, entry: Entry, lines: str) -> Slices:
    after = line_end(block, entry.end)
    if _on_key_line(block, entry):
        return [(_colon(block, entry), entry.end, ""), (after, after, lines)]
    return [*_whole_lines(block, entry), (after, after, lines)]


def _merged_list(block: str, entry: Entry, values: tuple[str, ...], newline: str) -> Slices:
    """Keep the lines of the items that stay, in order; drop the others; append what is new."""
    slices: Slices = []
    kept = 0
    for item in entry.items:
        if kept < len(values) and item.value == values[kept]:
            kept += 1
        else:
            first = line_start(block, item.start)
            slices.append((first, line_end(block, item.end), ""))
    last = entry.items[-1]
    first = line_start(block, last.start)
    indent = block[first : last.start].partition("-")[0]
    after = line_end(block, last.end)
    added = yamlscalar.item_lines(entry.name, values[kept:], indent=indent, newline=newline)
    return [*slices, (after, after, added)] if added else slices
