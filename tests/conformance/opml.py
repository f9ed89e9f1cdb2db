"""Subscription lists: as listparser expects them (E4), and round without a loss."""

import ast
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from conformance.claims import UNEXPLAINED
from conformance.score import Score
from pkm.errors import Refused
from pkm.rules.opml import OpmlFile, OpmlOutline
from pkm.rules.opmlread import read_opml
from pkm.rules.opmlwrite import write_outlines

_REASONS = {
    "cats-4-bad.xml": "it takes `root1 /` for a folder; a path begins with a slash (OPML 2.0), so we take a tag",
}
_NO_LIST = re.compile(r"listparser/rdf/|unknown-namespace\.xml$")
_MOST_HOSTILE = re.compile(r"billion-laughs|xxe-")


def scores(root: Path) -> Sequence[Score]:
    """What another reader expects, what goes round, and what is refused.

    Args:
        root: The corpus.
    """
    lists = [path for path in sorted((root / "opml").rglob("*")) if path.is_file()]
    hostile = sorted((root / "hostile").rglob("*.opml"))
    return (
        _score("opml: listparser", _listparser(root / "opml" / "listparser" / "opml", root)),
        _score("opml: round to the byte", ((path, _goes_round(path)) for path in [*lists, *hostile])),
        _score(
            "opml: refused", ((path, _is_refused(path)) for path in [*lists, *hostile] if _is_no_list(path))
        ),
    )


def _score(name: str, checked: Iterator[tuple[Path, str]]) -> Score:
    """Of files with what is wrong with each; empty if nothing is."""
    every = list(checked)
    missed = tuple(
        (path.name, f"{_REASONS.get(path.name, UNEXPLAINED)}\n  {wrong}") for path, wrong in every if wrong
    )
    return Score(name=name, held=len(every) - len(missed), checked=len(every), missed=missed)


def _is_no_list(path: Path) -> bool:
    return bool(_NO_LIST.search(path.as_posix()) or _MOST_HOSTILE.search(path.name))


def _is_refused(path: Path) -> str:
    try:
        read_opml(path.read_bytes())
    except Refused as error:
        return "" if error.why and error.hint else "refused without a word why"
    return "it was read"


def _goes_round(path: Path) -> str:
    """Read, written, read, written: the same feeds with all that is said of them, and the same bytes."""
    try:
        first = read_opml(path.read_bytes())
    except Refused:
        return "" if _is_no_list(path) else "it was refused"
    once = _written(first)
    second = read_opml(once)
    if {one.url: one for one in second.outlines} != {one.url: one for one in first.outlines}:
        return "other feeds came back"
    if second.rest != first.rest:
        return "what stands beside the feeds came back otherwise"
    return "" if _written(second) == once else "other bytes came back"


def _written(file: OpmlFile) -> bytes:
    return write_outlines(file.outlines, title=file.title or "", rest=file.rest)


def _listparser(folder: Path, root: Path) -> Iterator[tuple[Path, str]]:
    for path in [*sorted(folder.rglob("*.xml")), *sorted((root / "opml/listparser/malformed").iterdir())]:
        result = _as_listparser(read_opml(path.read_bytes()))
        for claim in re.findall(r"Eval: (.*)", path.read_text("utf-8", "replace")):
            verdict = _holds(ast.parse(claim.strip(), mode="eval").body, result)
            if verdict is not None:
                yield path, "" if verdict else claim


def _as_listparser(file: OpmlFile) -> dict[str, list[dict[str, object]]]:
    return {"feeds": [_as_feed(one) for one in file.outlines]}


def _as_feed(one: OpmlOutline) -> dict[str, object]:
    single = [folder[0] for folder in one.folders if len(folder) == 1]
    tags = list(dict.fromkeys([*single, *one.tags]))
    paths = [list(folder) for folder in one.folders]
    categories = [*paths, *([tag] for tag in one.tags if [tag] not in paths)]
    return {"url": one.url, "title": one.title or "", "tags": tags, "categories": categories}


def _holds(tree: ast.expr, result: dict) -> bool | None:
    """Whether a comparison of paths and literals is true; None if it is about what we do not keep."""
    if not isinstance(tree, ast.Compare) or len(tree.ops) != 1:
        return None
    try:
        left, right = _worth(tree.left, result), _worth(tree.comparators[0], result)
    except LookupError:
        return None if "feeds" not in ast.unparse(tree) else False
    if isinstance(tree.ops[0], ast.Eq):
        return left == right
    return left in right if isinstance(tree.ops[0], ast.In) else None


def _worth(tree: ast.expr, result: dict) -> object:
    if isinstance(tree, ast.Name):
        return result
    if isinstance(tree, ast.Call):
        return len(_worth(tree.args[0], result))
    if isinstance(tree, ast.Subscript):
        return _worth(tree.value, result)[ast.literal_eval(tree.slice)]
    return ast.literal_eval(tree)
