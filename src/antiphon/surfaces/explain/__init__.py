"""``/v1/explain``: why a track is, or is not, playable, for a market, a tier and an instant.

``GET /v1/explain?track=ID&market=SE&tier=premium&at=2026-12-24T23:59Z``

Everyone learns the verdict, its reason in one sentence, the interval, and where it plays. The owning provider and
operators also learn the deciding deal with its line in the message, the competing ones, and the decisions by name.
It is answered from the record, not from a node: it explains what is committed, a moment before nodes serve it.
"""
