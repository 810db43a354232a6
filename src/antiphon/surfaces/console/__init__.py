"""The console: pages for providers and for who is on call. Plain HTML from the server, one look for all.

``/console``                    deliveries, newest first, each with the stage it is at
``/console/held``               what waits for a person, the oldest first, and the waivers in force
``/console/deliveries/{id}``    one delivery: its timeline as it happens, its findings with place and fix, its files;
                                for operators of a held one, what can be done: clear, reject, waive a rule

A delivery's page follows its events, with a script of forty lines; without it, it loads itself again every second, and
a final one stays still. Forms need no script. Everything a provider sent is escaped by the template engine, never
trusted.
"""
