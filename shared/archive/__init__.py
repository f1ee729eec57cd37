"""The archive's names and keys: channels, days, times, and the objects of an archive."""
