"""Tracks, albums and batches looked up over HTTP in a catalogue of a million tracks, against nginx sending a file.

Ours is ``antiphon web --reads-only``, started by the command that ships: one worker on one core, a valid token in each
request and checked, the client's rate counted (its limit is out of reach), metrics on, an ETag made, takedowns in
force. It is asked for random tracks of a million with ``?market=SE``, so each answer is found, judged and spliced; for
one album of twenty tracks, as nginx sends one file, and for random ones; and for batches. nginx gets the same core and
the same headers, and sends one hot file of the median size of those answers from its open-file cache. wrk runs on the
other core with the same settings for all. They are asked in turns, and of twelve rounds the five count in which nginx
was fastest: on a machine that others use, a round that slowed nginx alone once gave 0.97. (For batches, those in which
single look-ups were.)

A third server, ours without the read path (``bench.constant``), shows how much of the distance is the read path's.

Before and after, the run ends unless what is measured is what ships: no token, no answer; a client over its rate is
told to wait; an ETag that answers 304; a market without rights that may not play; metrics that have counted what wrk
asked. How much of the documents is in memory is noted before and after: a figure taken with cold pages is the disk's.

``BENCH_TRACKS`` is how many tracks there are.
"""

import contextlib
import itertools
import os
import re
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from random import Random

import msgspec

from antiphon.access import Client, Tier, issue_access_token, load_signing_keys, make_signing_key
from bench.catalogues import SEED, describe_residency, warm_file
from bench.constant import Constant
from bench.large_node import LargeNode, fill_node
from bench.results import Result
from bench.servers import SERVER_CORE, Fetched, fetch, find_port, load_with_wrk, run_nginx, run_server
from bench.wrk_requests import write_requests

TRACKS = int(os.environ.get("BENCH_TRACKS", "1_000_000"))
ROUNDS = 12
COUNTED = 5
"""Of the rounds, those in which the reference was fastest count: whatever slows it on a shared machine flatters us."""
ROUND_S = 2
WARM_UP_S = 3
SAMPLED_TRACKS = 100_000
SAMPLED_ALBUMS = 20_000
SAMPLED_BATCHES = 2_000
"""Random requests, made before wrk starts and then sent in order, over and over: about as many as a round answers."""
BATCH = 50
LOOKED_AT = 200
"""Answers fetched beforehand: nginx sends the one of median size."""
COUNTED_WITHIN_S = 15.0
"""Workers hand their metrics over every 5 s."""

RATE = 1_000_000
"""requests a second the one client may make: it is counted like any other, and does not reach it."""

_HOP_HEADERS = {"connection", "date", "server", "content-length", "transfer-encoding"}
_COUNTED = re.compile(r'antiphon_reads_total\{operation="get_track",status="200"\} ([0-9.e+]+)')


class Served(msgspec.Struct, frozen=True, kw_only=True):
    """Our server on a node: its address, what every request carries, and a folder for what the run writes."""

    node: LargeNode
    url: str
    headers: dict[str, str]
    folder: Path

    def fetch(self, path: str, **headers: str) -> Fetched:
        """Return the answer to one GET with the token."""
        return fetch(self.url + path, {**self.headers, **headers})


class Load(msgspec.Struct, frozen=True):
    """One server, and a script that asks it for random things; None: for the one thing its address names."""

    url: str
    script: Path | None = None

    def ask(self, headers: dict[str, str], seconds: int = ROUND_S) -> float:
        """Return how many requests a second it answers."""
        return load_with_wrk(self.url, seconds=seconds, headers=headers, script=self.script)


