"""The keyring of the system, where the extra `keyring` is installed and the user wants it."""

from typing import Any, Final

from pkm.errors import CredentialsError, UsageError

_HINT: Final = 'unlock it, or keep secrets in a file: [secrets] keep = "file" in pkm.toml'


class Ring:
    """Secrets of one home in the system's keyring.

    Args:
        home: What the home's secrets are filed under.
    """

    def __init__(self, home: str) -> None:
        self._service = f"pkm {home}"

    def get(self, name: str) -> str | None:
        """The secret of that name; None if there is none.

        Raises:
            CredentialsError: The keyring is locked, or there is none.
            UsageError: The extra is not installed.
        """
        keyring, failed = _library()
        try:
            found = keyring.get_password(self._service, name)
        except failed as error:
            raise _refused(error) from error
        return found if isinstance(found, str) else None

    def put(self, name: str, value: str) -> None:
        """Keep a secret.

        Raises:
            CredentialsError, UsageError: As `get`.
        """
        keyring, failed = _library()
        try:
            keyring.set_password(self._service, name, value)
        except failed as error:
            raise _refused(error) from error

    def remove(self, name: str) -> None:
        """Take a secret away, if it is there.

        Raises:
            CredentialsError, UsageError: As `get`.
        """
        if self.get(name) is None:
            return
        keyring, failed = _library()
        try:
            keyring.delete_password(self._service, name)
        except failed as error:
            raise _refused(error) from error


def _library() -> tuple[Any, type[Exception]]:
    """The library, and what it raises."""
    try:
        import keyring  # noqa: PLC0415 - an extra, and slow
        from keyring.errors import KeyringError  # noqa: PLC0415 - the same
    except ImportError as error:
        raise UsageError(
            "the system's keyring cannot be used",
            why="the extra that speaks to it is not installed",
            hint="pip install 'pkm-loop[keyring]', or [secrets] keep = \"file\" in pkm.toml",
        ) from error
    return keyring, KeyringError


def _refused(error: Exception) -> CredentialsError:
    # Its class alone: who knows what a keyring writes into its messages.
    return CredentialsError("the system's keyring refused", why=type(error).__name__, hint=_HINT)
