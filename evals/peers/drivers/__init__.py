"""What runs in the environments: loop.py and a driver for each library."""
