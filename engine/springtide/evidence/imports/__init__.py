"""Other people's files as evidence: survey exports and extracts of other systems, by a mapping that a person has checked."""
