"""What of an address lets in whoever has it: user info, token parameters, tokens in the path."""

import re
from dataclasses import replace
from typing import Final

from pkm.rules.urlparts import Web

HIDDEN: Final = "…"
"""Stands for a secret; escaped as `%E2%80%A6` once it is read back as part of an address."""

_HIDDEN_FORMS: Final = frozenset({"", HIDDEN, "%E2%80%A6"})
_TELLING_NAMES: Final = (
    "token|secret|passw|apikey|api_key|api-key|signature|credential|sessionid|session_id|sessid|"
    "accesskey|access_key|authkey|auth_key|hmac|jwt"
)
_SECRET_NAME: Final = re.compile(
    rf".*(?:{_TELLING_NAMES}).*|auth|key|sig|sid|pass|pwd|pw|oauth.*", re.IGNORECASE
)
_SECRET_VALUE: Final = re.compile(r"[0-9a-fA-F]{32,}")
LOOSE_USER: Final = re.compile(r"(://)[^/?#@\s]*@")
LOOSE_TOKEN: Final = re.compile(
    rf"([?&;#][^=&;\s]{{0,64}}?(?:{_TELLING_NAMES})[^=&;\s]{{0,64}}=)[^&;#\s]+", re.IGNORECASE
)
_SESSION_IN_PATH: Final = re.compile(r"(;jsessionid=)(?!%E2%80%A6|…)[^;/]+", re.IGNORECASE)
# Hashes of commits and files stand in public addresses after these.
_PUBLIC_BEFORE_HASH: Final = frozenset(
    {"commit", "commits", "tree", "blob", "raw", "blame", "archive", "rev"}
)
_SECRET_BEFORE: Final = frozenset({"private", "token", "secret", "key", "auth"})
_WORD: Final = re.compile(r"[a-zA-Z0-9]+")
_TURN: Final = re.compile(r"[a-z][A-Z0-9]|[A-Z][0-9]|[0-9][a-zA-Z]|[A-Z][a-z]")


def masked(web: Web) -> Web:
    """The address with `…` for every secret in path, query and fragment, and for the user info."""
    query, fragment = (
        part and "&".join(_masked_part(pair) for pair in part.split("&"))
        for part in (web.query, web.fragment)
    )
    segments = web.path.split("/")
    path = "/".join(
        HIDDEN if _is_path_token(segment, before) else segment
        for before, segment in zip(["", *segments], segments, strict=False)
    )
    path = _SESSION_IN_PATH.sub(rf"\1{HIDDEN}", path)
    return replace(web, user=None if web.user is None else HIDDEN, path=path, query=query, fragment=fragment)


def _masked_part(part: str) -> str:
    name = part.partition("=")[0]
    return f"{name}={HIDDEN}" if is_secret_part(part) else part


def is_secret_part(part: str) -> bool:
    """Whether a `name=value` of a query is a token."""
    name, _, value = part.partition("=")
    if value in _HIDDEN_FORMS:
        return False
    return bool(_SECRET_NAME.fullmatch(name) or _SECRET_VALUE.fullmatch(value))


def _is_path_token(segment: str, before: str) -> bool:
    """A long random word: 32 hex digits, or 20 and more letters and digits that alternate like nothing typed.

    An identifier with dashes (a UUID) is one only after a segment that says so: publishers use them for
    articles. A miss is caught by the source's own `private` flag; a false hit costs the user one `--widen`.
    """
    if segment in _HIDDEN_FORMS:
        return False
    if before.lower() in _SECRET_BEFORE:
        return len(segment) >= 8 and any(character.isdigit() for character in segment)
    if before.lower() in _PUBLIC_BEFORE_HASH:
        return False
    return any(_is_random(word) for word in _WORD.findall(segment))


def _is_random(word: str) -> bool:
    if len(word) < 20 or word.isdigit():
        return False
    if _SECRET_VALUE.fullmatch(word):
        return any(character.isdigit() for character in word)
    digits = sum(character.isdigit() for character in word)
    return digits >= 2 and word.lower() != word != word.upper() and len(_TURN.findall(word)) * 4 >= len(word)
