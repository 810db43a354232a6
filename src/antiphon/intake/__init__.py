"""Deliveries from a folder on disk to a change of the catalogue.

**Accepting** is a promise, so it does little and does it durably: every byte into the blob store, then one transaction
with the delivery, "accepted" in its timeline, and its place in the queue. The queue is DBOS's, in the record's own
database; there is no moment at which a delivery is accepted and not queued, or queued and not accepted. The same
message with the same files is one delivery, however often it comes.

**Working** on a delivery is four stages, each one entry of the timeline:

=========  ================================================================================================
read       the message becomes a statement; one that cannot be read is rejected
checked    the rules, the sender's authority and the declared hash sums; fatal findings reject, holds hold
rendered   every file becomes renditions, two at a time in child processes; then the rules of decoded media
committed  the catalogue changes, in the transaction that says so; "superseded" if something newer was there
=========  ================================================================================================

Stages that wait for nothing are done in one step of the workflow and written in one transaction: all four, where there
is nothing to render. One that fails on the way is left to a step of its own, so that what went well before it stays.

**Archives** (ZIP, TAR, TAR.GZ) are a way to bring a folder, and a stranger's: the listing is judged whole, within
limits of ``archive_entries``, before a byte is unpacked into a folder of its own. One bad entry refuses all.

**Linting** (``linting``) is checking where a delivery lies, before it is sent, by the same rules.

Any process may die at any point. A stage writes its effect, its findings and its timeline entry in one transaction and
looks there first, so a stage that is repeated finds what it had done and does nothing: the workflow engine has only to
repeat, never to be right about what happened. Renditions are recorded file by file, so a repeated stage goes on where
it stopped.

**Inboxes** are places in which a provider delivers by itself: a folder, a prefix of an object store. Each is looked at
again and again; what is complete is accepted, and only then recorded as taken, so that a process which dies in between
accepts the same once more and nothing happens twice. What its sender is to be told is queued in the transaction of the
stage it tells of, and put beside the delivery, at least once, under a name that makes a second time harmless.

A message acts only within its sender's authority: who brings it, who signs it, for whom, and whose release it is must
agree (``authority``); what does not agree is held, with an alarm. What holds a delivery is for a person, who clears it,
rejects it, or waives the rule for its provider until a day (``holds``). Providers take turns in the queue, so that the
flood of one does not delay the others (``flood``).

Whose fault it is decides what becomes of a delivery. The sender's (``Rejected``): rejected, with a finding. Something
outside (``Transient``): tried again within a budget. Ours, whatever it is: held with an ``InternalError`` finding, and
the worker goes on with its neighbours. A delivery that takes the worker down each time is held too, after 25 times. If
even that cannot be written, or twenty in a row failed so, the worker halts: nothing is ever dropped to keep going.

A worked example. A batch of two releases arrives; the second has a recording that is cut short::

    accept_path(engine, blobs, queue, "north", Path("20260105090000000"), now)

gives two receipts. The worker takes both in hand. The first: accepted, read, checked, rendered, committed. The second:
accepted, read, checked, rejected, with a ``ResourceCorrupt`` finding at ``resources/02.flac``. The sender mends it
and delivers the same message again: another content, so another delivery, and only the mended file is rendered.

Nothing is imported here: ``intake.linting`` alone must load neither a database nor a workflow engine.
"""
