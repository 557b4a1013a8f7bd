"""The reading API and the gate over HTTP.

Views only: releases and recalls are served from `curation.releases`, verdicts come from `curation.gate`.
"""
