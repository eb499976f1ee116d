"""How a command ends, as a number for scripts."""

FINE, OUR_FAULT, USAGE, INVALID, FLAGGED, NOT_AS_FILED, NOT_SENT = range(7)
