"""Checks of links: does each lead to one note, to a file that is there, to a heading that is there."""

import shlex
from collections.abc import Iterator
from typing import Final

from pkm.errors import PkmError
from pkm.model.digest import Finding
from pkm.model.note import LinkForm
from pkm.rules import frontmatter
from pkm.rules.anchors import has_anchor
from pkm.rules.linkgraph import Edge, is_file_name
from pkm.rules.linkmoves import meant_formerly, repaired
from pkm.rules.linkplaces import Place, places
from pkm.rules.markup import Spans
from pkm.rules.names import name_key
from pkm.rules.resolve import Named, joined, stem_of, without_ending
from pkm.sense.checkscene import Mend, Scene, Trouble
from pkm.vault import write

_NEAR: Final = 82  # of 100: how like a name must be to be proposed
_ASKED: Final = 200  # proposals cost time; a vault with more broken links has another trouble


def broken_links(scene: Scene) -> Iterator[Trouble]:
    """Links that mean no note, or several."""
    proposals = _Proposals(scene)
    for edge in scene.graph.edges():
        if edge.meant.one is not None:
            continue
        if edge.meant.notes:
            yield Trouble(finding=_ambiguous(edge))
        elif not is_file_name(edge.link.target):
            yield _broken(scene, edge, proposals)


def _ambiguous(edge: Edge) -> Finding:
    ways = " or ".join(f"[[{without_ending(note.path)}]]" for note in edge.meant.notes[:3])
    return Finding(
        level="warning",
        check="ambiguous-link",
        path=edge.note.path,
        line=edge.link.line,
        message=f"'{edge.link.target}' could be {', '.join(note.path for note in edge.meant.notes)}",
        hint=f"write {ways}",
    )


def _broken(scene: Scene, edge: Edge, proposals: "_Proposals") -> Trouble:
    wanted = meant_formerly(scene.graph.names, scene.former, edge.link, edge.note.path)
    mend: Mend | None = None
    message = f"'{edge.link.target}' is no note"
    if wanted is not None:
        message = f"'{edge.link.target}' is now {wanted.note.path}"
        hint = "pkm notes check --fix lets the link follow"
        mend = _Follow(scene, edge.note.path)
    elif near := proposals.near(edge.link.target):
        hint = f"did you mean '{near}'? pkm notes edit {edge.note.path}"
    else:
        hint = f"write it: pkm note --title {shlex.quote(edge.link.target)}"
    finding = Finding(
        level="warning",
        check="broken-link",
        path=edge.note.path,
        line=edge.link.line,
        message=message,
        hint=hint,
    )
    return Trouble(finding=finding, mend=mend)


class _Follow:
    """Mends all links of one file that can follow; equal for the same file, so that it is done once."""

    def __init__(self, scene: Scene, path: str) -> None:
        self._scene = scene
        self._path = path

    def __call__(self, data: bytes) -> bytes:
        return repaired(self._scene.graph.names, self._scene.former, self._path, data)[0]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Follow) and other._path == self._path

    def __hash__(self) -> int:
        return hash(self._path)


class _Proposals:
    """Names like one that means nothing."""

    def __init__(self, scene: Scene) -> None:
        names = scene.graph.names.notes
        self._names = {name_key(name): name for note in names for name in (note.title, note.stem)}
        self._left = _ASKED

    def near(self, target: str) -> str | None:
        if not self._left:
            return None
        self._left -= 1
        from rapidfuzz import fuzz, process  # noqa: PLC0415 - only a broken link pays for it

        name = name_key(stem_of(target))
        found = process.extractOne(name, self._names.keys(), scorer=fuzz.ratio, score_cutoff=_NEAR)
        return self._names[found[0]] if found else None


def missing_files(scene: Scene) -> Iterator[Trouble]:
    """Pictures and other files that a note shows or links to, and that are not there."""
    ends = {"/".join(name_key(path).split("/")[-count:]) for path in scene.files for count in (1, 2, 3)}
    for note, body in _bodies(scene):
        if "](" not in body and "[[" not in body and "]:" not in body:
            continue
        for place in places(body, Spans(body)):
            if _is_file(place) and not _is_there(scene, note, place, ends):
                finding = Finding(
                    level="warning",
                    check="missing-file",
                    path=note.path,
                    line=_line(scene, note, body, place),
                    message=f"'{place.target}' is not there",
                    hint=f"put the file there, or take the link away: pkm notes edit {note.path}",
                )
                yield Trouble(finding=finding)


def _is_file(place: Place) -> bool:
    if place.form == LinkForm.IMAGE:
        return not place.target.casefold().endswith(".md")
    return is_file_name(place.target)


def _is_there(scene: Scene, note: Named, place: Place, ends: set[str]) -> bool:
    if scene.graph.names.resolve(place.target, form=place.form, at=note.path).notes:
        return True
    near = scene.shelf.home.root / joined(note.path, place.target.lstrip("/"))
    plain = name_key(place.target.removeprefix("./").lstrip("/"))
    return plain in ends or near.exists() or (scene.shelf.home.root / place.target.lstrip("/")).exists()


def lost_anchors(scene: Scene) -> Iterator[Trouble]:
    """Links to a heading or a block that their note does not have."""
    bodies = {note.id: body for note, body in _bodies(scene)}
    for edge in scene.graph.edges():
        to = edge.meant.one
        if to is None or not edge.link.anchor or has_anchor(bodies.get(to.id, ""), edge.link.anchor):
            continue
        what = "block" if edge.link.anchor.startswith("^") else "heading"
        finding = Finding(
            level="note",
            check="lost-anchor",
            path=edge.note.path,
            line=edge.link.line,
            message=f"{to.path} has no {what} '{edge.link.anchor.removeprefix('^')}'",
            hint=f"pkm notes edit {edge.note.path}",
        )
        yield Trouble(finding=finding)


def _bodies(scene: Scene) -> Iterator[tuple[Named, str]]:
    known = {note.id: note for note in scene.graph.names.notes}
    for note_id, body in scene.shelf.store.links.bodies():
        yield known[note_id], body


def _line(scene: Scene, note: Named, body: str, place: Place) -> int | None:
    try:
        first = frontmatter.split(write.read_file(scene.shelf.home.root / note.path)).body_line
    except PkmError:  # it went meanwhile
        return None
    return first + body.count("\n", 0, place.opened)
