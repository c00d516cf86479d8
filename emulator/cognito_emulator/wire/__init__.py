"""AWS JSON 1.1: reads requests, validates them against Amazon's service model, renders answers.

Knows the model shipped with botocore; knows no rule of Cognito.
"""
