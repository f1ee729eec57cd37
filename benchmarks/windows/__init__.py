"""Time windows: bytes, time and JSON against the tutorial's function; margins of ground motion."""
