"""One benchmark for each promise that the README makes. `make bench` runs them."""
