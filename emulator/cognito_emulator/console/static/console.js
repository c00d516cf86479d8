// The console's script: live parts, copying, keys, the palette. Pages work without it.
'use strict';

const root = document.body.dataset.root;
const byId = (id) => document.getElementById(id);
const typing = (target) => target.closest('input:not([type=checkbox]), textarea, select, [contenteditable]') !== null;

function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

// --- Copying -----------------------------------------------------------------------------------------------

function copy(text, said) {
  navigator.clipboard?.writeText(text).then(() => announce(`Copied${said ? `: ${said}` : '.'}`), () => announce('The browser does not let the page copy.'));
}

document.addEventListener('click', (event) => {
  const button = event.target.closest('[data-copy]');
  if (!button) return;
  copy(button.dataset.copy);
  const label = button.textContent;
  button.textContent = 'Copied';
  setTimeout(() => { button.textContent = label; }, 1200);
});

function announce(text) {
  byId('arrivals').textContent = text;
}

// --- The clock ---------------------------------------------------------------------------------------------

function tick() {
  const time = document.querySelector('#clock time');
  if (!time || time.dataset.frozen === '1') return;
  time.since ??= performance.now();
  const now = new Date(Number(time.dataset.now) * 1000 + performance.now() - time.since);
  time.querySelector('[data-tick]').textContent = now.toISOString().slice(11, 19);
}

// --- Live parts: the page is asked for again, and each part with that id takes its new contents --------------

let asked = 0;
let shown = 0;

async function refresh(types) {
  const number = ++asked;
  const answer = await fetch(location.href, { headers: { accept: 'text/html' } });
  if (!answer.ok || number < shown) return;
  const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
  shown = number;
  for (const part of document.querySelectorAll('[data-live]')) {
    const fresh = page.getElementById(part.id);
    const wanted = types.some((type) => part.dataset.live.split(' ').includes(type));
    if (!fresh || !wanted || part.contains(document.activeElement) && typing(document.activeElement)) continue;
    const focused = part.contains(document.activeElement) ? document.activeElement.closest('[data-id]')?.dataset.id : null;
    const chosen = part.querySelector('tr.on')?.dataset.id;
    const known = new Set([...part.querySelectorAll('[data-id]')].map((row) => row.dataset.id));
    part.replaceWith(fresh);
    for (const row of fresh.querySelectorAll('tr[data-id]')) {
      if (!known.has(row.dataset.id)) row.classList.add('new');
      if (row.dataset.id === chosen) row.classList.add('on');
      if (row.dataset.id === focused) row.querySelector('a')?.focus();
    }
  }
  enhance();
}

let waiting = new Set();
function soon(type) {
  if (waiting.size === 0) {
    setTimeout(() => {
      const types = [...waiting];
      waiting = new Set();
      refresh(types).catch(() => {});
    }, 120);
  }
  waiting.add(type);
}

const WORDS = { request: 'A request arrived.', message: 'A message arrived.', clock: 'The clock was changed.', fault: 'A fault has struck.', snapshot: 'The snapshots have changed.' };

function listen() {
  const wanted = new Set([...document.querySelectorAll('[data-live]')].flatMap((part) => part.dataset.live.split(' ')));
  const types = Object.keys(WORDS).filter((type) => wanted.has(type));
  const source = new EventSource(`${document.body.dataset.events}?type=${types.join(',')}`);
  let wasGone = false;
  source.onopen = () => {
    byId('gone').hidden = true;
    if (wasGone) refresh(types).catch(() => {});
    wasGone = false;
    document.body.dataset.connected = '1';
  };
  source.onerror = () => {
    wasGone = true;
    byId('gone').hidden = false;
    if (source.readyState === EventSource.CLOSED) setTimeout(listen, 2000);
  };
  for (const type of types) {
    source.addEventListener(type, (event) => {
      const data = JSON.parse(event.data);
      soon(type);
      if (type === 'message') announce(`Message to ${data.to || data.user}${data.code ? `, code ${data.code}` : ''}.`);
      else if (document.querySelector(`main [data-live~="${type}"]`)) announce(type === 'request' && data.status >= 400 ? `${data.operation || data.path} was refused: ${data.error || data.status}.` : WORDS[type]);
    });
  }
  window.addEventListener('pagehide', () => source.close(), { once: true });
}

