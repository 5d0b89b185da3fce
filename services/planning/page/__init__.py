"""An answer as one HTML page: complete in itself, for a screen, a phone or paper."""
