"""Letters that people type plainly although no Unicode decomposition takes them apart."""

PLAIN_LETTERS = str.maketrans(
    {"ø": "o", "æ": "ae", "œ": "oe", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i", "ħ": "h", "ŋ": "n"}
)
"""For ``str.translate`` of text in lower case. ß becomes ss by case folding."""
