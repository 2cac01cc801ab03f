// What the page does beyond reading and pressing, which work without it: it sends
// forms without leaving, takes in messages as they come, tells a screen reader of
// them, shows times in the reader's own zone and completes what is typed. It keeps
// nothing.
'use strict';

const $ = id => document.getElementById(id);
const page = document.body.dataset;
const words = $('words').dataset;
const text = $('text');
const scroll = document.querySelector('.scroll');
const lang = navigator.languages.find(l => l.startsWith(document.documentElement.lang)) || document.documentElement.lang;

/* Times: in the browser's zone and the page's language; the server's words stay as
   the description. */

const styles = {
  moment: { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric', hour: 'numeric', minute: '2-digit', timeZoneName: 'short' },
  clock: { hour: 'numeric', minute: '2-digit' },
  zoned: { hour: 'numeric', minute: '2-digit', timeZoneName: 'short' },
  day: { weekday: 'long', day: 'numeric', month: 'long' },
  older: { day: 'numeric', month: 'short', hour: 'numeric', minute: '2-digit' },
};

const units = [['day', 86400], ['hour', 3600], ['minute', 60]];

function relative(at) {
  const seconds = (at - Date.now()) / 1000;
  const [unit, size] = units.find(([, size]) => Math.abs(seconds) >= size) || units.at(-1);
  return new Intl.RelativeTimeFormat(lang, { numeric: 'auto' }).format(Math.round(seconds / size), unit);
}

function written(at, style) {
  if (style === 'relative') return relative(at);
  if (style === 'sent') style = at.toDateString() === new Date().toDateString() ? 'clock' : 'older';
  return new Intl.DateTimeFormat(lang, styles[style] || styles.moment).format(at);
}

function localTimes(root, selector = 'time[data-style]') {
  for (const time of root.querySelectorAll(selector)) {
    const at = new Date(time.dateTime);
    if (isNaN(at)) continue;
    time.title ||= time.textContent;
    time.textContent = written(at, time.dataset.style);
  }
}

/* What a screen reader hears, each thing once and in order. */

function announce(said) {
  const line = document.createElement('p');
  line.textContent = said;
  $('live').append(line);
  while ($('live').childElementCount > 50) $('live').firstChild.remove();
}

/* Messages. */

const heard = new Map(); // what was last said of a message, by its id
let awaited = false;     // whether an answer to what was sent is still to come
let answered = null;     // that answer, when it has come
let adrift = false;      // whether the form that had the focus has gone

function take(event) {
  page.after = event.lastEventId || page.after;
  const { room, href, id, html, said } = JSON.parse(event.data);
  if (href !== page.at) return elsewhere(room, href);
  const old = $(id);
  const post = upsert(old, html);
  if (post && (!old || heard.get(id) !== said)) announce(said);
  heard.set(id, said);
  if (!post || !awaited) return;
  awaited = false;
  answered = post;
  show(post);
  land();
}

function show(post) {
  if (post.offsetHeight > scroll.clientHeight) post.scrollIntoView({ block: 'start' });
  else if (post === $('messages').lastElementChild) scroll.scrollTo({ top: 0 }); // its end
  else post.scrollIntoView({ block: 'nearest' });
}

// land gives the focus to the answer, where the form that had it has gone.
function land() {
  if (!adrift || !answered) return;
  adrift = false;
  settle(answered, null);
}

// upsert shows a message, in the place of the one that it is an edit of. A message
// that has gone has no html.
function upsert(old, html) {
  const box = document.createElement('template');
  box.innerHTML = html;
  const post = box.content.firstElementChild;
  if (post) localTimes(post);
  if (!old) {
    if (post) $('messages').append(post);
    return post;
  }
  const held = old.contains(document.activeElement) && document.activeElement;
  if (post) keepTyped(old, post);
  if (post) old.replaceWith(post); else old.remove();
  if (held) settle(post, held);
  return post;
}

// keepTyped keeps what was typed into a form that is still the same.
function keepTyped(old, post) {
  const [before, after] = [old, post].map(p => p.querySelector('[data-form]')?.elements);
  if (!before || !after || before.payload.value !== after.payload.value) return;
  for (const field of before) {
    if (field.id && field.type !== 'file') after[field.name].value = field.value;
  }
}

// settle puts the focus into a message: where it was held, else on what comes first.
function settle(post, held) {
  if (!post) return $('main').focus();
  const controls = [...post.querySelectorAll('button, input:not([type=hidden]), select, textarea')];
  const same = held && controls.find(c => held.id ? c.id === held.id : c.ariaLabel === held.ariaLabel);
  (same || controls[0] || post).focus({ preventScroll: true });
}

/* Other rooms. */

const links = [...document.querySelectorAll('.rooms a')];
const unread = links.map(() => 0);
const places = document.querySelector('.places');
places.dataset.name = places.ariaLabel;

function elsewhere(room, href) {
  const i = links.findIndex(l => l.pathname === href);
  if (i < 0) return;
  mark(i, unread[i] + 1);
  announce(words.elsewhere.replace('{room}', room));
}

// mark says how much is new in a room, on its link and, where the links are folded
// away, on the button that shows them.
function mark(i, count) {
  unread[i] = count;
  const mark = links[i].querySelector('.new');
  mark.textContent = words.new.replace('{n}', count);
  links[i].ariaLabel = `${links[i].firstChild.data}, ${mark.textContent}`;
  links.forEach(l => { l.hash = unread.some(n => n) ? 'new=' + unread.join() : ''; });
  const sum = unread.reduce((a, b) => a + b, 0);
  document.title = `(${sum}) ` + document.title.replace(/^\(\d+\) /, '');
  places.dataset.new = sum;
  places.ariaLabel = `${places.dataset.name}, ${words.new.replace('{n}', sum)}`;
}

// The counts come along from the room that was left.
function recount() {
  if (!location.hash.startsWith('#new=')) return;
  location.hash.slice(5).split(',').forEach((n, i) => {
    if (links[i] && links[i].pathname !== page.at && n > 0) mark(i, Number(n));
  });
  history.replaceState(null, '', location.pathname);
}

/* The connection. A hidden page lets go of it, for a browser has few, and catches up
   when it is looked at. */

let source, retry, tries = 0;

function connect() {
  disconnect();
  if (document.hidden) return;
  source = new EventSource(`${page.at}/events?after=${encodeURIComponent(page.after)}`);
  source.onopen = connected;
  source.onerror = lost;
  source.addEventListener('post', take);
  source.addEventListener('again', () => location.reload());
}

function disconnect() {
  clearTimeout(retry);
  if (source) source.close();
  source = null;
}

function connected() {
  if (tries > 1) {
    say('state', words.back);
    setTimeout(() => { if (tries === 0) say('state', ''); }, 4000);
  }
  tries = 0;
}

function lost() {
  disconnect();
  if (++tries > 1) say('state', words.lost);
  retry = setTimeout(connect, Math.min(500 * 2 ** tries, 15000));
}

function say(id, words) {
  if ($(id).textContent !== words) $(id).textContent = words;
}

/* Forms are sent without leaving the page; what comes of them comes as a message. */

async function send(event) {
  const form = event.target, button = event.submitter;
  if (form.method !== 'post') return;
  event.preventDefault();
  if (form.ariaBusy === 'true' || form.id === 'composer' && !text.value.trim()) return;
  form.ariaBusy = 'true';
  awaited = true; // The answer may be here before the server has said that all is well.
  answered = null;
  const failed = await post(form, new FormData(form, button)).catch(() => words.failed);
  form.ariaBusy = 'false';
  say('sorry', failed);
  if (failed) awaited = false; else sent(form);
}

// post sends a form and gives what was wrong with it, "" for nothing.
async function post(form, data) {
  const body = form.enctype === 'multipart/form-data' ? data : new URLSearchParams(data);
  const answer = await fetch(form.action, { method: 'POST', body, headers: { Accept: 'application/json' } });
  if (answer.status === 204) return '';
  return (await answer.json()).sorry || words.failed;
}

function sent(form) {
  if (form.id === 'composer') {
    text.value = '';
    suggest();
  }
  if (form.closest('#palette')) $('palette').hidePopover();
  if (form.closest('#asked')) {
    $('asked').remove();
    history.replaceState(null, '', page.at);
    $('main').focus();
    adrift = true;
    land();
  }
}

/* Completion of a field, from the server. */

let typing;

function complete(field) {
  clearTimeout(typing);
  typing = setTimeout(async () => {
    const address = new URL(field.dataset.complete, location);
    address.searchParams.set('typed', field.value);
    const answer = await fetch(address).catch(() => null);
    if (!answer || !answer.ok) return;
    field.list.replaceChildren(...(await answer.json()).map(({ value, label }) => new Option(label, value)));
  }, 150);
}

/* Commands, as they are typed: a combobox over the palette. */

const found = $('found');
const commands = [...document.querySelectorAll('#palette li')].map(li => ({ typed: li.dataset.typed, press: li.querySelector('a, button') }));
let options = [], active = -1;

function suggest() {
  const typed = text.value.trimStart().toLowerCase();
  options = typed.startsWith('/') ? commands.filter(c => c.typed.startsWith(typed)) : [];
  found.replaceChildren(...options.map(option));
  found.hidden = options.length === 0;
  text.ariaExpanded = String(!found.hidden);
  activate(-1);
  say('matches', typed.startsWith('/') ? words.matches.replace('{n}', options.length) : '');
}

function option(command, i) {
  const li = document.createElement('li');
  li.id = 'found-' + i;
  li.role = 'option';
  li.ariaSelected = 'false';
  li.append(...[...command.press.childNodes].map(n => n.cloneNode(true)));
  li.onclick = () => choose(i);
  return li;
}

function activate(i) {
  if (found.children[active]) found.children[active].ariaSelected = 'false';
  active = i;
  const li = found.children[i];
  if (!li) return text.removeAttribute('aria-activedescendant');
  li.ariaSelected = 'true';
  li.scrollIntoView({ block: 'nearest' });
  text.setAttribute('aria-activedescendant', li.id);
}

function choose(i) {
  const { press } = options[i];
  text.value = '';
  suggest();
  text.focus();
  press.click();
}

const keys = {
  ArrowDown: () => activate(active + 1 < options.length ? active + 1 : 0),
  ArrowUp: () => activate(active > 0 ? active - 1 : options.length - 1),
  Enter: () => active >= 0 && choose(active),
  Escape: () => { options = []; found.hidden = true; text.ariaExpanded = 'false'; activate(-1); },
};

function key(event) {
  if (found.hidden || !keys[event.key] || event.isComposing) return;
  if (keys[event.key]() !== false) event.preventDefault();
}

function combobox() {
  text.role = 'combobox';
  text.ariaExpanded = 'false';
  text.ariaAutoComplete = 'list';
  text.setAttribute('aria-controls', 'found');
  text.addEventListener('input', suggest);
  text.addEventListener('keydown', key);
  text.addEventListener('blur', () => setTimeout(keys.Escape, 200));
  // A line has no line breaks; the words around them stay apart.
  text.addEventListener('paste', event => {
    const pasted = event.clipboardData.getData('text');
    if (!pasted.includes('\n')) return;
    event.preventDefault();
    text.setRangeText(pasted.replace(/\s*\n\s*/g, ' '), text.selectionStart, text.selectionEnd, 'end');
    suggest();
  });
}

document.addEventListener('submit', send);
document.addEventListener('input', event => { if (event.target.dataset.complete) complete(event.target); });
document.addEventListener('focusin', event => { if (event.target.dataset.complete) complete(event.target); });
document.addEventListener('visibilitychange', () => document.hidden ? disconnect() : connect());
addEventListener('pagehide', disconnect);
addEventListener('pageshow', event => { if (event.persisted) connect(); });
addEventListener('online', connect);
setInterval(() => localTimes(document, 'time[data-style=relative]'), 20000);

localTimes(document);
combobox();
recount();
connect();
