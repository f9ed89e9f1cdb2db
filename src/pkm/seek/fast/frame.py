"""What the elements that hold others do to the state of the fast path, when they begin and when they end."""

from typing import Final

from pkm.seek.fast.names import Unfit
from pkm.seek.fast.state import Attributes, State

_RSS_VERSIONS: Final = {"0.91": "rss091u", "0.92": "rss092", "0.93": "rss093", "0.94": "rss094"}
_ATOM_VERSIONS: Final = {"0.1": "atom01", "0.2": "atom02", "0.3": "atom03"}


def rss(state: State, attributes: Attributes) -> None:
    if not state.version.startswith("rss"):
        said = attributes.get("version", "")
        state.version = _RSS_VERSIONS.get(said) or ("rss20" if said.startswith("2.") else "rss")


def feed(state: State, attributes: Attributes) -> None:
    state.in_feed = True
    if not state.version:
        state.version = _ATOM_VERSIONS.get(attributes.get("version", ""), "atom")


def channel(state: State, attributes: Attributes) -> None:
    _refuse_cdf(attributes)
    state.in_feed = True


def _refuse_cdf(attributes: Attributes) -> None:
    if "lastmod" in attributes or "href" in attributes:
        raise Unfit


def end_feed(state: State) -> None:
    state.in_feed = False


def item(state: State, attributes: Attributes) -> None:
    _refuse_cdf(attributes)
    state.entries.append({})
    state.depths = {}
    state.push("item", expects=False)
    state.in_entry = True
    state.guid_is_link = False
    state.title_depth = -1
    if attributes.get("rdf:about"):
        state.context()["id"] = attributes["rdf:about"]


def end_item(state: State) -> None:
    state.pop("item")
    state.in_entry = state.has_content = False


def image(state: State, _attributes: Attributes) -> None:
    if not state.in_entry:
        state.context().setdefault("image", {})
    state.in_image = True
    state.title_depth = -1
    state.push("image", expects=False)


def end_image(state: State) -> None:
    state.pop("image")
    state.in_image = False


def text_input(state: State, _attributes: Attributes) -> None:
    state.context().setdefault("textinput", {})
    state.in_text_input = True
    state.title_depth = -1
    state.push("textinput", expects=False)


def end_text_input(state: State) -> None:
    state.pop("textinput")
    state.in_text_input = False


def source(state: State, attributes: Attributes) -> None:
    if "url" in attributes:
        state.source["href"] = attributes["url"]
    state.push("source")
    state.in_source = True
    state.title_depth = -1


def end_source(state: State) -> None:
    state.in_source = False
    title = state.pop("source")
    if title:
        state.source["title"] = title
    state.context()["source"] = state.source
    state.source = {}
