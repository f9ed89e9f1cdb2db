"""Hand an address to the user's browser: without a shell, and only what is a web address."""

import shlex
import shutil
import subprocess
import sys
from collections.abc import Mapping
from typing import Final

from pkm.errors import UnsafeLink
from pkm.rules.urls import display_url, is_web

_OPENERS: Final = ("xdg-open", "open", "wslview", "sensible-browser")


def opener(environ: Mapping[str, str]) -> list[str]:
    """The words of the browser's command line; empty if there is none."""
    for chosen in environ.get("BROWSER", "").split(":"):
        try:
            words = shlex.split(chosen)
        except ValueError:
            continue
        found = shutil.which(words[0], path=environ.get("PATH")) if words else None
        if found:
            return [found, *words[1:]]
    names = ("open", *_OPENERS) if sys.platform == "darwin" else _OPENERS
    found = next((path for name in names if (path := shutil.which(name, path=environ.get("PATH")))), None)
    return [found] if found else []


def open_address(url: str, environ: Mapping[str, str]) -> bool:
    """Open an address; False if nothing here can.

    Raises:
        UnsafeLink: It is no plain web address, so no program gets it.
    """
    if not is_web(url):
        raise UnsafeLink(f"{display_url(url)}: not opened", why="only http and https addresses are")
    words = opener(environ)
    if not words:
        return False
    # `%s` is how BROWSER says where the address goes; a web address never begins with `-`.
    line = (
        [word.replace("%s", url) for word in words] if any("%s" in word for word in words) else [*words, url]
    )
    try:
        done = subprocess.run(  # noqa: S603 - the user's own browser, no shell
            line, check=False, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
    except OSError:
        return False
    return done.returncode == 0
