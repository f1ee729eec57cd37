"""Response removal: time and memory against ObsPy, and errors at gaps and midnights."""
