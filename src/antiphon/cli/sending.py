"""Delivering to an installation far away: files go up in pieces, and a broken line costs the piece it broke in.

Nothing is remembered here. What the other side has of a file is asked of it, so the same command goes on after any
accident, from another machine too, and delivers once.
"""

import base64
import hashlib
import http.client
import json
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

import msgspec

from antiphon.intake.folders import is_noise
from antiphon.model.errors import Refused, Transient

PIECE_BYTES = 8 * 1024**2
"""bytes; what is sent again at most, and about a second of an ordinary line."""

TIMEOUT_S = 90.0
"""seconds without a byte, after which a line is taken to be dead; a large delivery is unpacked while we wait."""

RETRY_PAUSES_S = (1.0, 3.0, 10.0, 30.0, 60.0)
"""Pauses between tries: two minutes of outage are sat out; after more, the same command goes on."""

FILES_MAX = 1_000
"""Files of one completion, as many as may be open at a time."""

_AGAIN = frozenset({408, 409, 423, 429, 500, 502, 503, 504})
"""Answers after which the same is tried again; 409 because another offset may be right by now."""

_PROTOCOL = {"Tus-Resumable": "1.0.0"}


class Answer(msgspec.Struct, frozen=True):
    """An HTTP answer; ``headers`` in lower case."""

    status: int
    headers: dict[str, str]
    body: bytes


class LocalFile(msgspec.Struct, frozen=True):
    """One file to send: its path in the delivery, and where it lies."""

    path: str
    place: Path

    @property
    def size_bytes(self) -> int:
        """How long it is now."""
        return self.place.stat().st_size


