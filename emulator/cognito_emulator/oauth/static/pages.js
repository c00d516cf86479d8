// What the pages gain from scripts: shown passwords, password rules while typing, names of countries.
"use strict";

for (const box of document.querySelectorAll("input[data-shows]")) {
  const fields = box.dataset.shows.split(" ").map((id) => document.getElementById(id));
  const hide = () => fields.forEach((field) => (field.type = "password"));
  box.addEventListener("change", () => fields.forEach((field) => (field.type = box.checked ? "text" : "password")));
  // The browser would keep a password that is sent as text among its suggestions for text fields.
  box.form.addEventListener("submit", hide);
  box.checked = false;
  box.closest("[hidden]").hidden = false;
}

const meets = (rule, password) =>
  rule.dataset.rule === "length"
    ? [...password].length >= Number(rule.dataset.value)
    : [...password].some((character) => rule.dataset.value.includes(character));

for (const list of document.querySelectorAll("[data-rules-of]")) {
  const field = document.getElementById(list.dataset.rulesOf);
  field.addEventListener("input", () => {
    for (const rule of list.children) {
      const met = field.value !== "" && meets(rule, field.value);
      const unmet = field.value !== "" && !met;
      rule.classList.toggle("met", met);
      rule.classList.toggle("passwordCheck-valid-customizable", met);
      rule.classList.toggle("unmet", unmet);
      rule.classList.toggle("passwordCheck-notValid-customizable", unmet);
      rule.querySelector(".unmet-text").hidden = !unmet;
    }
  });
}

for (const select of document.querySelectorAll("select[data-countries]")) {
  const language = document.documentElement.lang;
  const names = new Intl.DisplayNames([language], { type: "region" });
  for (const option of select.options) option.text = `${names.of(option.value)} ${option.text.split(" ")[1]}`;
  const chosen = select.value;
  select.append(...[...select.options].sort((a, b) => a.text.localeCompare(b.text, language)));
  select.value = chosen;
}
