"""An answer as one HTML page: complete in itself, without scripts, for a screen, a phone or paper."""
