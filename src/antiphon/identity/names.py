"""Names of parties in the form two of them are compared in."""

import unicodedata


def normalise_name(name: str) -> str:
    """Return a name less differences of case, width and white space; accents and punctuation make a difference."""
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())
