"""What each module promises, on its own."""
