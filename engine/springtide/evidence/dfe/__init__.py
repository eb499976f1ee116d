"""Statistics that the Department for Education publishes, as evidence: an authority is a unit, its region the area."""
