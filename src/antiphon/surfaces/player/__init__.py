"""The web player: one static page that uses the public catalogue API like any other app.

``/``                  the page; its files are below ``/player/``
``/player/session``    POST: a listener's token for an hour, where the installation lets visitors listen
"""
