"""Who is who: from what a statement calls things to the entities of the catalogue. Pure; policy version 4.

**Anchors.** A message's local references mean nothing outside it, so everything it describes gets *anchors*: names that
outlive messages. In order of trust:

==========  ==========================================================================================
release     GRid, ICPN (as GTIN-14), proprietary id @ namespace, catalogue number @ namespace
recording   proprietary id @ namespace, ISRC, else (release key, disc, sequence)
artist      ISNI, IPI, DPID, proprietary id in the namespace of a DPID, and always the name
track       (release key, recording anchor); where a recording is on a release twice, with disc and sequence
==========  ==========================================================================================

**Links.** (provider, kind, anchor) -> entity is recorded once and never changed again, so an update inherits the
entities of the first delivery. The id of a new entity is 22 base-62 characters of SHA-256 over its first link: nobody
hands ids out, and a second computation gives the same ones. The rules, first that fits:

1. *inherited* (score of the inherited link): this provider's anchor is linked already.
2. *same ISRC from the same provider* (0.9): this provider first gave the ISRC to that recording, and knows it by no
   other id of its own. So it does not matter whether the id of its own came before the message without, or after.
3. *same ISRC*: a recording of the catalogue has this ISRC, whoever delivered it, title, version, artist and length
   agree with it more than not (``likeness``, whose score and reasons the link keeps), and no other resource of this
   message is that recording. Where several have the ISRC, the one that agrees, if one alone does: senders give editions
   the same ISRC, and some send another song's. What does not agree becomes a recording of its own, and a conflict that
   a rule shows to both senders.
4. *same song* (at least 0.97): another provider's recording under another ISRC, by an artist of the same name, with the
   same title and version and a length within a second. One provider's two ISRCs stay two recordings: it means them.
5. *same ISNI, IPI, ...* (0.95): another provider linked an artist by the same claimed id.
6. *same name on a recording both have* (0.9): the artist of that name, on a recording that rule 3 or 4 found.
7. *same name from the same provider* (0.7), or one spelled like it (0.65: "The Tidemarks" and "TIDEMARKS"): an artist
   without a known id. Otherwise never across providers: two bands share a name more often than two labels share a band.
   Rules 6 and 7 hold only where the known artist claims no other id of the same register (a scheme, or one namespace).
8. *first seen* (1): a new entity.

What has several anchors gets a link for each, so that a release first delivered with an ICPN only is still the same one
when its GRid arrives, and a track keeps its id when the provider adds ids of its own. Two releases of one provider with
different GRids stay two, even where somebody gave both the same ICPN.

A worked example. North delivers release ``icpn:00602577318801`` with recording ``isrc:QZANT2600001`` by "Mira Vale":
three *first seen* links, and one for the track ``icpn:00602577318801|isrc:QZANT2600001``. South then delivers a
compilation with the same ISRC, title and length by "Mira Vale": the recording is North's (*same ISRC*), and so is the
artist, who has that name on it. East delivers an album by a "Mira Vale" with songs of its own: she is a second artist,
until somebody says otherwise. When North's update adds Mira's ISNI, the name is *inherited*, and the ISNI is one more
link to the same artist.
"""

from antiphon.identity.anchors import (
    artist_anchors,
    find_isrc,
    image_anchor,
    list_anchors,
    recording_anchor,
    release_key,
    release_keys,
    resource_anchors,
    track_anchors,
    work_anchors,
)
from antiphon.identity.credits import display_artists, display_elements, list_credits, naming_elements
from antiphon.identity.entity_ids import entity_id
from antiphon.identity.layout import TrackPlace, layout_elements, list_track_places
from antiphon.identity.links import MAX_CANDIDATES, POLICY_VERSION, Link, LinkBook
from antiphon.identity.propose import list_asked_anchors, match_release, propose_links
from antiphon.identity.sketches import SONG, sketch_recording, sketch_resource, song_key

__all__ = [
    "MAX_CANDIDATES",
    "POLICY_VERSION",
    "SONG",
    "Link",
    "LinkBook",
    "TrackPlace",
    "artist_anchors",
    "display_artists",
    "display_elements",
    "entity_id",
    "find_isrc",
    "image_anchor",
    "layout_elements",
    "list_anchors",
    "list_asked_anchors",
    "list_credits",
    "list_track_places",
    "match_release",
    "naming_elements",
    "propose_links",
    "recording_anchor",
    "release_key",
    "release_keys",
    "resource_anchors",
    "sketch_recording",
    "sketch_resource",
    "song_key",
    "track_anchors",
    "work_anchors",
]
