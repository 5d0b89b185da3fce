"""What strangers make us connect to and read: in a world of their making, nothing gets through."""
