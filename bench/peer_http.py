"""Our node beside supysonic on the same library: one track, one album with its tracks, one search for a word.

Both get one worker process on one core, wrk gets the other core with eight connections, and they are asked in turns
for random tracks, albums and words. The library is 10,000 tracks: a folder of tagged MP3 files for supysonic, the same
titles, albums and artists as documents for us. Each answers in its own form. Ours says more of each track (rights,
ISRC, covers). A search finds up to seven of each kind, where supysonic is asked for five artists, five albums and ten
songs. We check a token, it checks a password.
"""

import sys
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path
from random import Random

from antiphon.access import make_signing_key
from antiphon.model.entities import Album
from bench.catalogues import SEED, WORDS, invent_albums, publish_albums
from bench.lookup_http import issue_token
from bench.results import Result
from bench.servers import SERVER_CORE, fetch, find_port, load_with_wrk, run_server
from bench.supysonic import Supysonic, run_supysonic
from bench.tagged_files import write_library
from bench.wrk_requests import write_requests

ALBUMS = 834
"""of twelve tracks: 10,008."""
ROUNDS = 5
ROUND_S = 4
CONNECTIONS = 8
SAMPLED = 5_000
RATE = 1_000_000
BARS = {"track": 40, "album": 100, "search": 50}
"""How many times the peer's requests a second ours must be."""

COMPILED_PEER = {"track": 1671.0, "album": 384.0, "search": 410.0}
"""requests/s of a catalogue server in C++, measured elsewhere: two shared cores, eight connections."""
TIMES_COMPILED = 5


def measure() -> list[Result]:
    """Return requests per second for each kind of question, ours against the peer's."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        albums = list(invent_albums(ALBUMS))
        publish_albums(folder / "data", albums, with_artists=True)
        write_library(albums, folder / "library")
        with run_supysonic(folder / "library", folder / "supysonic", core=SERVER_CORE) as peer:
            return measure_beside(peer, albums, folder)


def measure_beside(peer: Supysonic, albums: list[Album], folder: Path) -> list[Result]:
    """Start our node and ask both in turns."""
    key, port = make_signing_key(), find_port()
    environment = {
        "ANTIPHON_SIGNING_KEY": key,
        "ANTIPHON_DATA": str(folder / "data"),
        "ANTIPHON_BLOBS_URL": "",
        "ANTIPHON_RATE": str(RATE),
    }
    command = [sys.executable, "-m", "antiphon", "web", "--reads-only", "--port", str(port)]
    with run_server(command, port, environment=environment, core=SERVER_CORE):
        url, headers = f"http://127.0.0.1:{port}", {"Authorization": f"Bearer {issue_token(key)}"}
        questions = list(zip(ask_us(albums), ask_peer(peer), strict=True))
        results: list[Result] = []
        for (name, ours), (_, theirs) in questions:
            check_answers(url, ours, headers)
            check_answers(peer.url, theirs, {})
            our_script = write_requests(ours, folder, f"ours-{name}")
            their_script = write_requests(theirs, folder, f"theirs-{name}")
            rounds = [
                (
                    load_with_wrk(url, seconds=ROUND_S, connections=CONNECTIONS, headers=headers, script=our_script),
                    load_with_wrk(peer.url, seconds=ROUND_S, connections=CONNECTIONS, headers={}, script=their_script),
                )
                for _ in range(ROUNDS)
            ]
            results += report(name, [pair[0] for pair in rounds], [pair[1] for pair in rounds])
        return results


def ask_us(albums: list[Album]) -> Iterable[tuple[str, list[str]]]:
    """Return the paths of each kind of question to us."""
    tracks = [track.id for album in albums for track in album.tracks]
    yield "track", sample(lambda chance: f"/v1/tracks/{chance.choice(tracks)}?market=SE")
    yield "album", sample(lambda chance: f"/v1/albums/{chance.choice(albums).id}?market=SE")
    yield (
        "search",
        sample(lambda chance: f"/v1/search?q={chance.choice(WORDS)}&type=artist,album,track&limit=7&market=SE"),
    )


def ask_peer(peer: Supysonic) -> Iterable[tuple[str, list[str]]]:
    """Return the paths of each kind of question to the peer."""
    albums = peer.list_albums()
    songs = [song for album in albums for song in peer.list_songs(album)]
    if len(songs) != ALBUMS * 12:
        sys.exit(
            f"supysonic has {len(songs)} songs in {len(albums)} albums; expected {ALBUMS * 12}: not the same library"
        )
    yield "track", sample(lambda chance: peer.path("getSong", id=chance.choice(songs)))
    yield "album", sample(lambda chance: peer.path("getAlbum", id=chance.choice(albums)))
    counts = {"artistCount": 5, "albumCount": 5, "songCount": 10}
    yield "search", sample(lambda chance: peer.path("search3", query=chance.choice(WORDS), **counts))


def sample(make: Callable[[Random], str]) -> list[str]:
    """Return random paths, always the same."""
    chance = Random(SEED)
    return [make(chance) for _ in range(SAMPLED)]


def check_answers(url: str, paths: list[str], headers: dict[str, str]) -> None:
    """End the run unless some of the paths are answered well: also warms the server."""
    for path in paths[:50]:
        answer = fetch(url + path, headers)
        if answer.status != 200 or b'"status":"failed"' in answer.body.replace(b" ", b""):
            sys.exit(f"{url}{path} answers {answer.status}: {answer.body[:200]!r}")


def report(name: str, ours: list[float], theirs: list[float]) -> list[Result]:
    """Return the ratio to the peer, and our rate against what the compiled one did."""
    return [
        Result(
            name=f"peer_{name}",
            against="supysonic 0.7.9, the same library",
            unit="requests/s",
            ours=tuple(ours),
            reference=tuple(theirs),
            bar=BARS[name],
        ),
        Result(
            name=f"compiled_peer_{name}",
            against="a server in C++, as measured elsewhere",
            unit="requests/s",
            ours=tuple(ours),
            reference=(COMPILED_PEER[name],) * len(ours),
            bar=TIMES_COMPILED,
            note="the reference is a figure, not a run: two shared cores there, one here",
        ),
    ]
