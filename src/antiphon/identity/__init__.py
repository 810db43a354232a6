"""Who is who: from what a statement calls things to the entities of the catalogue. Pure; policy version 2.

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
3. *same ISRC* (0.9): exactly one recording of the catalogue has this ISRC, whoever delivered it, and no other resource
   of this message is that recording. An ISRC on two recordings decides nothing: senders give editions the same one.
4. *same ISNI, IPI, ...* (0.95): another provider linked an artist by the same claimed id.
5. *same name from the same provider* (0.7): an artist without a known id. Never across providers: two bands share a
   name more often than two labels share a band. Not where the known artist claims another id of the same scheme.
6. *first seen* (1): a new entity.

What has several anchors gets a link for each, so that a release first delivered with an ICPN only is still the same one
when its GRid arrives, and a track keeps its id when the provider adds ids of its own. Two releases of one provider with
different GRids stay two, even where somebody gave both the same ICPN.

A worked example. North delivers release ``icpn:00602577318801`` with recording ``isrc:QZANT2600001`` by "Mira Vale":
three *first seen* links, and one for the track ``icpn:00602577318801|isrc:QZANT2600001``. South then delivers a
compilation with the same ISRC by "Mira Vale": the recording is North's (*same ISRC*), the artist is a second one (a
name crosses no border). When North's update adds Mira's ISNI, the name is *inherited*, and the ISNI is one more link to
the same artist.
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
)
from antiphon.identity.credits import display_artists, list_credits
from antiphon.identity.entity_ids import entity_id
from antiphon.identity.layout import TrackPlace, list_track_places
from antiphon.identity.links import POLICY_VERSION, Link, LinkBook
from antiphon.identity.propose import match_release, propose_links

__all__ = [
    "POLICY_VERSION",
    "Link",
    "LinkBook",
    "TrackPlace",
    "artist_anchors",
    "display_artists",
    "entity_id",
    "find_isrc",
    "image_anchor",
    "list_anchors",
    "list_credits",
    "list_track_places",
    "match_release",
    "propose_links",
    "recording_anchor",
    "release_key",
    "release_keys",
    "resource_anchors",
    "track_anchors",
]
