"""What each SQL file promises: one spec a file, with the same stem."""
