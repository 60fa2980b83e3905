"""What prices of a crisis tell: quotes as intervals, the risk written into them, and what an index can hide."""
