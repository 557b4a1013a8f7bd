"""What people said about an answer, who they are, and how much they count.

`store` reads what is new and what was decided, `pooling` adds up what was said of one answer, `cohorts` and `influence`
weigh who is behind it, `sources` finds sources that changed, `poisoning` finds planted phrases, `summaries` says all of it
to reviewers. Each person counts once (`posterior.counted`).
"""
