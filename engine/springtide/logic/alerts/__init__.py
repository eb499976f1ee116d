"""What raises an alert: rules over the quarters of teams, districts and the county, and how a level is followed through them."""
