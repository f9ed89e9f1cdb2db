"""Names of attributes in OPML that are not ours: which namespace a prefix stands for, and what XML can hold."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from pkm.model.source import Extra
from pkm.rules.opml import NAMESPACE

_NAME: Final = re.compile(r"(?:([A-Za-z_][\w.-]*):)?([A-Za-z_][\w.-]*)", re.ASCII)
# What XML 1.0 cannot hold, not even as a reference.
_NO_XML: Final = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_UNDECLARED: Final = "urn:pkm-loop:undeclared:"
# Some readers run what stands in these; a list that is handed on must not run anything anywhere.
_COMMAND: Final = re.compile(
    r"filtercmd|post-?process\w*|(?:.*[_-])?(?:cmd|command|exec|script)(?:[_-].*)?", re.IGNORECASE
)


@dataclass(slots=True)
class Names:
    """The prefixes that a document declares."""

    namespaces: dict[str, str] = field(default_factory=lambda: {"pkm": NAMESPACE})

    def learn(self, attributes: Mapping[str, str]) -> None:
        """Take in the declarations of a tag; `pkm` means us whatever is declared: people write it by hand."""
        for name, value in attributes.items():
            if name.startswith("xmlns:") and name != "xmlns:pkm" and value:
                self.namespaces[name.removeprefix("xmlns:")] = _NO_XML.sub("", value)

    def is_ours(self, name: str) -> bool:
        """Whether an attribute's lower-case name has a prefix that means us."""
        prefix, colon, _ = name.partition(":")
        return bool(colon) and self.namespaces.get(prefix) == NAMESPACE

    def kept(self, name: str, value: str) -> Extra | None:
        """An attribute to be kept; None if it declares a prefix, is no name of XML, or is a command."""
        found = _NAME.fullmatch(name)
        if found is None or found[1] == "xmlns" or name.lower() == "xmlns" or _COMMAND.fullmatch(found[2]):
            return None
        value = _NO_XML.sub("", value)
        if found[1] is None or found[1].lower() == "xml":
            return Extra(name, value)
        namespace = self.namespaces.get(found[1].lower()) or f"{_UNDECLARED}{found[1]}"
        return Extra(f"pkm:{found[2]}" if namespace == NAMESPACE else name, value, namespace)


def is_command(name: str) -> bool:
    """Whether an attribute's name says that some reader runs its value."""
    return bool(_COMMAND.fullmatch(name.rpartition(":")[2]))


def distinct(extras: Iterable[Extra]) -> tuple[Extra, ...]:
    """Of several with one name, whatever their prefix or case, the first."""
    found: dict[tuple[str, str], Extra] = {}
    for one in extras:
        found.setdefault((one.namespace, one.name.rpartition(":")[2].lower()), one)
    return tuple(found.values())


class Prefixes:
    """The prefixes for a document that is written: each namespace has one, no two share one.

    Args:
        extras: All that the document will hold.
    """

    def __init__(self, extras: Iterable[Extra]) -> None:
        self._by_namespace = {NAMESPACE: "pkm"}
        wanted = {(one.name.partition(":")[0], one.namespace) for one in extras if one.namespace}
        for prefix, namespace in sorted(wanted):
            if namespace not in self._by_namespace:
                self._by_namespace[namespace] = self._free(prefix)

    def _free(self, prefix: str) -> str:
        # Compared without case: a reader that is as tolerant as ours takes `A:x` and `a:x` for one.
        taken = {one.lower() for one in self._by_namespace.values()} | {"xml", "xmlns"}
        tries = (f"{prefix}{number or ''}" for number in range(len(taken) + 1))
        return next(one for one in tries if one.lower() not in taken)

    def name(self, extra: Extra) -> str:
        """An attribute's name in this document."""
        if not extra.namespace:
            return extra.name
        return f"{self._by_namespace[extra.namespace]}:{extra.name.partition(':')[2]}"

    def declarations(self) -> str:
        """The attributes of the root."""
        told = sorted((prefix, namespace) for namespace, prefix in self._by_namespace.items())
        return " ".join(f'xmlns:{prefix}="{escaped(namespace)}"' for prefix, namespace in told)


def escaped(text: str) -> str:
    """A text for an attribute in double quotes, or for an element."""
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")
    # As they stand, a reader would make spaces of them (XML 1.0, section 3.3.3).
    return text.replace("\t", "&#9;").replace("\n", "&#10;").replace("\r", "&#13;")
