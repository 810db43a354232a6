"""Why a track is, or is not, playable, for a market, a tier and an instant; and what gave each field of an entity.

``GET /v1/explain?track=ID&market=SE&tier=premium&at=2026-12-24T23:59``

Everyone learns the verdict, its reason in one sentence, the span it rests on, what stands in and why, and the answer in
every market, equal ones together. A time without an offset is by the market's own clocks. The owning provider and
operators also learn the deciding deal with its line in the message, the competing ones, and the decisions by name.
``album=ID`` answers for each track of an album.

``GET /v1/provenance?kind=track&id=ID&field=title``

What gave each field of an entity: for everyone whether its provider, a decision or nobody; for the owning provider and
operators the value with its sources: element and line of the message, file, decision.

Both are answered from the record, not from a node: they tell of what is committed, a moment before nodes serve it.
"""
