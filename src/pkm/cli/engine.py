"""The engine: what of Typer's inner names we use, in one file (typer 0.28).

Typer 0.28 carries its own copy of Click; the names under `typer._click` may move with any release, hence
the ceiling in pyproject.toml. What we change:

- a command is a stub until it is called: `resolve_command` imports its family only then;
- every command takes the global flags, before or after its name; argv is never rewritten;
- a family called alone runs its default sub-command, with that one's options;
- in some commands a word with one dash and two or more letters is a term;
- help is plain text of ours; errors become `UsageError` in three parts.
"""

import importlib
import inspect
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, NoReturn

from typer._click.core import Context, Parameter
from typer._click.exceptions import ClickException, NoSuchOption
from typer._click.exceptions import UsageError as ClickUsageError
from typer._click.globals import get_current_context
from typer._click.parser import _OptionParser, _ParsingState
from typer.core import TyperArgument, TyperCommand, TyperGroup, TyperOption
from typer.exceptions import Exit
from typer.main import get_command_from_info
from typer.models import CommandInfo

from pkm import __version__
from pkm.cli import pages
from pkm.cli.context import Run, make_run
from pkm.cli.flags import FLAGS, HELP_WORDS, VERSION_WORD, Flag
from pkm.cli.registry import Commands, Spec
from pkm.cli.stubs import STUBS, Stub
from pkm.cli.terminal import as_texts, width
from pkm.errors import UsageError

_FLAGS_KEY: Final = "pkm.flags"
_FRONT: Final = "pkm.cli.front"
_BRACKET: Final = re.compile(r"\s+\[([^\]]*)\]$")
_NO_DEFAULT: Final = {"default: 0", "default: 0.0"}


def run_line(words: Sequence[str], environ: Mapping[str, str], stubs: Sequence[Stub] = STUBS) -> int:
    """Do what the words of a command line say; returns the exit code.

    Args:
        words: What follows `pkm`.
        environ: The environment.
        stubs: The commands that there are.

    Raises:
        PkmError: Whatever the command raises; `UsageError` if the words cannot be read.
    """
    root = Root(stubs, name="pkm", invoke_without_command=True, callback=_front)
    try:
        with root.make_context("pkm", as_texts(words), obj=environ) as context:
            root.invoke(context)
    except Exit as end:
        return end.exit_code
    except ClickException as error:
        raise _in_three_parts(error) from error
    return 0


def _front() -> None:
    if get_current_context().invoked_subcommand is None:
        importlib.import_module(_FRONT).front(current_run())


def current_run() -> Run:
    """The run of the command that is being called."""
    context = get_current_context()
    return make_run(context.meta.get(_FLAGS_KEY, {}), context.obj)


# Flags of every command.


def _note_flag(context: Context, param: Parameter, value: Any) -> None:
    if value is not None:
        context.meta.setdefault(_FLAGS_KEY, {})[param.name] = value


def _show_version(_context: Context, _param: Parameter, value: Any) -> None:
    if value:
        print(f"pkm {__version__}")  # noqa: T201 - data goes to stdout
        raise Exit


def _show_help(context: Context, _param: Parameter, value: Any) -> None:
    if value:
        print(context.command.get_help(context))  # noqa: T201 - data goes to stdout
        raise Exit


def _switch(
    name: str, words: Sequence[str], callback: Callable[..., Any], *, is_eager: bool = False
) -> TyperOption:
    return TyperOption(
        param_decls=[name, *words],
        is_flag=True,
        default=None,
        expose_value=False,
        callback=callback,
        is_eager=is_eager,
        hidden=True,
    )


def _flag_option(flag: Flag) -> TyperOption:
    if not flag.metavar:
        return _switch(flag.name, [flag.word], _note_flag)
    return TyperOption(
        param_decls=[flag.name, flag.word],
        metavar=flag.metavar,
        expose_value=False,
        callback=_note_flag,
        hidden=True,
    )


def _global_options() -> list[Parameter]:
    options = [_flag_option(flag) for flag in FLAGS]
    version = _switch("version", [VERSION_WORD], _show_version, is_eager=True)
    return [*options, version, _switch("help", HELP_WORDS, _show_help, is_eager=True)]


# Parsers.


class _TermParser(_OptionParser):
    """Takes `-word` as a word; `-w` stays an option, and so does `--word`."""

    def _process_opts(self, arg: str, state: _ParsingState) -> None:
        if len(arg) > 2 and not arg.startswith("--"):
            state.largs.append(arg)
        else:
            super()._process_opts(arg, state)


