"""The provider API: deliver, follow a delivery stage by stage, and read every finding with its place and its fix.

``/provider/v1/uploads``                 files in pieces, resumed where they ended (tus 1.0)
``/provider/v1/deliveries``              uploads become deliveries by one call; the caller's deliveries, newest first
``/provider/v1/deliveries/{id}``         one of them: timeline, findings, files
``/provider/v1/deliveries/{id}/events``  its timeline as it happens
``/provider/v1/held``, ``/waivers``      what waits for a person, and what was waived
``/provider/v1/conflicts``               what the caller and somebody else mean different things by
``/provider/v1/providers``               what is agreed with each

A provider sees its own deliveries and uploads only; another's answers 404. Operators see all, and decide about what is
held. "Accepted" is said when every byte and the place in the queue are on disk, and not before.

A worked example. A label sends an archive of 3 GB. The connection drops at 2 GB; its client asks how far the upload
is, goes on from there, and completes it. The answer names two deliveries. It never reaches the client, which asks
again, and hears the same two ids. One of them is held: its page says by which rule, and where.
"""
