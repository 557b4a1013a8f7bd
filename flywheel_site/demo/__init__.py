"""The sample of `make demo`: a small support agent in several versions, its help pages, and a log of its riders."""
