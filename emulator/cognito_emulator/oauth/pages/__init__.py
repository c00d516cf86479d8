"""The pages of managed login and of the classic hosted UI.

They decide nothing: a form's fields become a call of `flows`, whose answer becomes the next page.
Each page reads the authorization request anew from its own address, which keeps the whole query string as on AWS.

    GET, POST  /login                              sign in; the first page after /oauth2/authorize
    GET, POST  /login/… /mfa/… /newpassword        the challenges of a sign-in, see `challenges` and `setup`
    GET, POST  /signup  /confirm                   POST /resendcode
    GET, POST  /forgotPassword  /confirmforgotPassword
    GET, POST  /passkeys/add
    GET        /error
    GET        /_pages/…                           style sheets, script, images
"""
