"""The console: pages for providers and for who is on call. Plain HTML from the server, one look for all.

``/console``                    deliveries, newest first, each with the stage it is at
``/console/deliveries/{id}``    one delivery: its timeline with times, its findings with place and fix, its files

A page that is not final yet loads itself again every second; a final one stays still. Everything a provider sent is
escaped by the template engine, never trusted.
"""
