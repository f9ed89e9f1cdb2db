"""Which template a draft is made with: the user's own of that name, else the package's."""

import re

from pkm.errors import NotFound, UsageError
from pkm.share.templates import DraftTemplate, packaged
from pkm.shelf.shelf import Shelf
from pkm.vault import write

WEEKLY = "weekly"
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,40}")


def load_template(shelf: Shelf, name: str) -> DraftTemplate:
    """The draft template of a name: `templates/NAME.md.j2` of the home, else ours.

    Raises:
        UsageError: The name is none, or the template cannot be used.
        NotFound: There is no such template.
    """
    if not _NAME.fullmatch(name):
        raise UsageError(f"'{name}' cannot be the name of a template", hint="use lower-case letters: weekly")
    own = shelf.home.root / "templates" / f"{name}.md.j2"
    if own.is_file():
        text = write.read_file(own).decode("utf-8", "replace")
        return DraftTemplate(text, name=f"templates/{own.name}")
    try:
        return DraftTemplate(packaged(f"{name}.md.j2"), name=name)
    except FileNotFoundError as error:
        raise NotFound(
            f"there is no template '{name}'", hint=f"write templates/{name}.md.j2, or use --template weekly"
        ) from error
