"""Passages of the good message that examples of several rules change, as it writes them."""


def title_and_artist(title: str) -> str:
    """Return how a part is shown: its title, from inside the element, and the band as its artist."""
    return f"""\
        <TitleText>{title}</TitleText>
      </DisplayTitle>
      <DisplayArtistName>The Tidemarks</DisplayArtistName>
{display_artist(1, "PTidemarks", ">MainArtist")}"""


def display_artist(sequence: int, party: str, role: str) -> str:
    """Return one DisplayArtist; ``role`` is the rest of its role's opening tag, and the value."""
    return f"""\
      <DisplayArtist SequenceNumber="{sequence}">
        <ArtistPartyReference>{party}</ArtistPartyReference>
        <DisplayArtistRole{role}</DisplayArtistRole>
      </DisplayArtist>
"""
