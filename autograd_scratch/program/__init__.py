"""What the backward pass is as code."""