class Command(TyperCommand):
    """A loaded command: its own parameters and the global flags."""

    def __init__(self, name: str | None, *, params: list[Parameter] | None = None, **settings: Any) -> None:
        settings.update(add_help_option=False, rich_markup_mode=None)
        super().__init__(name, params=[*(params or []), *_global_options()], **settings)
        self.spec: Spec | None = None

    def parse_args(self, ctx: Context, args: list[str]) -> list[str]:
        """As ever; an error knows which command it is about."""
        try:
            return super().parse_args(ctx, args)
        except ClickUsageError as error:
            error.ctx = error.ctx or ctx
            raise

    def make_parser(self, ctx: Context) -> _OptionParser:
        """A parser that knows dash words, for the commands that want them."""
        parser = super().make_parser(ctx)
        if self.spec and self.spec.dash_words:
            terms = _TermParser(ctx)
            terms.__dict__.update(parser.__dict__)
            return terms
        return parser

    def get_help(self, ctx: Context) -> str:
        """The page of this command."""
        return pages.lay_out(command_page(self, ctx), width(ctx.obj or {}))


class _Branch(TyperGroup):
    """A command with commands below it."""

    def __init__(self, **settings: Any) -> None:
        settings.update(add_help_option=False, rich_markup_mode=None)
        super().__init__(params=_global_options(), **settings)

    def resolve_command(self, ctx: Context, args: list[str]) -> tuple[str, Any, list[str]]:
        """The command that the first word names, loaded now.

        Raises:
            UsageError: There is none; names the nearest.
        """
        name = args[0]
        if name not in self.commands:
            self._refuse(ctx, name)
        return name, self.load(name), args[1:]

    def _refuse(self, ctx: Context, name: str) -> NoReturn:
        from difflib import get_close_matches  # noqa: PLC0415 - only an error pays for it

        path = ctx.command_path
        near = get_close_matches(name, self.commands, n=1)
        hint = f"did you mean `{path} {near[0]}`?" if near else f"`{_help_line(path)}` lists what there is"
        raise UsageError(f"there is no command `{path} {name}`", hint=hint)

    def load(self, name: str) -> Any:
        """The command itself."""
        return self.commands[name]


class Family(_Branch):
    """A loaded command with sub-commands; called alone it runs its default."""

    def __init__(self, *, default: str, about: str, **settings: Any) -> None:
        super().__init__(**settings)
        self.default = default
        self.about = about

    def parse_args(self, ctx: Context, args: list[str]) -> list[str]:
        """As ever; an option that only the default knows hands the whole line to it."""
        whole = list(args)
        try:
            super().parse_args(ctx, args)
        except NoSuchOption:
            ctx._protected_args, ctx.args = [self.default], whole  # noqa: SLF001 - the engine's business
        if not ctx._protected_args:  # noqa: SLF001 - the engine's business
            ctx._protected_args = [self.default]  # noqa: SLF001 - the engine's business
        return ctx.args

    def resolve_command(self, ctx: Context, args: list[str]) -> tuple[str, Any, list[str]]:
        """As ever; where the default looks for words, a word that is like no command is one of them."""
        from difflib import get_close_matches  # noqa: PLC0415 - a word that is no command pays for it

        spec = getattr(self.commands[self.default], "spec", None)
        if spec and spec.dash_words and not get_close_matches(args[0], self.commands, n=1):
            return self.default, self.load(self.default), args
        return super().resolve_command(ctx, args)

    def get_help(self, ctx: Context) -> str:
        """The page of this family."""
        return pages.lay_out(family_page(self, ctx), width(ctx.obj or {}))


class Root(_Branch):
    """`pkm` itself: stubs until one is called."""

    def __init__(self, stubs: Sequence[Stub], **settings: Any) -> None:
        rows = {stub.name: TyperCommand(stub.name, help=stub.help) for stub in stubs}
        super().__init__(commands=rows, **settings)
        self.stubs = {stub.name: stub for stub in stubs}

    def load(self, name: str) -> Any:
        """The command, from its module."""
        return load(self.stubs[name])

    def get_help(self, ctx: Context) -> str:
        """The newcomer's page."""
        return pages.lay_out(pages.front_page(tuple(self.stubs.values())), width(ctx.obj or {}))


# From a module to commands.


def load(stub: Stub) -> Command | Family:
    """The command of a stub, from its module."""
    commands: Commands = importlib.import_module(stub.module).commands
    below = commands.family(stub.name)
    if not below:
        return _built(stub.name, commands.specs[stub.name])
    return _family(stub.name, below, about=stub.help)


def _family(name: str, below: Mapping[str, Spec], *, about: str) -> Family:
    """A family of commands; those of two words make a family in it, as `secret set` in `config`."""
    children: dict[str, Command | Family] = {}
    for word, spec in below.items():
        first, _, further = word.partition(" ")
        if not further:
            children[first] = _built(first, spec)
        elif first not in children:
            inner = {
                one.partition(" ")[2]: spec for one, spec in below.items() if one.startswith(f"{first} ")
            }
            children[first] = _family(first, inner, about=_first_line(_default(inner)[1]))
    return Family(name=name, commands=children, default=_default(below)[0], about=about, help=about)


