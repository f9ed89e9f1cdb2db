"""Templates of drafts, in a sandbox.

A user's template is the user's, yet it may come from elsewhere, and what it is fed comes from feeds: it
reaches values and filters, nothing else, and an unknown name is an error with its place.
"""

from collections.abc import Sequence
from importlib import resources
from typing import TYPE_CHECKING, Any

from jinja2.sandbox import ImmutableSandboxedEnvironment

from pkm.errors import UsageError
from pkm.model.digest import ItemView
from pkm.rules.markdown import escape_inline, link
from pkm.rules.templating import MISTAKES, refused, safe_link, sandbox
from pkm.share.entry import DraftHead, Entry

if TYPE_CHECKING:
    from jinja2 import Template

MACROS = ("opening", "block", "closing")
"""What a draft's template has to define."""


def packaged(name: str) -> str:
    """The text of a template that comes with pkm.

    Raises:
        FileNotFoundError: There is none of that file name.
    """
    return (resources.files("pkm") / "assets" / "templates" / name).read_text(encoding="utf-8")


class DraftTemplate:
    """A draft's template, ready to use: `opening`, `block` and `closing` are its macros.

    Raises:
        UsageError: It cannot be read, lacks a macro, or names what does not exist.
    """

    def __init__(self, text: str, *, name: str) -> None:
        self._name = name
        environment = _environment()
        try:
            self._template: Template = environment.from_string(text)
            self._template.name = name
            self._macros = {macro: getattr(self._template.module, macro, None) for macro in MACROS}
        except MISTAKES as error:
            raise self._refused(error) from error
        absent = [macro for macro, found in self._macros.items() if found is None]
        if absent:
            raise UsageError(
                f"the template {name} has no macro `{absent[0]}`",
                why=f"a draft's template has the macros {', '.join(MACROS)}",
                hint="mend it, or move it out of templates/: then pkm's own is used",
            )

    def opening(self, head: DraftHead) -> str:
        """What stands before the first block."""
        return self._call("opening", head)

    def block(self, entry: Entry) -> str:
        """One block, without its anchors."""
        return self._call("block", entry).strip("\n") + "\n"

    def closing(self, unsensed: Sequence[ItemView]) -> str:
        """What stands after the last block."""
        return self._call("closing", tuple(unsensed))

    def _call(self, macro: str, argument: object) -> str:
        call: Any = self._macros[macro]
        try:
            return str(call(argument))
        except MISTAKES as error:
            raise self._refused(error) from error

    def _refused(self, error: Exception) -> UsageError:
        template = getattr(self, "_template", None)
        return refused(error, place=self._name, names=_NAMES, template=template)


_NAMES = "edition.number .period .audience .title; entry.number .note .items; unsensed"


def source_line(item: ItemView, *, with_title: bool = False) -> str:
    """Whose the item is, as markdown on one line: authors, publication, date · via; empty if unknown."""
    title = safe_link(item.title, item.url) if with_title else ""
    parts = [title, *map(escape_inline, item.authors), escape_inline(item.source_title or "")]
    line = ", ".join(part for part in [*parts, item.published_on or ""] if part)
    pointers = [f"via {_via(item)}" if item.via_name or item.via_url else ""]
    pointers.append(f"HT {escape_inline(item.hat_tip)}" if item.hat_tip else "")
    return " · ".join(part for part in [line, *pointers] if part)


def _via(item: ItemView) -> str:
    name = item.via_name or item.via_url or ""
    return link(name, item.via_url) if item.via_url else escape_inline(name)


def _environment() -> ImmutableSandboxedEnvironment:
    environment = sandbox()
    environment.filters["source_line"] = source_line
    return environment
