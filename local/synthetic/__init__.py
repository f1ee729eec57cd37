"""A synthetic archive: ground motion, an instrument, channel days, and SCEDC's keys for them."""