def measure() -> list[Result]:
    """Return look-ups a second: tracks, albums and batches."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        return measure_node(fill_node(folder / "data", TRACKS), folder)


def measure_node(node: LargeNode, folder: Path) -> list[Result]:
    """Start our server on a node and measure it."""
    with serve(node, folder) as served:
        check_configuration(served)
        warm_file(node.documents)
        before = describe_residency(node.documents)
        tracks, asked = measure_tracks(served)
        albums = measure_albums(served)
        batches, asked_beside = measure_batches(served)
        check_metrics(node, asked + asked_beside)
    note = f"{node.tracks:,} tracks; {before} at the start, {describe_residency(node.documents)} at the end"
    return [msgspec.structs.replace(result, note=f"{result.note}{note}") for result in (*tracks, *albums, batches)]


@contextlib.contextmanager
def serve(node: LargeNode, folder: Path, rate: int = RATE) -> Iterator[Served]:
    """Run our server on a node as it ships."""
    key, port = make_signing_key(), find_port()
    environment = {
        "ANTIPHON_SIGNING_KEY": key,
        "ANTIPHON_DATA": str(node.data),
        "ANTIPHON_BLOBS_URL": "",
        "ANTIPHON_RATE": str(rate),
    }
    command = [sys.executable, "-m", "antiphon", "web", "--reads-only", "--port", str(port)]
    with run_server(command, port, environment=environment, core=SERVER_CORE):
        headers = {"Authorization": f"Bearer {issue_token(key)}"}
        yield Served(node=node, url=f"http://127.0.0.1:{port}", headers=headers, folder=folder)


def issue_token(key: str) -> str:
    """Return an access token of a premium client."""
    client = Client(client_id="bench", name="Benchmark", secret_hash="", tier=Tier.PREMIUM)
    return issue_access_token(load_signing_keys(key), client, datetime.now(UTC))


def measure_tracks(served: Served) -> tuple[list[Result], float]:
    """Return tracks against nginx and against our constant, and how many were asked for."""
    chance, node = Random(SEED), served.node
    paths = [track_path(node, chance.randrange(node.tracks)) for _ in range(SAMPLED_TRACKS)]
    sample = find_sample(served, paths)
    with run_constant(sample, served.folder) as constant, run_nginx(sample.body, core=SERVER_CORE) as static:
        script = write_requests(paths, served.folder, "tracks")
        ours = Load(served.url, script)
        asked = ours.ask(served.headers, WARM_UP_S) * WARM_UP_S
        rounds = ask_in_turns(served, [Load(static), ours, Load(constant, script)])
        asked += sum(figures[1] for figures in rounds) * ROUND_S
    nginx, tracks, constants = choose_rounds(rounds)
    note = f"{len(sample.body)} bytes each; "
    against_nginx = Result(
        name="lookup_http",
        against="nginx, one static file of the same size",
        unit="requests/s",
        ours=tracks,
        reference=nginx,
        bar=0.4,
        note=note,
    )
    against_constant = Result(
        name="lookup_http_overhead",
        against="our server, a constant with the same headers",
        unit="requests/s",
        ours=tracks,
        reference=constants,
        bar=0.75,
        note=note,
    )
    return [against_nginx, against_constant], asked


def measure_albums(served: Served) -> list[Result]:
    """Return one album of twenty tracks against nginx, which sends one file too, and beside it random ones."""
    chance, node = Random(SEED), served.node
    paths = [f"/v1/albums/{node.album_id(chance.randrange(node.albums))}?market=SE" for _ in range(SAMPLED_ALBUMS)]
    sample = find_sample(served, paths)
    hot = next(path for path in paths if served.fetch(path).body == sample.body)
    with run_nginx(sample.body, core=SERVER_CORE) as static:
        random = Load(served.url, write_requests(paths, served.folder, "albums"))
        random.ask(served.headers, WARM_UP_S)
        nginx, one, many = choose_rounds(ask_in_turns(served, [Load(static), Load(served.url + hot), random]))
    shared = Result(
        name="album_http",
        against="nginx, one static file of the same size",
        unit="requests/s",
        ours=one,
        reference=nginx,
        bar=0.35,
        note=f"{len(sample.body)} bytes each; ",
    )
    return [shared, msgspec.structs.replace(shared, name="album_http_random", ours=many, bar=None)]


def measure_batches(served: Served) -> tuple[Result, float]:
    """Return the tracks a second of batches against those of single look-ups, and how many of these were asked for."""
    chance, node = Random(SEED), served.node
    paths = [track_path(node, chance.randrange(node.tracks)) for _ in range(SAMPLED_TRACKS)]
    single = Load(served.url, write_requests(paths, served.folder, "singles"))
    together = Load(served.url, write_requests(draw_batches(node, chance), served.folder, "batches"))
    asked = single.ask(served.headers, WARM_UP_S) * WARM_UP_S
    together.ask(served.headers, WARM_UP_S)
    rounds = ask_in_turns(served, [single, together])
    singles, batches = choose_rounds(rounds)
    result = Result(
        name="batch_http",
        against="single look-ups",
        unit="tracks/s",
        ours=tuple(BATCH * rate for rate in batches),
        reference=singles,
        bar=4,
        note=f"{BATCH} ids each; ",
    )
    return result, asked + sum(figures[0] for figures in rounds) * ROUND_S


def track_path(node: LargeNode, number: int) -> str:
    """Return the request for a track in SE."""
    return f"/v1/tracks/{node.track_id(number)}?market=SE"


def draw_batches(node: LargeNode, chance: Random) -> Iterator[str]:
    """Yield requests for batches of random tracks."""
    for _ in range(SAMPLED_BATCHES):
        ids = ",".join(node.track_id(chance.randrange(node.tracks)) for _ in range(BATCH))
        yield f"/v1/tracks?ids={ids}&market=SE"


def ask_in_turns(served: Served, loads: Sequence[Load]) -> list[tuple[float, ...]]:
    """Return what each server answered a second, round by round."""
    return [tuple(load.ask(served.headers) for load in loads) for _ in range(ROUNDS)]


def choose_rounds(rounds: Sequence[tuple[float, ...]]) -> tuple[tuple[float, ...], ...]:
    """Return the figures of each server in the rounds that count."""
    return tuple(zip(*sorted(rounds, reverse=True)[:COUNTED], strict=True))


@contextlib.contextmanager
def run_constant(sample: Fetched, folder: Path) -> Iterator[str]:
    """Run the server that sends one answer of ours again and again; give its URL."""
    port, file = find_port(), folder / "constant.json"
    kept = [(name, value) for name, value in sample.headers.items() if name not in _HOP_HEADERS]
    constant = Constant([*kept, ("content-length", str(len(sample.body)))], sample.body)
    file.write_bytes(msgspec.json.encode(constant))
    with run_server([sys.executable, "-m", "bench.constant", str(port), str(file)], port, core=SERVER_CORE):
        yield f"http://127.0.0.1:{port}"


def find_sample(served: Served, paths: Sequence[str]) -> Fetched:
    """Return the answer of median size to some of the requests; end the run unless all are good ones."""
    answers = [served.fetch(path) for path in paths[:LOOKED_AT]]
    if any(answer.status != 200 or "etag" not in answer.headers for answer in answers):
        sys.exit("something was not found, or came without an ETag: this is not what ships")
    playable = statistics.mean(b'"is_playable":true' in answer.body for answer in answers)
    if not 0.9 < playable <= 1:
        sys.exit(f"{playable:.0%} of what was asked for plays in SE; expected nearly all: the catalogue is wrong")
    return sorted(answers, key=lambda answer: len(answer.body))[len(answers) // 2]


def check_configuration(served: Served) -> None:
    """End the run unless tokens are checked, rates limited, ETags honoured and markets evaluated."""
    path = track_path(served.node, 0)
    if fetch(served.url + path, {}).status != 401:
        sys.exit(f"{path} answers without a token: this is not what ships")
    first = served.fetch(path)
    if served.fetch(path, **{"If-None-Match": first.headers.get("etag", "")}).status != 304:
        sys.exit(f"{path} does not honour its ETag: this is not what ships")
    elsewhere = served.fetch(path.replace("market=SE", "market=JP"))
    if b'"is_playable":false' not in elsewhere.body:
        sys.exit(f"{path} plays in JP, where nobody has rights: this is not what ships")
    with serve(served.node, served.folder, rate=1) as hurried:
        statuses = (hurried.fetch(path).status for _ in itertools.repeat(None, 50))
        if 429 not in statuses:
            sys.exit("a client over its rate is not told to wait: this is not what ships")


def check_metrics(node: LargeNode, asked: float) -> None:
    """End the run unless the node's metrics have counted what was asked of it."""
    deadline_s = time.monotonic() + COUNTED_WITHIN_S
    counted = 0.0
    while time.monotonic() < deadline_s:
        texts = [path.read_text() for path in (node.data / "metrics").glob("web-*.prom")]
        counted = sum(float(found) for text in texts for found in _COUNTED.findall(text))
        if counted >= 0.98 * asked:
            return
        time.sleep(0.5)
    sys.exit(f"the metrics have counted {counted:,.0f} reads of {asked:,.0f}: this is not what ships")
