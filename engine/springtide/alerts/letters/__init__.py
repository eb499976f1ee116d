"""What an alert says, as plain text and as HTML with the same words."""
