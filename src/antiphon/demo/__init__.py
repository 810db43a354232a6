"""The demo: five invented artists, whose music is composed, drawn and delivered on the spot.

A platform that takes deliveries in is best shown by delivering to it. The demo therefore has no back door: it plans a
small catalogue (:mod:`antiphon.demo.repertoire`), composes and plays every recording
(:mod:`antiphon.demo.performance`), draws every cover (:mod:`antiphon.demo.covers`), writes them as the batches two
distributors would send, and hands these to the same intake as any provider's. What is heard in the player entered as a
delivery, through every rule.

Nothing is taken from anybody. A seed and a recipe become a score (``pitch``, ``melody``, ``texture``, ``score``), a
score is played by a band (``modes``, ``voices``, ``drums``, ``band``), and the band is mixed (``mix``) to the length
the plan promises::

    repertoire = plan_repertoire()
    album = repertoire.releases[0]
    first = album.tracks[0].recording
    write_flac(folder / "01.flac", compose_recording(first), {"TITLE": first.display_title, "ISRC": first.isrc})
    (folder / "cover.jpg").write_bytes(draw_cover(album))

The same plan gives the same scores, covers and samples each time it is run on a machine. The whole catalogue, fourteen
minutes, takes about ten seconds of one core to compose and play.
"""
