"""Which failure needs a person: for pulls that run at night and should speak only then."""

from pkm.errors import BotCheck, CredentialsError, FetchError, Refused
from pkm.rules.limits import PATIENT
from pkm.seek.settle import Pulled

_PERSON = frozenset({402, 403, 410, 451})


def needs_person(pulled: Pulled) -> bool:
    """Whether this failure is one that waiting does not mend, and that was not told before.

    A login, a block, a page taken down for good, a refused address: told the first time. Anything else
    may pass: told once, when it has failed `PATIENT` times in a row.
    """
    if pulled.error is None or pulled.status != "failed":
        return False
    before = pulled.source.health
    if _is_final(pulled):
        return before.failures == 0 or before.error != pulled.error.what
    return before.failures + 1 == PATIENT


def _is_final(pulled: Pulled) -> bool:
    error = pulled.error
    if isinstance(error, BotCheck | CredentialsError | Refused):
        return True
    return isinstance(error, FetchError) and error.status in _PERSON
