"""A rule pack tried on invented counties whose truth is known: what it flags by chance, and what it finds."""
