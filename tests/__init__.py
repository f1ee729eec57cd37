"""The tests, in the same folders as the packages they test; `support/` has shared helpers."""
