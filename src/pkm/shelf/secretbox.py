"""The secrets of a home: in `.pkm/secrets.toml`, which only the user may read, or in the system's keyring.

The one place that can tell them. A request asks for each by its name and says where it shall go; a name
that somebody wrote into `sources.opml` thus gives nothing away to a server that the user never named.
"""

import threading
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Final

from pkm.errors import CredentialsError, NotFound
from pkm.model.secret import Secret
from pkm.rules.secretsfile import read_secrets, write_secrets
from pkm.shelf import pen
from pkm.shelf.home import Home, device
from pkm.shelf.ring import Ring
from pkm.shelf.shelf import Shelf
from pkm.shelf.told import told_by

KEEPS: Final = ("file", "keyring")
_OTHERS: Final = 0o077


class SecretBox:
    """The secrets of a home; reading is thread-safe.

    Args:
        home: Where.
        keep: Where new ones go: `file` or `keyring`.
    """

    def __init__(self, home: Home, *, keep: str = "file") -> None:
        self._home = home
        self._keep = keep
        self._lock = threading.Lock()
        self._told: dict[str, str | CredentialsError] = {}

    @classmethod
    def of(cls, shelf: Shelf) -> "SecretBox":
        """Those of a shelf's home."""
        return cls(shelf.home, keep=shelf.options.keep_secrets)

    @property
    def path(self) -> Path:
        """The file."""
        return self._home.state / "secrets.toml"

    def all(self) -> dict[str, Secret]:
        """Every secret by its name; values of the keyring and of commands are not among them.

        Raises:
            Refused: The file cannot be read.
        """
        data = self._read()
        return read_secrets(data.decode("utf-8", "replace")) if data is not None else {}

    def get(self, name: str) -> Secret:
        """The secret of that name.

        Raises:
            NotFound: There is none.
        """
        found = self.all().get(name)
        if found is None:
            raise NotFound(f"there is no secret '{name}'", hint="pkm config secret list names them all")
        return found

    def stow(self, secret: Secret) -> Secret:
        """Hand the value of a secret to the keyring, if that is where new ones go; what is left for `put`.

        Outside `shelf.writing`: a keyring may ask the user to unlock it.

        Raises:
            CredentialsError, UsageError: The keyring cannot be used.
        """
        if secret.value is None or self._keep != "keyring":
            return secret
        self._ring().put(secret.name, secret.value)
        return replace(secret, value=None)

    def put(self, shelf: Shelf, secret: Secret) -> None:
        """Keep a secret that was stowed, in the place of one of its name; inside `shelf.writing`."""
        self._write(shelf, {**self.all(), secret.name: secret}.values())

    def allow(self, shelf: Shelf, names: Iterable[str], origin: str) -> None:
        """Let secrets go to a server that the user named; inside `shelf.writing`. Those that are not there wait."""
        known = self.all()
        changed = [
            replace(known[name], origins=(*known[name].origins, origin))
            for name in names
            if name in known and origin not in known[name].origins
        ]
        if changed:
            self._write(shelf, {**known, **{one.name: one for one in changed}}.values())

    def remove(self, shelf: Shelf, name: str) -> Secret:
        """Forget a secret; inside `shelf.writing`. What the keyring holds of it goes by `empty`, after that.

        Raises:
            NotFound: There is none of that name.
        """
        gone = self.get(name)
        self._write(shelf, (one for one in self.all().values() if one.name != name))
        return gone

    def empty(self, secret: Secret) -> None:
        """Take what the keyring holds of a secret out of it; outside `shelf.writing`."""
        if secret.kind == "keyring":
            self._ring().remove(secret.name)

    def value(self, name: str, origin: str) -> str:
        """The secret itself, for a request to `origin`; a command is asked once.

        Raises:
            CredentialsError: There is none, it may not go there, or it cannot be told.
        """
        secret = self.all().get(name)
        if secret is None:
            raise CredentialsError(
                f"there is no secret '{name}' here",
                why="secrets stay on the machine where they were set",
                hint=f"pkm config secret set {name}",
            )
        if not secret.may_go_to(origin):
            raise CredentialsError(
                f"the secret '{name}' may not go to {origin}",
                why="no command of yours named that server for it",
                hint=f"if you mean it: pkm config secret allow {name} {origin}",
            )
        return secret.value if secret.value is not None else self._elsewhere(secret)

    def _elsewhere(self, secret: Secret) -> str:
        with self._lock:
            if secret.name not in self._told:
                try:
                    self._told[secret.name] = self._asked(secret)
                except CredentialsError as error:
                    self._told[secret.name] = error
            found = self._told[secret.name]
        if isinstance(found, CredentialsError):
            raise found
        return found

    def _asked(self, secret: Secret) -> str:
        if secret.command:
            return told_by(secret.command, name=secret.name, folder=self._home.root)
        value = self._ring().get(secret.name)
        if value is None:
            raise CredentialsError(
                f"the system's keyring holds no secret '{secret.name}'",
                hint=f"pkm config secret set {secret.name}",
            )
        return value

    def _ring(self) -> Ring:
        return Ring(device(self._home))

    def _read(self) -> bytes | None:
        try:
            data = self.path.read_bytes()
        except FileNotFoundError:
            return None
        if self.path.stat().st_mode & _OTHERS:
            self.path.chmod(0o600)  # copied about, it may have come back readable by all
        return data

    def _write(self, shelf: Shelf, secrets: Iterable[Secret]) -> None:
        pen.replace(shelf, self.path, write_secrets(secrets).encode(), current=self._read())
