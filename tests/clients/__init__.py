"""Client libraries app developers already have, unmodified but for the base URL, against a node."""
