"""What changes from quarter to quarter, and what is only noise."""
