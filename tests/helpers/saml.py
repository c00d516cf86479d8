"""A SAML identity provider's metadata, for tests."""

from __future__ import annotations

CERTIFICATE = "TUlJQ2VydGlmaWNhdGU="
REDIRECT = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect"
SIGN_IN = "https://idp.example.com/sso"
SIGN_OUT = "https://idp.example.com/slo"


def metadata(
    *, entity: str = "https://idp.example.com", sign_out: bool = False, certificate: str = CERTIFICATE, head: str = ""
) -> str:
    """An EntityDescriptor with one signing certificate and sign-in by redirect; `head` stands before it."""
    slo = f'<md:SingleLogoutService Binding="{REDIRECT}" Location="{SIGN_OUT}"/>' if sign_out else ""
    return f"""{head}<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" entityID="{entity}">
      <md:IDPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">
        <md:KeyDescriptor use="encryption"><ds:KeyInfo xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:X509Data>
          <ds:X509Certificate>bm90IHRoaXM=</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor>
        <md:KeyDescriptor use="signing"><ds:KeyInfo xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:X509Data>
          <ds:X509Certificate>
            {certificate}
          </ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor>
        {slo}
        <md:SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST" Location="https://x/post"/>
        <md:SingleSignOnService Binding="{REDIRECT}" Location="{SIGN_IN}"/>
      </md:IDPSSODescriptor>
    </md:EntityDescriptor>"""