// --- Messages that have come since the inbox was last looked at ---------------------------------------------------

function markNew() {
  const newest = Number(byId('inbox-state').dataset.newest);
  let seen = Number(localStorage.getItem('seen') ?? 0);
  if (seen > newest) seen = 0; // another emulator, or a new run
  const count = newest - seen;
  const link = document.querySelector('#nav a[data-key="i"] span');
  if (link && count > 0 && seen > 0) link.textContent = `${count} new`;
  for (const row of document.querySelectorAll('#list tr[data-message]')) {
    if (seen > 0 && Number(row.dataset.message) > seen && !row.querySelector('.badge.good')) row.querySelector('th').append(' ', make('span', { class: 'badge good' }, 'new'));
  }
  if (document.querySelector('#list[data-live="message"]')) {
    window.addEventListener('pagehide', () => localStorage.setItem('seen', String(newest)), { once: true });
  } else if (seen === 0) {
    localStorage.setItem('seen', String(newest));
  }
}

// --- Parts that only the script can serve -------------------------------------------------------------------

function enhance() {
  markNew();
  for (const button of document.querySelectorAll('[data-copy][hidden], [data-scripted][hidden]')) button.hidden = false;
  for (const part of document.querySelectorAll('[data-refresh]')) {
    if (part.timer) continue;
    part.timer = setTimeout(() => refresh([part.dataset.live]).catch(() => {}), Number(part.dataset.refresh) * 1000 + 200);
  }
}

document.addEventListener('change', (event) => {
  if (event.target.matches('[data-all]')) {
    for (const box of event.target.closest('table').querySelectorAll('tbody input[type=checkbox]')) box.checked = event.target.checked;
  }
  if (event.target.matches('select[data-submit]')) event.target.form.requestSubmit();
});

// A snapshot's file goes to the control API as it is: a form could not send it.
document.addEventListener('submit', async (event) => {
  const input = event.target.querySelector('input[type=file][data-url]');
  const file = input?.files[0];
  if (!file) return;
  event.preventDefault();
  const url = input.dataset.url + encodeURIComponent(event.target.elements.name.value);
  const answer = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/gzip' }, body: file });
  if (answer.ok) location.assign('?done=saved');
  else {
    input.parentElement.querySelector('[role=alert]')?.remove();
    input.after(make('p', { class: 'told refused', role: 'alert' }, (await answer.json()).message));
  }
});

// A file's text goes into the field that it belongs to, where it can be read before it is sent.
document.addEventListener('change', async (event) => {
  const file = event.target.matches('input[data-fill]') ? event.target.files[0] : null;
  if (!file) return;
  byId(event.target.dataset.fill).value = await file.text();
  const kind = byId('kind');
  if (kind) kind.value = file.name.endsWith('.csv') ? 'csv' : 'seed';
});

// --- The palette ---------------------------------------------------------------------------------------------

let palette = null;

