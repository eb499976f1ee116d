"""What people read of alerts: what would go out, what became of it, what was answered, and how it would have been."""
