"""Templates in a sandbox: they reach values and filters, nothing else, and an unknown name is an error.

A user's template is the user's, yet it may come from elsewhere, and what it is fed comes from feeds.
"""

from types import TracebackType
from typing import Any, Final

from jinja2 import StrictUndefined, Template, TemplateError, TemplateSyntaxError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from pkm.errors import UsageError
from pkm.rules.markdown import escape_inline, link

MISTAKES: Final = (TemplateError, ArithmeticError, AttributeError, LookupError, TypeError, ValueError)
"""What a template can do wrong: name what is not there, or compute with it."""


def sandbox() -> ImmutableSandboxedEnvironment:
    """An environment for markdown: nothing is escaped for HTML, every filter escapes for markdown."""
    environment = ImmutableSandboxedEnvironment(
        undefined=StrictUndefined, autoescape=False, trim_blocks=False, keep_trailing_newline=True
    )
    environment.filters |= {
        "title": escape_inline,
        "title_case": _title_case,
        "link": safe_link,
        "quote": _quoted,
        "comment": in_comment,
    }
    return environment


def render(text: str, *, place: str, names: str, values: dict[str, Any]) -> str:
    """What a template makes of values.

    Args:
        text: The template.
        place: Its file, for the error.
        names: What it may name, for the error.
        values: By name.

    Raises:
        UsageError: It cannot be used; says in which line and why.
    """
    template = None
    try:
        template = sandbox().from_string(text)
        return template.render(values)
    except MISTAKES as error:
        raise refused(error, place=place, names=names, template=template) from error


def refused(error: Exception, *, place: str, names: str, template: Template | None) -> UsageError:
    """A template's mistake, with its place."""
    line = error.lineno if isinstance(error, TemplateSyntaxError) else _line(template, error.__traceback__)
    at = f"{place}:{line}" if line else place
    return UsageError(
        f"{at}: the template cannot be used: {error}",
        why=f"it may name: {names}",
        hint="mend that line, or move the file out of templates/: then pkm's own is used",
    )


def _line(template: Template | None, trace: TracebackType | None) -> int | None:
    """The line of the template in which an error arose; jinja names its frames `<template>`.

    A template that is rendered as a whole has its frames rewritten, with the lines of the template; those of
    a macro that is called by itself have lines of the code that jinja made of it.
    """
    found = None
    while trace:
        if trace.tb_frame.f_code.co_filename == "<template>":
            rewritten = "__jinja_exception__" in trace.tb_frame.f_globals
            if rewritten or template is not None:
                found = trace.tb_lineno
            if not rewritten and template is not None:
                found = template.get_corresponding_lineno(trace.tb_lineno)
        trace = trace.tb_next
    return found


def safe_link(text: str, url: str | None) -> str:
    """A link, or the words alone."""
    return link(text, url) if url else escape_inline(text)


def in_comment(text: str) -> str:
    """Without a way out of a comment: `--` ends one in some readers, `%` could open a private part."""
    return " ".join(text.replace("--", "\u2013").replace(">", "\u203a").split())


def _quoted(text: str) -> str:
    return "\n".join(f"> {line}".rstrip() for line in text.split("\n"))


def _title_case(text: str) -> str:
    return text[:1].upper() + text[1:]
