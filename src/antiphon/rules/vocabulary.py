"""What elements are called in the version a message is written in, for findings that say what to write."""

from typing import NamedTuple


class Vocabulary(NamedTuple):
    """The names of elements that ERN 3 and ERN 4 call differently."""

    artist_role: str
    contributor: str
    writer: str
    role: str
    isni: str


ERN_3 = Vocabulary(
    artist_role="ArtistRole",
    contributor="ResourceContributor",
    writer="IndirectResourceContributor",
    role="ResourceContributorRole",
    isni='a PartyId with IsISNI="true"',
)
ERN_4 = Vocabulary(
    artist_role="DisplayArtistRole",
    contributor="Contributor",
    writer="Contributor",
    role="Role",
    isni="an ISNI",
)


def vocabulary_of(version: str) -> Vocabulary:
    """Return the element names of a dotted ERN version: "3.8.2", "4.3"."""
    return ERN_3 if version.startswith("3") else ERN_4
