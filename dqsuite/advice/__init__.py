"""What to do about damage: which classes break, which are look-alikes, what a damage is worth, what to repair."""
