"""Day objects of the archive, read whole or by their records, and their segments."""