class Remote:
    """The provider API of an installation, for one client.

    ``pause`` waits so many seconds, and is told why where something went wrong; an empty text: we only wait.
    """

    def __init__(self, url: str, client_id: str, client_secret: str, pause: Callable[[float, str], object]) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise Refused("InvalidAddress", f"{url!r} is no address of an installation; such as https://music.example")
        self._secure = parts.scheme == "https"
        self._host, self._port, self._base = parts.hostname, parts.port, parts.path.rstrip("/")
        self._credentials = base64.b64encode(f"{client_id}:{client_secret}".encode()).decode()
        self._pause = pause
        self._token = ""

    def deliver(self, path: Path, tell: Callable[[str, int, int], object]) -> dict[str, Any]:
        """Send a file, a release folder or a batch and return the answer to its completion.

        ``tell`` hears each file's path, how far it is and how long. Raises: Refused; Transient where the other side
        does not answer, or not as it should: the same call goes on.
        """
        files = list_local_files(path)
        known = {(one["path"], one["size_bytes"], one["sha256"]): one for one in self._list_open()}
        ids = [self._send_file(file, known, tell) for file in files]
        return self._ask_json("POST", "/provider/v1/deliveries", {"uploads": ids})

    def follow(self, delivery_id: str) -> dict[str, Any]:
        """Return a delivery's report once nothing more happens to it by itself."""
        while True:
            report = self._ask_json("GET", f"/provider/v1/deliveries/{delivery_id}")
            if not report["is_moving"]:
                return report
            self._pause(RETRY_PAUSES_S[0], "")

    def _list_open(self) -> list[dict[str, Any]]:
        listed: list[dict[str, Any]] = self._ask_json("GET", "/provider/v1/uploads")["uploads"]
        return listed

    def _send_file(
        self, file: LocalFile, known: dict[Any, dict[str, Any]], tell: Callable[[str, int, int], object]
    ) -> str:
        size_bytes, sha256 = file.size_bytes, _hash_file(file.place)
        begun = known.get((file.path, size_bytes, sha256))
        upload_id = str(begun["id"]) if begun else self._announce(file.path, size_bytes, sha256)
        here = int(begun["offset_bytes"]) if begun else 0
        with file.place.open("rb") as source:
            while here < size_bytes:
                tell(file.path, here, size_bytes)
                source.seek(here)
                here = self._send_piece(upload_id, here, source.read(PIECE_BYTES))
        tell(file.path, size_bytes, size_bytes)
        return upload_id

    def _announce(self, path: str, size_bytes: int, sha256: str) -> str:
        metadata = ",".join(
            f"{name} {base64.b64encode(value.encode()).decode()}"
            for name, value in (("path", path), ("sha256", sha256))
        )
        headers = {**_PROTOCOL, "Upload-Length": str(size_bytes), "Upload-Metadata": metadata}
        return self._ask("POST", "/provider/v1/uploads", headers=headers).headers["location"].rpartition("/")[2]

    def _send_piece(self, upload_id: str, offset: int, piece: bytes) -> int:
        """Send a piece and return where to go on; after a broken line, as far as the other side has come."""
        path = f"/provider/v1/uploads/{upload_id}"
        headers = {
            **_PROTOCOL,
            "Upload-Offset": str(offset),
            "Content-Type": "application/offset+octet-stream",
            "Upload-Checksum": f"sha256 {base64.b64encode(hashlib.sha256(piece).digest()).decode()}",
        }
        try:
            answer = self._call("PATCH", path, headers, piece)
        except Transient:
            answer = None
        if answer is None or answer.status != 204:
            if answer is not None and answer.status not in (*_AGAIN, 460, 507):
                raise _refuse(answer)
            why = f"the installation answered {answer.status}" if answer else "the line broke"
            self._pause(RETRY_PAUSES_S[0], why)
            answer = self._ask("HEAD", path, headers=dict(_PROTOCOL))
        return int(answer.headers["upload-offset"])

    def _ask_json(self, method: str, path: str, body: object | None = None) -> dict[str, Any]:
        content = json.dumps(body).encode() if body is not None else b""
        headers = {"Content-Type": "application/json"} if content else {}
        decoded: dict[str, Any] = json.loads(self._ask(method, path, content, headers).body)
        return decoded

    def _ask(self, method: str, path: str, body: bytes = b"", headers: dict[str, str] | None = None) -> Answer:
        """Ask until there is an answer to go on with. Raises: Refused; Transient after the last try."""
        for pause_s in (*RETRY_PAUSES_S, None):
            try:
                answer = self._call(method, path, headers or {}, body)
            except Transient as transient:
                if pause_s is None:
                    raise
                why = str(transient)
            else:
                if answer.status < 400:
                    return answer
                if answer.status not in _AGAIN - {409} or pause_s is None:
                    raise _refuse(answer)
                why = f"the installation answered {answer.status}"
            self._pause(pause_s, why)
        raise AssertionError("the last try returns or raises")

    def _call(self, method: str, path: str, headers: dict[str, str], body: bytes) -> Answer:
        """Return one answer; where the token has ended, that with a new one."""
        if not self._token:
            self._token = self._fetch_token()
        answer = self._exchange(method, path, {**headers, "Authorization": f"Bearer {self._token}"}, body)
        if answer.status == 401:
            self._token = self._fetch_token()
            answer = self._exchange(method, path, {**headers, "Authorization": f"Bearer {self._token}"}, body)
        return answer

    def _fetch_token(self) -> str:
        headers = {
            "Authorization": f"Basic {self._credentials}",
            "Content-Type": "application/x-www-form-urlencoded",
        }
        body = urlencode({"grant_type": "client_credentials"}).encode()
        answer = self._exchange("POST", "/api/token", headers, body)
        if answer.status != 200:
            raise Refused("CredentialsRefused", f"{self._host} gave no token ({answer.status}); check id and secret")
        return str(json.loads(answer.body)["access_token"])

    def _exchange(self, method: str, path: str, headers: dict[str, str], body: bytes) -> Answer:
        kind = http.client.HTTPSConnection if self._secure else http.client.HTTPConnection
        connection = kind(self._host, self._port, timeout=TIMEOUT_S)
        try:
            connection.request(method, f"{self._base}{path}", body=body, headers=headers)
            response = connection.getresponse()
            return Answer(response.status, {k.lower(): v for k, v in response.getheaders()}, response.read())
        except (OSError, http.client.HTTPException) as error:
            raise Transient(f"{self._host} did not answer ({error}); the same command goes on from here") from error
        finally:
            connection.close()


def list_local_files(path: Path) -> Sequence[LocalFile]:
    """Return what is to be sent of a path: a file itself, a folder's files by their paths with its name before them.

    Raises: Refused for a link, or for more files than are completed at a time.
    """
    if path.is_file():
        return (LocalFile(path.name, path),)
    files = tuple(LocalFile(f"{path.resolve().name}/{one.relative_to(path).as_posix()}", one) for one in _walk(path))
    if not 0 < len(files) <= FILES_MAX:
        raise Refused("TooManyFiles", f"{path}: {len(files)} files; up to {FILES_MAX} are sent one by one; pack a ZIP")
    return files


def _walk(folder: Path) -> Iterator[Path]:
    for one in sorted(folder.iterdir()):
        if is_noise(one.name):
            continue
        if one.is_symlink():
            raise Refused("LinkInDelivery", f"{one}: it is a symbolic link; deliver the file itself")
        if one.is_dir():
            yield from _walk(one)
        else:
            yield one


def _hash_file(place: Path) -> str:
    with place.open("rb") as source:
        return hashlib.file_digest(source, "sha256").hexdigest()


def _refuse(answer: Answer) -> Refused:
    try:
        body = json.loads(answer.body)
        return Refused(body.get("reason") or f"Http{answer.status}", str(body["error"]["message"]))
    except (ValueError, KeyError, TypeError, AttributeError):
        return Refused(f"Http{answer.status}", f"the installation answered {answer.status}")
