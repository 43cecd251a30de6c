"""A mind that knows nothing of the hands: models, their budget, what they see, and the loop that drives them."""
