// Makes and uses passkeys: <form data-passkey="create|get" data-options="…"> with a hidden field "credential".
"use strict";

const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));

const text = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

// The options as the browser wants them: challenge, user id and credential ids are bytes there, base64url in JSON.
function decoded(options) {
  const ids = (list) => (list || []).map((entry) => ({ ...entry, id: bytes(entry.id) }));
  const result = { ...options, challenge: bytes(options.challenge) };
  if (options.user) result.user = { ...options.user, id: bytes(options.user.id) };
  if (options.excludeCredentials) result.excludeCredentials = ids(options.excludeCredentials);
  if (options.allowCredentials) result.allowCredentials = ids(options.allowCredentials);
  return result;
}

function encoded(credential) {
  const response = { clientDataJSON: text(credential.response.clientDataJSON) };
  if (credential.response.attestationObject) {
    response.attestationObject = text(credential.response.attestationObject);
    if (credential.response.getTransports) response.transports = credential.response.getTransports();
  } else {
    response.authenticatorData = text(credential.response.authenticatorData);
    response.signature = text(credential.response.signature);
    if (credential.response.userHandle) response.userHandle = text(credential.response.userHandle);
  }
  return {
    id: credential.id,
    rawId: text(credential.rawId),
    type: credential.type,
    authenticatorAttachment: credential.authenticatorAttachment || undefined,
    clientExtensionResults: {},
    response,
  };
}

for (const form of document.querySelectorAll("form[data-passkey]")) {
  const button = form.querySelector("button");
  const trouble = document.getElementById("passkey-trouble");
  if (!window.PublicKeyCredential) {
    trouble.hidden = false;
    button.disabled = true;
    continue;
  }
  let done = false;
  form.addEventListener("submit", async (event) => {
    if (done) return;
    event.preventDefault();
    button.disabled = true;
    trouble.hidden = true;
    try {
      const publicKey = decoded(JSON.parse(form.dataset.options));
      const credential = await navigator.credentials[form.dataset.passkey]({ publicKey });
      form.elements.credential.value = JSON.stringify(encoded(credential));
      done = true;
      form.submit();
    } catch (error) {
      console.error(error);
      trouble.querySelector("span").textContent = `(${error.name})`;
      trouble.hidden = false;
      button.disabled = false;
    }
  });
}
