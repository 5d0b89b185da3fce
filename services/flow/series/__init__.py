"""Series: a proposal that was taken, from its draft to the last answer."""
