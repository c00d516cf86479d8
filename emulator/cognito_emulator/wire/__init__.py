"""AWS JSON 1.1: read requests, validate them against the model, render answers.

The model is the one shipped with botocore. There are no rules of Cognito here.
"""
