"""The tests, laid out as the packages that they test; what they share is in `support/`."""
