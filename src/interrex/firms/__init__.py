"""What firms do about an image: entry as a real option, plans and their cancellation."""
