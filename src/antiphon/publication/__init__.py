"""From committed changes to what every node serves.

The record's change log is the only input. ``Publisher.publish`` takes the oldest changes nobody has announced, builds
the documents they touch (``documents``, pure), and makes one segment of them; the segment goes into the store, past the
``gate``, and is announced by compare-and-set in the record. Only then does ``versions/N`` appear, which is what nodes
poll. Each of these steps may be repeated by anyone, so a publisher may die anywhere, and two may run: the slower one is
refused the number and looks again. Numbers never go back.

A version with which the whole catalogue would swing too far is held (``gate``, ``ledger``, ``holding``): the log stops,
nodes serve what they have, and a person says whether it was meant. ``rollback`` brings nodes back to an older version
under a new number; ``recovery`` lets a record that was restored from an old backup follow the log again.

Takedowns do not wait for any of that: ``denials`` records the decision and writes the whole set of denials to the
overlay in one go, and nodes read the overlay at every poll.

Worked example. A worker commits an album of two tracks: changes 1 to 5. The publisher announces version 1, whose
segment holds seven documents; a moment later a node applies it, and the delivery's timeline says "live, version 1". An
operator takes a track down in Sweden: the overlay gets sequence 2 at once, and version 2 follows with the track's new
intervals.
"""
