"""The genres the catalogue knows, in our own words, and what senders write for them.

A list short enough to browse by: what is finer belongs into SubGenre, which is free. Compared without case, white space
and punctuation, and "&" counts as "and"; several of the list in one field are taken for the first.
"""

import re
from difflib import get_close_matches
from functools import lru_cache

KARAOKE = "Karaoke"
SOUNDTRACK = "Soundtrack"

GENRES: tuple[str, ...] = (
    "Acoustic",
    "African",
    "Afro-Pop",
    "Afrobeats",
    "Alternative",
    "Amapiano",
    "Ambient",
    "Americana",
    "Anime",
    "Arabic",
    "Asian",
    "Audiobook",
    "Bachata",
    "Balkan",
    "Big Band",
    "Bluegrass",
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
    "Devotional",
    "Disco",
    "Downtempo",
    "Drill",
    "Drum and Bass",
    "Dub",
    "Dubstep",
    "Easy Listening",
    "Electronic",
    "Emo",
    "Enka",
    "Experimental",
    "Fado",
    "Field Recording",
    "Fitness",
    "Flamenco",
    "Folk",
    "French Pop",
    "Funk",
    "Garage",
    "German Folk",
    "German Pop",
    "Gospel",
    "Grime",
    "Hard Rock",
    "Hardcore",
    "Hip Hop",
    "Holiday",
    "House",
    "Indian",
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
    "Meditation",
    "Merengue",
    "Metal",
    "Musical",
    "New Age",
    "New Wave",
    "Novel",
    "Nu Disco",
    "Oldies",
    "Opera",
    "Podcast",
    "Poetry",
    "Polka",
    "Pop",
    "Post-Punk",
    "Progressive Rock",
    "Psychedelic",
    "Punk",
    "Qawwali",
    "R&B",
    "Radio Play",
    "Rai",
    "Rap",
    "Reggae",
    "Reggaeton",
    "Regional Mexican",
    "Relaxation",
    "Religious",
    "Rock",
    "Rock and Roll",
    "Russian",
    "Salsa",
    "Samba",
    "Schlager",
    "Shoegaze",
    "Singer-Songwriter",
    "Ska",
    "Soul",
    "Sound Effects",
    SOUNDTRACK,
    "Spoken Word",
    "Swing",
    "Synth-Pop",
    "Tango",
    "Techno",
    "Traditional",
    "Trance",
    "Trap",
    "Trip Hop",
    "Tropical",
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
    "mpb": "Brazilian",
    "brazilianpopularmusic": "Brazilian",
    "mandopop": "C-Pop",
    "cantopop": "C-Pop",
    "latinurban": "Latin",
    "urbanolatino": "Latin",
    "cancion": "Latin",
    "canción": "Latin",
    "músicamexicana": "Regional Mexican",
    "hörspiel": "Radio Play",
    "hörbuch": "Audiobook",
    "broadway": "Musical",
    "stageandscreen": SOUNDTRACK,
    "originalscore": SOUNDTRACK,
    "filmscore": SOUNDTRACK,
    "spoken": "Spoken Word",
    "speech": "Spoken Word",
    "workout": "Fitness",
    "rocknroll": "Rock and Roll",
    "variétéfrançaise": "French Pop",
    "chansonfrançaise": "Chanson",
    "hindi": "Indian",
    "tamil": "Indian",
    "punjabi": "Indian",
    "children": "Children's Music",
    "worldbeat": "World",
    "bluesrock": "Rock",
}
"""What senders call genres of the list, in compared form."""

_SEPARATORS = (re.compile(r"[/,;|]"), re.compile(r"[/,;|&]|\s+and\s+", re.I))
"""What senders put between several genres; a slash before an "&", which may be part of one ("Soul/R&B")."""

GENRE_LENGTH_READ = 100
"""Characters of a genre that are looked at, and kept: a whole row of them is shorter."""

GENRES_REMEMBERED = 1_000
"""Genre texts kept looked up; messages repeat a few."""


def find_genre(text: str) -> str:
    """Return the genre of the list that a sender's word means, of several ("Pop/Rock") the first; empty: none."""
    return _find_genre(text[:GENRE_LENGTH_READ])


def suggest_genres(text: str) -> tuple[str, ...]:
    """Return up to three genres of the list that are written nearly so or are part of it, the nearest first."""
    return _suggest_genres(text[:GENRE_LENGTH_READ])


@lru_cache(maxsize=GENRES_REMEMBERED)
def _find_genre(text: str) -> str:
    known = _known()
    whole = known.get(_key(text)) or known.get(_key(text).removesuffix("music"))
    if whole:
        return whole
    for separator in _SEPARATORS:
        parts = [known.get(_key(part)) for part in separator.split(text) if part.strip()]
        if parts and all(parts):
            return parts[0] or ""
    return ""


@lru_cache(maxsize=GENRES_REMEMBERED)
def _suggest_genres(text: str) -> tuple[str, ...]:
    known = _known()
    key = _key(text)
    near = get_close_matches(key, list(known), n=3, cutoff=0.8)
    parts = [name for name in known if len(name) > 2 and name in key]
    keys = [*near, *sorted(parts, key=len, reverse=True)]
    return tuple(dict.fromkeys(known[name] for name in keys))[:3]


@lru_cache(maxsize=1)
def _known() -> dict[str, str]:
    return {_key(name): name for name in GENRES} | _ALSO


def _key(text: str) -> str:
    return "".join(character for character in text.casefold().replace("&", "and") if character.isalnum())
