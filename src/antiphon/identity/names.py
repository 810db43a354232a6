"""Names of parties in the forms two of them are compared in."""

import unicodedata

from antiphon.identity.titles import split_words


def normalise_name(name: str) -> str:
    """Return a name less differences of case, width and white space; accents and punctuation make a difference."""
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


def loosen_name(name: str) -> str:
    """Return a name less everything senders spell now so, now so: accents, punctuation, "The" in front; maybe empty."""
    words = split_words(name)
    return " ".join(words[1:] if len(words) > 1 and words[0] == "the" else words)
