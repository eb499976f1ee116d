"""Who should hear of a filed quarter, once: what raises an alert, the outbox that keeps it, the letters, the channels, the answers."""
