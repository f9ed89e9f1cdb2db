"""How a family says which commands it has; knows nothing of Typer.

    commands = Commands()

    @commands("source list", default=True, examples=("pkm source list --json",))
    def list_sources(run: Run) -> None: ...

The function's docstring is the help, its annotated parameters are the options. The first parameter is
always the `Run`; the engine passes it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, TypeVar

Function = TypeVar("Function", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True, kw_only=True)
class Spec:
    """One command.

    Attributes:
        path: The words that call it: `seek`, `source list` or `config secret set`.
        default: It runs when its family is called alone: `pkm source`.
        dash_words: A word with one dash and two or more letters is a term, not an option.
        examples: Lines to type, shown by its help.
    """

    path: str
    function: Callable[..., Any]
    default: bool = False
    dash_words: bool = False
    examples: tuple[str, ...] = ()


class Commands:
    """The commands of one module, in the order in which help shows them."""

    def __init__(self) -> None:
        self._specs: dict[str, Spec] = {}

    def __call__(
        self, path: str, *, default: bool = False, dash_words: bool = False, examples: tuple[str, ...] = ()
    ) -> Callable[[Function], Function]:
        """Note a function as the command `path`; the function itself stays as it is."""

        def note(function: Function) -> Function:
            self._specs[path] = Spec(
                path=path, function=function, default=default, dash_words=dash_words, examples=examples
            )
            return function

        return note

    def join(self, other: "Commands") -> None:
        """Take in the commands of another module, after those that are here."""
        self._specs.update(other.specs)

    @property
    def specs(self) -> Mapping[str, Spec]:
        """All commands by path."""
        return MappingProxyType(self._specs)

    def family(self, name: str) -> dict[str, Spec]:
        """The sub-commands of a family, by their further words; empty if `name` is a single command."""
        return {
            path.split(" ", 1)[1]: spec for path, spec in self._specs.items() if path.startswith(f"{name} ")
        }
