"""A synthetic archive: ground motion, instruments, StationXML, miniSEED."""
