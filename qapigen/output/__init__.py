"""Text to files: what is current, what changes, and all of it or nothing."""
