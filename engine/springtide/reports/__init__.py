"""What people read: tables and trees in plain words. Nothing is decided here."""
