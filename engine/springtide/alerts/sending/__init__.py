"""The outbox, and the one sender that empties it."""
