"""The genres the catalogue knows, in our own words, and what senders write for them.

A list short enough to browse by: what is finer belongs into SubGenre, which is free. Compared without case, white space
and punctuation, and "&" counts as "and".
"""

from difflib import get_close_matches
from functools import lru_cache

KARAOKE = "Karaoke"
SOUNDTRACK = "Soundtrack"

GENRES: tuple[str, ...] = (
    "Acoustic",
    "African",
    "Afrobeats",
    "Alternative",
    "Amapiano",
    "Ambient",
    "Americana",
    "Arabic",
    "Asian",
    "Audiobook",
    "Balkan",
    "Blues",
    "Bollywood",
    "Bossa Nova",
    "Brazilian",
    "Breakbeat",
    "C-Pop",
    "Caribbean",
    "Celtic",
    "Chanson",
    "Children's Music",
    "Chill-Out",
    "Choral",
    "Christian and Gospel",
    "Classical",
    "Comedy",
    "Country",
    "Cumbia",
    "Dance",
    "Dancehall",
    "Disco",
    "Downtempo",
    "Drum and Bass",
    "Dub",
    "Dubstep",
    "Easy Listening",
    "Electronic",
    "Experimental",
    "Fado",
    "Field Recording",
    "Flamenco",
    "Folk",
    "French Pop",
    "Funk",
    "Garage",
    "German Folk",
    "German Pop",
    "Gospel",
    "Hard Rock",
    "Hardcore",
    "Hip Hop",
    "Holiday",
    "House",
    "Indian Classical",
    "Indie",
    "Indie Folk",
    "Indie Pop",
    "Indie Rock",
    "Industrial",
    "Inspirational",
    "Instrumental",
    "J-Pop",
    "Jazz",
    "K-Pop",
    KARAOKE,
    "Klezmer",
    "Latin",
    "Lo-Fi",
    "Lounge",
    "Mantra",
    "Metal",
    "Meditation",
    "Musical",
    "New Age",
    "New Wave",
    "Novel",
    "Nu Disco",
    "Opera",
    "Poetry",
    "Polka",
    "Pop",
    "Progressive Rock",
    "Psychedelic",
    "Punk",
    "R&B",
    "Radio Play",
    "Rap",
    "Reggae",
    "Reggaeton",
    "Relaxation",
    "Religious",
    "Rock",
    "Salsa",
    "Samba",
    "Schlager",
    "Singer-Songwriter",
    "Ska",
    "Soul",
    "Sound Effects",
    SOUNDTRACK,
    "Spoken Word",
    "Swing",
    "Tango",
    "Techno",
    "Traditional",
    "Trance",
    "Trap",
    "Trip Hop",
    "Turkish",
    "Video Game",
    "Vocal",
    "World",
)
"""Every genre, alphabetical."""

_ALSO = {
    "alternativerock": "Alternative",
    "rhythmandblues": "R&B",
    "rnb": "R&B",
    "randbsoul": "R&B",
    "hiphoprap": "Hip Hop",
    "raphiphop": "Hip Hop",
    "urban": "Hip Hop",
    "electronica": "Electronic",
    "edm": "Electronic",
    "electro": "Electronic",
    "christian": "Christian and Gospel",
    "christiangospel": "Christian and Gospel",
    "childrens": "Children's Music",
    "kids": "Children's Music",
    "ost": SOUNDTRACK,
    "soundtracks": SOUNDTRACK,
    "filmmusic": SOUNDTRACK,
    "score": SOUNDTRACK,
    "dnb": "Drum and Bass",
    "drumnbass": "Drum and Bass",
    "worldmusic": "World",
    "heavymetal": "Metal",
    "popmusic": "Pop",
    "rockmusic": "Rock",
    "deutschpop": "German Pop",
    "volksmusik": "German Folk",
    "classicalmusic": "Classical",
    "musicals": "Musical",
    "christmas": "Holiday",
    "afrobeat": "Afrobeats",
    "audiobooks": "Audiobook",
    "spokenaudio": "Spoken Word",
    "indiealternative": "Indie",
    "alternativeindie": "Indie",
    "dancehouse": "House",
}
"""What senders call genres of the list, in compared form."""

GENRES_REMEMBERED = 1_000
"""Genre texts kept looked up; messages repeat a few."""


@lru_cache(maxsize=GENRES_REMEMBERED)
def find_genre(text: str) -> str:
    """Return the genre of the list that a sender's word means; empty: none."""
    return _known().get(_key(text), "")


@lru_cache(maxsize=GENRES_REMEMBERED)
def suggest_genres(text: str) -> tuple[str, ...]:
    """Return up to three genres of the list that are written nearly so or are part of it, the nearest first."""
    known = _known()
    key = _key(text)
    near = get_close_matches(key[:50], list(known), n=3, cutoff=0.8)
    parts = [name for name in known if len(name) > 2 and name in key]
    keys = [*near, *sorted(parts, key=len, reverse=True)]
    return tuple(dict.fromkeys(known[name] for name in keys))[:3]


@lru_cache(maxsize=1)
def _known() -> dict[str, str]:
    return {_key(name): name for name in GENRES} | _ALSO


def _key(text: str) -> str:
    return "".join(character for character in text.casefold().replace("&", "and") if character.isalnum())
