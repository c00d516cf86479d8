"""Make a seed of templates, states, answers, other emulators' files and CSV.

    importer = Importer(Options(region="eu-west-1"), notes)
    importer.take("template.yaml", root)      # False: it is none of these files
    made = importer.finish()                  # a seed's plain values, what was left out, mistakes

    recognise        which of the formats a file is
    options          the Region, parameters, triggers, a password
    values           nodes -> plain values; scripts and CSV -> nodes
    shaping          values -> members of an operation, by the service model
    draft, pool_draft   the seed while it is made: pools, users, identity pools, and what is left out
    functions, stack, cloudformation   CloudFormation, SAM, synthesized CDK, Serverless Framework
    terraform, terraform_plan          `terraform show -json`, state files
    answers          answers of the API, as the AWS CLI prints them
    amplify          amplify_outputs.json, aws-exports.js
    cognito_local    the files of cognito-local
    user_csv         files of user import

Nothing is fetched and nothing is run. What has no place in a seed is named, not dropped.
"""
