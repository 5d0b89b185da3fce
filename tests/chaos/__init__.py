"""What the service keeps while its parts are killed, stopped, cut off and starved at random."""
