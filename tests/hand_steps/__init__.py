"""Steps of optimizers as people write them: right ones, and wrong ones with their mistake."""
