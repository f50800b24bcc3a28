"""open: what the sources leave open."""
