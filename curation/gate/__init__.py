"""May this agent version replace that one?"""
