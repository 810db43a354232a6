"""A real object store on loopback: Ceph's radosgw with a monitor and one daemon that keeps all in memory.

From Debian's packages radosgw, ceph-mon and ceph-osd (``scripts/system fault``). Without them whoever asks is skipped.
Nobody is asked for a key inside: the daemons listen on loopback alone, and end with the block.
"""

import base64
import contextlib
import hashlib
import hmac
import http.client
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from email.utils import formatdate
from pathlib import Path
from uuid import uuid4

import msgspec
import pytest

from tests.system.installation import find_port

PROGRAMS = ("ceph", "ceph-mon", "ceph-osd", "monmaptool", "radosgw", "radosgw-admin")
MISSING = "no Ceph here: run `scripts/system fault` as root on Debian"

ACCESS_KEY, SECRET_KEY, REGION = "TESTERSACCESSKEY", "TESTERSSECRETKEYTESTERSSECRETKEY", "us-east-1"
BUCKET = "antiphon"

START_WITHIN_S = 120.0

CONFIGURATION = """\
[global]
fsid = {fsid}
mon initial members = a
mon host = {monitor}
public addr = 127.0.0.1
cluster addr = 127.0.0.1
public network = 127.0.0.0/8
cluster network = 127.0.0.0/8
auth cluster required = none
auth service required = none
auth client required = none
osd pool default size = 1
osd pool default min size = 1
osd pool default pg num = 4
osd crush chooseleaf type = 0
mon allow pool size one = true
mon max pg per osd = 1000
mon data = {folder}/mon
osd data = {folder}/osd
osd objectstore = memstore
memstore device bytes = 1073741824
run dir = {folder}
crash dir = {folder}
admin socket = {folder}/$name.asok
log file = {folder}/$name.log
keyring = {folder}/no-keyring
pid file =
[osd]
ms mon client mode = crc secure
[client]
ms mon client mode = crc secure
[client.rgw.a]
ms mon client mode = crc secure
rgw data = {folder}/rgw
rgw frontends = beast endpoint=127.0.0.1:{port} tcp_nodelay=1
"""
"""Without keys the clients hang unless their mode is said in sections of their own; without ``tcp_nodelay`` each GET
waits for 40 ms."""


class ObjectStore(msgspec.Struct, frozen=True):
    """A store that runs. ``environment`` is what ``open_blobs`` needs to reach ``s3://`` in it."""

    port: int

    @property
    def environment(self) -> Mapping[str, str]:
        return {
            "AWS_ENDPOINT": f"http://127.0.0.1:{self.port}",
            "AWS_ALLOW_HTTP": "true",
            "AWS_ACCESS_KEY_ID": ACCESS_KEY,
            "AWS_SECRET_ACCESS_KEY": SECRET_KEY,
            "AWS_REGION": REGION,
        }


@contextlib.contextmanager
def run_radosgw() -> Iterator[ObjectStore]:
    """Run a store with an empty bucket on loopback until the block ends; skip where its programs are missing."""
    if not all(shutil.which(program) for program in PROGRAMS):
        pytest.skip(MISSING)
    with tempfile.TemporaryDirectory(prefix="antiphon-radosgw-") as temporary, contextlib.ExitStack() as daemons:
        folder, port, fsid, daemon = Path(temporary), find_port(), uuid4(), uuid4()
        monitor = f"[v2:127.0.0.1:{find_port()},v1:127.0.0.1:{find_port()}]"
        for part in ("mon", "osd", "rgw"):
            (folder / part).mkdir()
        configuration = folder / "ceph.conf"
        configuration.write_text(CONFIGURATION.format(fsid=fsid, monitor=monitor, folder=folder, port=port))
        conf = ("-c", str(configuration))
        _do("monmaptool", "--create", "--fsid", str(fsid), "--addv", "a", monitor, str(folder / "monmap"))
        _do("ceph-mon", *conf, "--mkfs", "-i", "a", "--monmap", str(folder / "monmap"))
        daemons.enter_context(_running(folder, "ceph-mon", *conf, "-f", "-i", "a"))
        _do("ceph", *conf, "osd", "new", str(daemon))
        _do("ceph-osd", *conf, "-i", "0", "--mkfs", "--osd-uuid", str(daemon))
        daemons.enter_context(_running(folder, "ceph-osd", *conf, "-f", "-i", "0"))
        keys = ("--access-key", ACCESS_KEY, "--secret-key", SECRET_KEY)
        _do("radosgw-admin", *conf, "user", "create", "--uid", "tester", "--display-name", "tester", *keys)
        daemons.enter_context(_running(folder, "radosgw", *conf, "-f", "-n", "client.rgw.a"))
        _make_bucket(port)
        yield ObjectStore(port)


def _do(*command: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=START_WITHIN_S)
    assert done.returncode == 0, done.stderr + done.stdout


@contextlib.contextmanager
def _running(folder: Path, *command: str) -> Iterator[None]:
    with (folder / f"{command[0]}.out").open("wb") as output:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=output, stderr=output)
    try:
        yield
    finally:
        process.kill()
        process.wait()


def _make_bucket(port: int) -> None:
    """Make the bucket as soon as the store answers. Source: the signature of version 2, which it still takes."""
    deadline_s = time.monotonic() + START_WITHIN_S
    while True:
        date = formatdate(usegmt=True)
        digest = hmac.new(SECRET_KEY.encode(), f"PUT\n\n\n{date}\n/{BUCKET}".encode(), hashlib.sha1).digest()
        signature = base64.b64encode(digest).decode()
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        with contextlib.closing(connection), contextlib.suppress(OSError, http.client.HTTPException):
            headers = {"Date": date, "Authorization": f"AWS {ACCESS_KEY}:{signature}", "Content-Length": "0"}
            connection.request("PUT", f"/{BUCKET}", headers=headers)
            answer = connection.getresponse()
            said = answer.read()
            assert answer.status == 200, said
            return
        assert time.monotonic() < deadline_s, "the object store does not answer"
        time.sleep(0.1)
