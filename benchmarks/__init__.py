"""Speed, in ratios to named peers."""
