"""The site rules that hold here: the home's own `sites.yaml` before those of the package."""

from importlib import resources
from typing import Final

from pkm.rules.sites import SiteRules
from pkm.rules.sitesread import read_sites
from pkm.shelf.home import Home
from pkm.vault.write import told

NAME: Final = "sites.yaml"
_MOST_BYTES: Final = 1_000_000


def site_rules(home: Home) -> SiteRules:
    """The rules, read anew: only a command that finds feeds needs them.

    Raises:
        UsageError: A rule of the home's own file cannot be read; names file and line.
    """
    packaged = resources.files("pkm").joinpath("assets", NAME).read_text(encoding="utf-8")
    rules = read_sites(packaged, name=NAME)
    own = home.root / NAME
    if not own.is_file():
        return rules
    with told(own), own.open("rb") as file:
        text = file.read(_MOST_BYTES).decode("utf-8-sig", "replace")
    return rules.before(read_sites(text, name=str(own)))
