"""What stands in `sources.opml` beside the sources: notes, links to other lists, words of other programs.

The file is the truth; the store keeps a copy, so that the list can be written when it is gone.
"""

import json
from dataclasses import replace
from typing import Final

from pkm.model.source import Extra
from pkm.rules.opml import OpmlFile, OpmlOther, OpmlRest, sorted_others
from pkm.rules.opmlfeed import web_address
from pkm.shelf.shelf import Shelf
from pkm.store.undo_log import Change

TITLE: Final = "What I follow"
_FACT: Final = "sources_opml_rest"
_ADDRESSES: Final = frozenset({"xmlurl", "url", "htmlurl"})


def kept(shelf: Shelf) -> tuple[str, OpmlRest]:
    """Title of the list, and what else is in it."""
    text = shelf.store.files.fact(_FACT)
    return _read(text) if text else (TITLE, OpmlRest())


def is_known(shelf: Shelf) -> bool:
    """Whether the file was ever looked at for it: a store of an older pkm never did."""
    return shelf.store.files.fact(_FACT) is not None


def keep(shelf: Shelf, read: OpmlFile) -> None:
    """Take what the home's own file says; inside `shelf.writing`."""
    _store(shelf, read.title or TITLE, read.rest)


def add_foreign(shelf: Shelf, rest: OpmlRest, *, command: int) -> None:
    """Add what somebody else's list holds beside its feeds; inside `shelf.writing`, before the file is written.

    Its head is its owner's, so it stays there. What has an address that is none of the web is left out.
    """
    title, mine = kept(shelf)
    harmless = [other for other in rest.others if _is_harmless(other)]
    said = dict((*rest.folders, *mine.folders))
    more = replace(mine, others=sorted_others((*mine.others, *harmless)), folders=tuple(sorted(said.items())))
    before = shelf.store.files.fact(_FACT) or ""
    _store(shelf, title, more)
    after = shelf.store.files.fact(_FACT) or ""
    if before != after:
        shelf.store.undo_log.add(command, [Change(what="list", ref="rest", before=before, after=after)])


def restored(shelf: Shelf, change: Change) -> str | None:
    """Take `add_foreign` back; what was added or edited by hand since stays."""
    title, mine = kept(shelf)
    (_, before), (_, after) = (
        _read(text) if text else (TITLE, OpmlRest()) for text in (change.before, change.after)
    )
    others, folders = set(after.others) - set(before.others), set(after.folders) - set(before.folders)
    left = replace(
        mine,
        others=tuple(one for one in mine.others if one not in others),
        folders=tuple(one for one in mine.folders if one not in folders),
    )
    _store(shelf, title, left)
    return None


def _store(shelf: Shelf, title: str, rest: OpmlRest) -> None:
    empty = title == TITLE and rest == OpmlRest()
    text = "" if empty else _written(title, rest)
    if text != shelf.store.files.fact(_FACT):
        shelf.store.files.set_fact(_FACT, text)


def _written(title: str, rest: OpmlRest) -> str:
    document = {
        "title": title,
        "head": rest.head,
        "folders": rest.folders,
        "others": [(other.folder, other.attributes) for other in rest.others],
    }
    return json.dumps(document, ensure_ascii=False)


def _read(text: str) -> tuple[str, OpmlRest]:
    said = json.loads(text)
    rest = OpmlRest(
        head=tuple((name, value) for name, value in said["head"]),
        folders=tuple((tuple(path), _extras(extras)) for path, extras in said["folders"]),
        others=tuple(
            OpmlOther(folder=tuple(path), attributes=_extras(extras)) for path, extras in said["others"]
        ),
    )
    return said["title"], rest


def _extras(said: list[list[str]]) -> tuple[Extra, ...]:
    return tuple(Extra(*one) for one in said)


def _is_harmless(other: OpmlOther) -> bool:
    addresses = [
        one.value for one in other.attributes if one.name.lower() in _ADDRESSES and one.value.strip()
    ]
    return all(web_address(address.strip()) for address in addresses)
