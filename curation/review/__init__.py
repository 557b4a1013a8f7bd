"""Review tasks: what a person decides, and how reviewers are checked."""
