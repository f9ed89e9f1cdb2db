"""Markup made into markdown that is safe to keep in a folder shared with other programs.

A room of its own because markdownify and its parser cost 70 ms at import.
"""
# ruff: noqa: ARG002 - the signatures are markdownify's

import re
from typing import Final
from urllib.parse import quote

from bs4 import Tag
from markdownify import MarkdownConverter

from pkm.rules.html import sanitise
from pkm.rules.htmlbounds import shallow
from pkm.rules.markdown import defused, destination, escape_text
from pkm.rules.urls import is_web

_DEPTH: Final = 64  # markdownify walks by recursion, three frames a level
_TICKS: Final = re.compile(r"`+")
_TILDES: Final = re.compile(r"~{3,}")
_SPACES: Final = re.compile(r"\s+")
# Markdown has no wide cells: the library writes empty ones, and a page could ask for millions.
_COLSPAN: Final = re.compile(r"(?<=<t[dh]) [^>]*")
_RUNS: Final = re.compile(r"\s*[$=]|.*(?:<%|!\[\[|\[:|\{\{|\{%)", re.DOTALL)
# Blocks of other names (`dataviewjs`, `tasks`, `query`, `button`) are programs to some note tools.
_LANGUAGES: Final = frozenset(
    {"bash", "c", "clojure", "cpp", "csharp", "css", "diff", "elixir", "go", "haskell", "html", "ini", "java"}
    | {"javascript", "js", "json", "jsx", "kotlin", "lua", "make", "markdown", "nix", "perl", "php", "python"}
    | {
        "py",
        "r",
        "rb",
        "ruby",
        "rust",
        "scala",
        "sh",
        "shell",
        "sql",
        "swift",
        "toml",
        "ts",
        "tsx",
        "typescript",
    }
    | {"xml", "yaml", "zig"}
)


def to_markdown(html: str, *, base_url: str | None = None) -> str:
    """The markup as markdown: ATX headings, `-` lists, tilde fences, pictures as links to them.

    The markup is sanitised first. In the result no mark that Templater, Dataview, Logseq, Obsidian's
    embeds, vim or Emacs act on is left; a picture becomes a link, so that opening a note loads nothing.

    Args:
        html: Any markup.
        base_url: Address that relative links are joined with.
    """
    markup = _COLSPAN.sub("", shallow(sanitise(html, base_url=base_url), depth=_DEPTH))
    text = str(_Converter(bullets="-", heading_style="atx", wrap=True, wrap_width=None).convert(markup))
    return defused(
        "\n".join(line.rstrip() if not line.endswith("  ") else line for line in text.split("\n")).strip()
    )


class _Converter(MarkdownConverter):
    def escape(self, text: str, parent_tags: set[str]) -> str:
        return escape_text(text)

    def convert_a(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        words = _SPACES.sub(" ", text.strip())
        target = str(el.get("href") or "")
        if not words or not target or "_noformat" in parent_tags:
            return text
        lead = " " if text[:1].isspace() else ""
        trail = " " if text[-1:].isspace() else ""
        return f"{lead}[{words}]({_target(target)}){trail}"

    def convert_img(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        words = escape_text(_SPACES.sub(" ", str(el.get("alt") or "")).strip())
        if "a" in parent_tags:
            return words
        return f"[{words or 'image'}]({_target(str(el['src']))})"

    def convert_code(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        if "_noformat" in parent_tags:
            return text
        words = _SPACES.sub(" ", text)
        if not words.strip():
            return ""
        if _RUNS.match(words):
            return escape_text(words)
        if "td" in parent_tags or "th" in parent_tags:
            words = words.replace("|", r"\|")
        ticks = "`" * (1 + max((len(run) for run in _TICKS.findall(words)), default=0))
        space = " " if words.startswith("`") or words.endswith("`") else ""
        lead = words[: len(words) - len(words.lstrip())]
        trail = words[len(words.rstrip()) :]
        return f"{lead}{ticks}{space}{words.strip()}{space}{ticks}{trail}"

    convert_kbd = convert_code
    convert_samp = convert_code

    def convert_pre(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        if "_inline" in parent_tags:
            return self.convert_code(el, text, parent_tags)
        code = text.strip("\n")
        if not code.strip():
            return ""
        fence = "~" * (1 + max((len(run) for run in _TILDES.findall(code)), default=2))
        return f"\n\n{fence}{_language(el)}\n{code}\n{fence}\n\n"

    def convert_q(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        return f"“{text}”"

    def convert_block(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        words = text.strip()
        if "_inline" in parent_tags:
            return f" {words} "
        return f"\n\n{words}\n\n" if words else ""

    convert_address = convert_aside = convert_center = convert_details = convert_figure = convert_block
    convert_footer = convert_header = convert_hgroup = convert_main = convert_nav = convert_summary = (
        convert_block
    )


def _target(url: str) -> str:
    return destination(url) if is_web(url) else quote(url, safe="@:?=&%+.,-_~")


def _language(pre: Tag) -> str:
    code = pre.find("code")
    classes = code.get("class") if isinstance(code, Tag) else None
    name = " ".join(classes or ()).removeprefix("language-").lower()
    return name if name in _LANGUAGES else "text"
