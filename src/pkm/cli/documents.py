"""A note as fields of the JSON documents; the names are a promise to scripts."""

from typing import Any

from pkm.model.note import Note


def note_fields(note: Note) -> dict[str, Any]:
    """A note of `pkm.notes/1`; `visibility` is the level that holds, whether the file says so or not."""
    return {
        "id": note.id,
        "title": note.title,
        "path": note.path,
        "kind": note.kind,
        "status": note.file.status,
        "visibility": note.level.word,
        "items": note.file.items,
        "tags": note.file.tags,
        "own_words": note.file.own_words,
        "insight": note.file.insight,
    }
