"""Who is who: from what a statement calls things to the entities of the catalogue. Pure; policy version 4.

**Anchors.** A message's local references mean nothing outside it, so everything it describes gets *anchors*: names
that outlive messages. In order of trust:

==========  ==========================================================================================
release     GRid, ICPN (as GTIN-14), proprietary id @ namespace, catalogue number @ namespace
recording   proprietary id @ namespace, ISRC, else (release key, disc, sequence)
artist      proprietary id in the namespace of a DPID, ISNI, IPI, DPID, and always the name
work        ISWC
track       (release key, recording anchor); where a recording is on a release twice, with disc and sequence
==========  ==========================================================================================

**Links.** (provider, kind, anchor) -> entity is recorded once, with a score, the reasons for it and the version of
this policy, and never changed again, so an update inherits the entities of the first delivery. The id of a new entity
is 22 base-62 characters of SHA-256 over its first link: nobody hands ids out, and a second computation gives the same
ones.

Releases are never shared: each belongs to the provider that delivers it, and is found by any of its keys, the
strongest first. Everything else is, by these rules; the first that fits counts:

1. *inherited* (score of the inherited link): this provider's anchor is linked already.
2. *same ISRC from the same provider* (0.9): this provider first gave the ISRC to that recording, and knows it by no
   other id of its own. So it does not matter whether the id of its own came before the message without, or after.
3. *same ISRC*: a recording of the catalogue has this ISRC, whoever delivered it; title, version, artist and length
   agree with it more than not (``likeness``, whose score and reasons the link keeps), and no other resource of this
   message is that recording. Where several have the ISRC, the one that agrees, if one alone does: senders give
   editions the same ISRC, and some send another song's. What does not agree becomes a recording of its own, and a
   conflict that both senders are told of (``catalogue.conflicts``).
4. *same song* (at least 0.97): another provider's recording under another ISRC, by an artist of the same name, with
   the same title and version and a length within a second. One provider's two ISRCs stay two recordings: it means
   them.
5. *same id, ISNI, IPI, ... from another provider* (0.95): artists by their claimed ids, and works by their ISWCs.
6. *same name on a recording both have* (0.9): the artist of that name, on a recording that rule 3 or 4 found.
7. *same name from the same provider* (0.7), or one spelled like it (0.65: "The Tidemarks" and "TIDEMARKS"): an artist
   without a known id. Otherwise never across providers: two bands share a name more often than two labels share a
   band. Rules 6 and 7 hold only where the known artist claims no other id of the same register (a scheme, or one
   namespace).
8. *first seen* (1): a new entity.

What has several anchors gets a link for each. A release first delivered with an ICPN only is still the same one when
its GRid arrives; a track keeps its id when the provider adds ids of its own; two ISRCs on one resource lead to one
recording (*had this ISRC*), but for those of further editions, which sound otherwise. Two releases of one provider
with different GRids stay two, even where somebody gave both the same ICPN.

**What is compared.** Nothing is compared with all there is. Candidates share an ISRC, or a song key: the first artist
and the title, less every difference of spelling that means nothing. Where more than ``MAX_CANDIDATES`` share one, it
says nothing about any of them: a hundred thousand recordings called "Intro" cost as much as seventeen, and are told
apart.

**What waits for people.** Links decide nothing that cannot be taken back, but whose page music appears on is seen at
once. So the first delivery of a new provider for an artist of ten albums or more is held (rule R12), whether an id or
a recording leads there; so is a release whose ICPN somebody else has in a territory of both (I8), and an ISRC whose
title, artists and length are all another song's (I5). Merge, split and reassign are decisions (``model.decisions``),
applied over links and never to them: undoing one gives exactly what there would be without it, and a merged id leads
on for ever.

**Worked examples.**

- *One recording, two labels.* North delivers release ``icpn:00602577318801`` with recording ``isrc:QZANT2600001`` by
  "Mira Vale": *first seen*, all three, and the track ``icpn:00602577318801|isrc:QZANT2600001``. South delivers a
  compilation with the same ISRC, title and length by "Mira Vale": the recording is North's (*same ISRC*, 1.0), and so
  is the artist, who has that name on it. The release is South's own.
- *One name, two artists.* East delivers an album by a "Mira Vale" with songs of its own: she is a second artist,
  until somebody says otherwise. When North's update adds Mira's ISNI, the name is *inherited* and the ISNI is one
  more link to the same artist; East's, with another ISNI, can no longer be taken for her.
- *A wrong ISRC.* West sends QZANT2600001 for "Night Ferry" by Ilse Marr, 4:01. Title, artist and length speak against
  it, so it is another recording. The delivery is held, and both West and North are told why.
- *One song, two ISRCs.* South reissues North's song remastered, under an ISRC of its own and 0.4 s longer. Nothing
  that is said differs, so it is North's recording (*same song*, 0.99), and South's ISRC leads to it as well. The live
  version of 4:30 stays a recording of its own.
- *One work.* Both tracks name T-034.524.680-1. Whatever their recordings are, their work is one.
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
