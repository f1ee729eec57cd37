"""What channel days cost on AWS."""