function openPalette() {
  if (palette) return;
  const input = make('input', { type: 'text', role: 'combobox', 'aria-expanded': 'true', 'aria-controls': 'hits', 'aria-label': 'Go to', placeholder: 'Go to a page, user, pool, client, request, operation …', autocomplete: 'off', spellcheck: 'false' });
  const list = make('ul', { class: 'hits', id: 'hits', role: 'listbox', 'aria-label': 'Results' });
  palette = make('dialog', { 'aria-label': 'Palette' }, input, list);
  document.body.append(palette);
  let chosen = 0;
  let latest = 0;
  const choose = (at) => {
    const items = [...list.children];
    chosen = items.length ? (at + items.length) % items.length : 0;
    items.forEach((item, index) => item.setAttribute('aria-selected', String(index === chosen)));
    if (items[chosen]) { input.setAttribute('aria-activedescendant', items[chosen].id); items[chosen].scrollIntoView({ block: 'nearest' }); }
  };
  const look = async () => {
    const number = ++latest;
    const answer = await fetch(`${root}/find?format=json&q=${encodeURIComponent(input.value)}`);
    if (!answer.ok || number !== latest) return;
    const { hits } = await answer.json();
    list.replaceChildren(...hits.map((hit, index) => {
      const item = make('li', { role: 'option', id: `hit-${index}` }, hit.label, make('span', {}, hit.detail));
      item.addEventListener('click', () => location.assign(hit.url));
      item.dataset.url = hit.url;
      return item;
    }));
    choose(0);
  };
  input.addEventListener('input', () => look().catch(() => {}));
  input.addEventListener('keydown', (event) => {
    if (event.key === 'ArrowDown') choose(chosen + 1);
    else if (event.key === 'ArrowUp') choose(chosen - 1);
    else if (event.key === 'Enter') { const item = list.children[chosen]; if (item) location.assign(item.dataset.url); }
    else return;
    event.preventDefault();
  });
  palette.addEventListener('close', () => { palette.remove(); palette = null; });
  palette.addEventListener('click', (event) => { if (event.target === palette) palette.close(); });
  palette.showModal();
  look().catch(() => {});
}

// --- Keys ------------------------------------------------------------------------------------------------------

let afterG = 0;

function rows() {
  return [...document.querySelectorAll('main tr[data-id], main tr[data-href]')];
}

function move(by) {
  const all = rows();
  const at = all.findIndex((row) => row.classList.contains('on'));
  const next = all[Math.max(0, Math.min(all.length - 1, at + by))];
  if (!next) return;
  all[at]?.classList.remove('on');
  next.classList.add('on');
  next.querySelector('a, button, summary')?.focus();
}

function add() {
  const target = document.querySelector('[data-new]');
  if (target?.matches('input')) target.focus();
  else target?.click();
}

const KEYS = {
  '/': () => (document.querySelector('main input[type=search]') ?? byId('search')).focus(),
  '?': () => location.assign(`${root}/keys`),
  j: () => move(1),
  k: () => move(-1),
  n: add,
  x: () => document.querySelector('tr.on input[type=checkbox]')?.click(),
  c: () => {
    const id = document.querySelector('tr.on')?.dataset.id ?? document.querySelector('main [data-page-id]')?.dataset.pageId;
    if (id) copy(id, id);
  },
  g: () => { afterG = Date.now(); },
};

document.addEventListener('keydown', (event) => {
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'k') {
    event.preventDefault();
    openPalette();
    return;
  }
  if (event.key === 'Escape' && !palette) {
    for (const open of document.querySelectorAll('details.menu[open]')) open.open = false;
    if (typing(event.target)) event.target.blur();
  }
  if (event.ctrlKey || event.metaKey || event.altKey || palette || typing(event.target)) return;
  if (Date.now() - afterG < 1500) {
    afterG = 0;
    const link = document.querySelector(`#nav a[data-key="${CSS.escape(event.key)}"]`);
    if (link) { event.preventDefault(); link.click(); }
    return;
  }
  if (event.key === 'Enter' && event.target === document.body) {
    const row = document.querySelector('tr.on[data-href]');
    if (row) location.assign(row.dataset.href);
  } else if (Object.hasOwn(KEYS, event.key)) {
    event.preventDefault();
    KEYS[event.key]();
  }
});

// What a form has done is told once: not again when the page is reloaded or sent to someone.
const address = new URL(location.href);
if (address.searchParams.has('done')) {
  address.searchParams.delete('done');
  history.replaceState(null, '', address);
}
enhance();
setInterval(tick, 250);
listen();
