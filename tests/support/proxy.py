"""A real proxy on the loopback: it forwards plain requests, and tunnels with CONNECT.

    with Proxy(to=site.port, login="ada:pw") as proxy:
        ... http://ada:pw@127.0.0.1:{proxy.port}

Whatever host is asked for, the proxy leads to 127.0.0.1, port `to`: names that nobody knows can be played.
"""

import select
import socket
import threading
from base64 import b64encode
from dataclasses import dataclass
from typing import Self


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a client wanted of the proxy: the first line of its request, and its headers in lower case."""

    line: str
    headers: dict[str, str]


class Proxy:
    """A context manager; `asked` is the log."""

    def __init__(self, *, to: int, login: str | None = None) -> None:
        self.asked: list[Asked] = []
        self._to = ("127.0.0.1", to)
        self._wanted = f"Basic {b64encode(login.encode()).decode()}" if login else None
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._closing = threading.Event()
        self._threads: list[threading.Thread] = []
        self._main = threading.Thread(target=self._serve, daemon=True)

    @property
    def port(self) -> int:
        return self._listener.getsockname()[1]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def __enter__(self) -> Self:
        self._main.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._closing.set()
        self._main.join()
        for thread in self._threads:
            thread.join()
        self._listener.close()

    def _serve(self) -> None:
        while not self._closing.is_set():
            if not select.select([self._listener], [], [], 0.02)[0]:
                continue
            client, _ = self._listener.accept()
            thread = threading.Thread(target=self._one, args=(client,), daemon=True)
            self._threads.append(thread)
            thread.start()

    def _one(self, client: socket.socket) -> None:
        with client:
            head = self._head(client)
            if not head:
                return
            first, *fields = head.decode("latin-1").split("\r\n")
            pairs = (field.partition(":") for field in fields if field)
            headers = {name.lower(): value.strip() for name, _, value in pairs}
            self.asked.append(Asked(line=first, headers=headers))
            if self._wanted and headers.get("proxy-authorization") != self._wanted:
                client.sendall(b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n")
                return
            with socket.create_connection(self._to) as server:
                if first.startswith("CONNECT "):
                    client.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
                else:
                    server.sendall(head + b"\r\n\r\n")
                self._pump(client, server)

    def _head(self, client: socket.socket) -> bytes:
        head = b""
        while b"\r\n\r\n" not in head:
            if not self._ready([client]):
                return b""
            piece = client.recv(65_536)
            if not piece:
                return b""
            head += piece
        return head.partition(b"\r\n\r\n")[0]

    def _pump(self, client: socket.socket, server: socket.socket) -> None:
        other = {client: server, server: client}
        while ready := self._ready([client, server]):
            for one in ready:
                try:
                    piece = one.recv(65_536)
                    if not piece:
                        return
                    other[one].sendall(piece)
                except OSError:
                    return

    def _ready(self, ends: list[socket.socket]) -> list[socket.socket]:
        while not self._closing.is_set():
            ready = select.select(ends, [], [], 0.02)[0]
            if ready:
                return ready
        return []