def _default(below: Mapping[str, Spec]) -> tuple[str, Spec]:
    return next((word, spec) for word, spec in below.items() if spec.default and " " not in word)


def _first_line(spec: Spec) -> str:
    return (spec.function.__doc__ or "").strip().partition("\n")[0]


def _built(name: str, spec: Spec) -> Command:
    info = CommandInfo(name=name, cls=Command, callback=_without_run(spec.function))
    command = get_command_from_info(info, pretty_exceptions_short=False, rich_markup_mode=None)
    if not isinstance(command, Command):
        raise TypeError(f"{spec.path} was built as {type(command).__name__}")
    command.spec = spec
    return command


def _without_run(function: Callable[..., Any]) -> Callable[..., Any]:
    """The function as Typer shall see it: without its first parameter, which we pass."""
    signature = inspect.signature(function)
    first, *others = signature.parameters.values()

    def call(**values: Any) -> Any:
        return function(current_run(), **values)

    call.__name__ = function.__name__
    call.__doc__ = function.__doc__
    call.__annotations__ = {
        name: kind for name, kind in function.__annotations__.items() if name != first.name
    }
    call.__signature__ = signature.replace(parameters=others)  # type: ignore[attr-defined]
    return call


# Pages.


def command_page(command: Command, ctx: Context) -> pages.Page:
    """The help of a command."""
    words = [param for param in command.params if isinstance(param, TyperArgument)]
    options = [param for param in command.params if isinstance(param, TyperOption)]
    return pages.Page(
        usage=" ".join([ctx.command_path, "[OPTIONS]", *map(_usage_piece, words)]),
        text=command.help or "",
        sections=(
            pages.Section(title="Words", rows=tuple((_usage_piece(word), word.help or "") for word in words)),
            pages.Section(title="Options", rows=tuple(row for row in _records(options, ctx) if row)),
        ),
        examples=command.spec.examples if command.spec else (),
        closing="Flags of every command: `pkm help flags`.",
    )


def _records(options: Sequence[TyperOption], ctx: Context) -> list[pages.Row | None]:
    return [
        row and (row[0], _plain_help(row[1])) for row in (option.get_help_record(ctx) for option in options)
    ]


def _plain_help(text: str) -> str:
    """Without typer's ranges, as `x>=0`, and defaults that say nothing: the words tell what zero means."""
    said = _BRACKET.search(text)
    if said is None:
        return text
    kept = [one for one in said[1].split("; ") if one.startswith("default: ") and one not in _NO_DEFAULT]
    return text[: said.start()].rstrip() + "".join(f"  [{one}]" for one in kept)


def _usage_piece(word: TyperArgument) -> str:
    name = (word.metavar or word.name or "").upper() + ("..." if word.nargs == -1 else "")
    return name if word.required else f"[{name}]"


def family_page(family: Family, ctx: Context) -> pages.Page:
    """The help of a family."""
    rows = tuple((name, command.get_short_help_str(200)) for name, command in family.commands.items())
    return pages.Page(
        usage=f"{ctx.command_path} [COMMAND] [WORDS]...",
        text=family.about,
        sections=(pages.Section(title="Commands", rows=rows),),
        closing=f"`{ctx.command_path}` alone is `{ctx.command_path} {family.default}`. "
        f"`{_help_line(ctx.command_path)} COMMAND` explains one of them.",
    )


def help_for(path: Sequence[str], environ: Mapping[str, str], stubs: Sequence[Stub] = STUBS) -> str | None:
    """The help of a command by its words, `["source", "list"]`; None if there is no such command."""
    context = Context(Root(stubs, name="pkm"), info_name="pkm", obj=environ)
    command: Any = context.command
    for word in path:
        if not isinstance(command, _Branch) or word not in command.commands:
            return None
        command = command.load(word)
        context = Context(command, info_name=word, parent=context)
    return str(command.get_help(context))


def _help_line(path: str) -> str:
    return path.replace("pkm", "pkm help", 1)


# Errors.


def _in_three_parts(error: ClickException) -> UsageError:
    context = getattr(error, "ctx", None)
    hint = f"`{_help_line(context.command_path)}` shows how" if context else "`pkm help` shows how"
    if isinstance(error, NoSuchOption):
        near = sorted(error.possibilities or ())
        what = f"there is no option {error.option_name}"
        return UsageError(what, hint=f"did you mean {near[0]}? {hint}" if near else hint)
    what = error.format_message().rstrip(".").replace("a valid integer range", "a whole number")
    what = what.replace("a valid int range", "a whole number").replace("a valid integer", "a whole number")
    return UsageError(what[:1].lower() + what[1:], hint=hint)
