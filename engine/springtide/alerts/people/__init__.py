"""Who holds which post today, and when they are at work."""
