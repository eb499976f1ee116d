"""The meaning of a rule pack: three truth values, conditions, strata, explanations.

Standard library only, and pure: no clock, no randomness, no input or output. Everything else in
springtide stands on this package and it stands on nothing.
"""
