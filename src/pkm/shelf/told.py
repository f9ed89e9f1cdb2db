"""A secret that a command prints, as `pass show feeds/work`: run without a shell, and heard by nobody else."""

import os
import signal
import subprocess
from contextlib import suppress
from pathlib import Path
from typing import Final

from pkm.errors import CredentialsError

TOLD_S: Final = 20.0
TOLD_BYTES: Final = 16_384


def told_by(command: tuple[str, ...], *, name: str, folder: Path, timeout_s: float = TOLD_S) -> str:
    """The first line that a command prints.

    Its error stream goes nowhere, since commands complain with the secret in their mouth.

    Args:
        command: Its words; the first is a program.
        name: Of the secret, for messages.
        folder: Where it runs.
        timeout_s: When it is ended, with all that it started.

    Raises:
        CredentialsError: It cannot be started, fails, takes too long, or prints nothing or too much.
    """
    try:
        process = subprocess.Popen(  # noqa: S603 - the user's own words, without a shell
            command,
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "its words are none"
        raise _failed(name, f"the command cannot be started: {reason.lower()}") from error
    with process:
        try:
            output, _ = process.communicate(timeout=timeout_s)
        except subprocess.TimeoutExpired:
            _end(process)
            raise _failed(name, f"the command did not end within {timeout_s:g} seconds") from None
    if process.returncode:
        raise _failed(name, f"the command ended with code {process.returncode}")
    line = output.decode("utf-8", "replace").strip().partition("\n")[0].strip()
    if not line or len(output) > TOLD_BYTES:
        raise _failed(name, "the command printed nothing" if not line else "the command printed too much")
    return line


def _end(process: "subprocess.Popen[bytes]") -> None:
    with suppress(ProcessLookupError, PermissionError):
        if hasattr(os, "killpg"):
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()
    process.communicate()


def _failed(name: str, why: str) -> CredentialsError:
    return CredentialsError(
        f"the secret '{name}' was not told",
        why=why,
        hint=f"run that command yourself, or: pkm config secret set {name} --command 'COMMAND'",
    )
