"""Calendar hosts of our own that speak the real protocols: to show, try and test the service."""
