"""What a training run has seen: what is measured of it, and how that is kept, shown and drawn."""
