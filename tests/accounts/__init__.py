"""People, how they come in, and what is kept about them; on both databases."""
