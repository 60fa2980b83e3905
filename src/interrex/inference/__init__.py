"""Evidence into likelihood, and the sampler that conditions the model on it."""
