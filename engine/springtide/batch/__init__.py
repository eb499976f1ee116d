"""A quarter scored in many settings at once: what a team would be with other figures, answers or thresholds."""
