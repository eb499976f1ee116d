"""What raises an alert: what a quarter shows, judged twice by the rules for alerts."""
