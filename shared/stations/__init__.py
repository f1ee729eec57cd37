"""Station metadata: StationXML of the archive, kept while a container is warm."""
