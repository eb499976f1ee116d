"""Answers to what-if questions, as people read them and as plain data. Every one begins by saying what it is."""
