// A page that is nothing but a form sends it by itself.
document.querySelector("form[data-submit]")?.submit();
