"""A track looked up over HTTP, against nginx sending one static file of the same size.

Ours is ``antiphon web --reads-only``, started by the command that ships: one worker on one core, a valid token in each
request and checked, the client's rate counted (its limit is out of reach), metrics on, an ETag made, takedowns in
force. It is asked for random tracks of 24,000 with ``?market=SE``, so each answer is found, judged and spliced. nginx
gets the same core and the same headers, and sends one hot file of the median size of those documents from its open-file
cache. wrk runs on the other core with the same settings for all. They are asked in turns, and of twelve rounds the five
count in which nginx was fastest: on a machine that others use, a round that slowed nginx alone once gave 0.97.

A third server, ours without the read path (``bench.constant``), shows how much of the distance is the read path's.

Before and after, the run ends unless what is measured is what ships: no token, no answer; an ETag that answers 304;
metrics that have counted what wrk asked.
"""

import re
import statistics
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from random import Random

import msgspec

from antiphon.access import Client, Tier, issue_access_token, load_signing_keys, make_signing_key
from bench.catalogues import SEED, PublishedNode, describe_residency, publish_node, warm_file
from bench.constant import Constant
from bench.results import Result
from bench.servers import SERVER_CORE, Fetched, fetch, find_port, load_with_wrk, run_nginx, run_server

TRACKS = 24_000
ROUNDS = 12
COUNTED = 5
"""Of the rounds, those in which nginx was fastest count: whatever slows nginx on a shared machine would flatter us."""
ROUND_S = 2
WARM_UP_S = 3
SAMPLED = 20_000
"""Random requests, made before wrk starts and then sent in order, over and over."""
COUNTED_WITHIN_S = 15.0
"""Workers hand their metrics over every 5 s."""

RATE = 1_000_000
"""requests a second the one client may make: it is counted like any other, and does not reach it."""

_HOP_HEADERS = {"connection", "date", "server", "content-length", "transfer-encoding"}
_COUNTED = re.compile(r'antiphon_reads_total\{operation="get_track",status="200"\} ([0-9.e+]+)')

_SCRIPT = """\
local requests, at = {}, 0
init = function(args)
  for path in io.lines("%s") do requests[#requests + 1] = wrk.format("GET", path) end
end
request = function()
  at = at %% #requests + 1
  return requests[at]
end
"""


def measure() -> list[Result]:
    """Return look-ups per second: ours against nginx, and ours against our constant."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        node = publish_node(folder / "data", TRACKS)
        return measure_node(node, folder)


def measure_node(node: PublishedNode, folder: Path) -> list[Result]:
    """Start the three servers and ask them in turns."""
    key, port, constant_port = make_signing_key(), find_port(), find_port()
    headers = {"Authorization": f"Bearer {issue_token(key)}"}
    script = write_script(node, folder)
    environment = {
        "ANTIPHON_SIGNING_KEY": key,
        "ANTIPHON_DATA": str(node.data),
        "ANTIPHON_BLOBS_URL": "",
        "ANTIPHON_RATE": str(RATE),
    }
    command = [sys.executable, "-m", "antiphon", "web", "--reads-only", "--port", str(port)]
    with run_server(command, port, environment=environment, core=SERVER_CORE):
        url = f"http://127.0.0.1:{port}"
        sample = check_configuration(url, node, headers)
        (folder / "constant.json").write_bytes(msgspec.json.encode(copy_answer(sample)))
        constant = [sys.executable, "-m", "bench.constant", str(constant_port), str(folder / "constant.json")]
        with (
            run_server(constant, constant_port, core=SERVER_CORE),
            run_nginx(sample.body, core=SERVER_CORE) as static_url,
        ):
            warm_file(node.documents)
            residency = describe_residency(node.documents)
            asked = load_with_wrk(url, seconds=WARM_UP_S, headers=headers, script=script) * WARM_UP_S
            constant_url = f"http://127.0.0.1:{constant_port}"
            rounds = [
                (
                    load_with_wrk(static_url, seconds=ROUND_S, headers=headers),
                    load_with_wrk(url, seconds=ROUND_S, headers=headers, script=script),
                    load_with_wrk(constant_url, seconds=ROUND_S, headers=headers, script=script),
                )
                for _ in range(ROUNDS)
            ]
        check_metrics(node, asked + sum(ours for _, ours, _ in rounds) * ROUND_S)
    nginx, ours, constants = zip(*sorted(rounds, reverse=True)[:COUNTED], strict=True)
    note = f"{len(sample.body)} bytes each; {residency} at the start, {describe_residency(node.documents)} at the end"
    return [
        Result(
            name="lookup_http",
            against="nginx, one static file of the same size",
            unit="requests/s",
            ours=ours,
            reference=nginx,
            bar=0.35,
            note=note,
        ),
        Result(
            name="lookup_http_overhead",
            against="our server, a constant with the same headers",
            unit="requests/s",
            ours=ours,
            reference=constants,
        ),
    ]


def issue_token(key: str) -> str:
    """Return an access token of a premium client."""
    client = Client(client_id="bench", name="Benchmark", secret_hash="", tier=Tier.PREMIUM)
    return issue_access_token(load_signing_keys(key), client, datetime.now(UTC))


def write_script(node: PublishedNode, folder: Path) -> Path:
    """Write wrk's script and the random requests it sends; return the script."""
    chance = Random(SEED)
    paths = folder / "paths.txt"
    paths.write_text("".join(f"/v1/tracks/{chance.choice(node.track_ids)}?market=SE\n" for _ in range(SAMPLED)))
    script = folder / "requests.lua"
    script.write_text(_SCRIPT % paths)
    return script


def check_configuration(url: str, node: PublishedNode, headers: dict[str, str]) -> Fetched:
    """End the run unless tokens are checked and ETags made; return the answer of median size among some."""
    track_url = f"{url}/v1/tracks/{node.track_ids[0]}?market=SE"
    if fetch(track_url, {}).status != 401:
        sys.exit(f"{track_url} answers without a token: this is not what ships")
    answers = [fetch(f"{url}/v1/tracks/{i}?market=SE", headers) for i in node.track_ids[:: TRACKS // 200]]
    if any(answer.status != 200 or "etag" not in answer.headers for answer in answers):
        sys.exit("a track was not found, or came without an ETag: this is not what ships")
    if fetch(track_url, {**headers, "If-None-Match": answers[0].headers["etag"]}).status != 304:
        sys.exit(f"{track_url} does not honour its ETag: this is not what ships")
    playable = statistics.mean(b'"is_playable":true' in answer.body for answer in answers)
    if not 0.9 < playable <= 1:
        sys.exit(f"{playable:.0%} of the tracks are playable in SE; expected nearly all: the catalogue is wrong")
    return sorted(answers, key=lambda answer: len(answer.body))[len(answers) // 2]


def copy_answer(answer: Fetched) -> Constant:
    """Return an answer of ours as a constant, without the headers the server itself adds."""
    kept = [(name, value) for name, value in answer.headers.items() if name not in _HOP_HEADERS]
    return Constant([*kept, ("content-length", str(len(answer.body)))], answer.body)


def check_metrics(node: PublishedNode, asked: float) -> None:
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
