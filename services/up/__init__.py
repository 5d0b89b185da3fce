"""Everything on one machine, under one supervising process."""
