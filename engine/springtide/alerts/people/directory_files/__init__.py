"""A directory of managers from a file: as it was written, then checked, with every mistake at once."""
