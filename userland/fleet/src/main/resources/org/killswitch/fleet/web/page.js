// SPDX-License-Identifier: GPL-2.0-or-later
// What the controller knows, as it changes. All that comes from hosts and operators becomes text, never markup.
'use strict';

const POINTS = 720;
const SILENCE_MS = 15000;
const RETRY_MS = 5000;
const ORDER = ['kept', 'trial', 'observing', 'waiting', 'undone', 'failed', 'silent', 'excluded', 'none'];
const STATES = {
  kept: 'kept', trial: 'on trial', observing: 'observing', waiting: 'waiting', undone: 'undone', failed: 'failed',
  silent: 'silent', excluded: 'in no ring', none: 'no policy',
};
const STAGES = {closed: 'closed', observe: 'observing', trial: 'on trial', keep: 'kept', back: 'taken back'};
const MEANING = {
  kept: 'The policy is in effect for good.',
  trial: 'The policy is in effect, with a countdown.',
  observing: 'Calls are only counted.',
  waiting: 'The ring is not open yet, or the host has not heard of it.',
  undone: 'The host took the policy back.',
  failed: 'The policy cannot be followed there.',
  silent: 'The host does not report any more.',
  excluded: 'The policy is not for the host.',
  none: 'The host has never had a policy.',
};

// Without the password that the address may have been typed with: fetch refuses it.
const HERE = location.origin + location.pathname.replace(/[^/]*$/, '');

const $ = id => document.getElementById(id);
const count = n => n.toLocaleString('en');
const hosts = n => count(n) + (n === 1 ? ' host' : ' hosts');

/** An element with attributes; children are elements or text. */
function make(name, attributes, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes || {})) {
    element.setAttribute(key, value);
  }
  element.append(...children.map(c => c instanceof Node ? c : String(c)));
  return element;
}

/** Changes what is there only where it differs: the focus stays where it is, and a reader is not told the same again. */
function fill(parent, wanted) {
  const old = [...parent.children];
  wanted.forEach((element, i) => {
    if (!old[i]) {
      parent.append(element);
    } else if (!old[i].isEqualNode(element)) {
      update(old[i], element);
    }
  });
  old.slice(wanted.length).forEach(e => e.remove());
}

function update(old, element) {
  const sameKind = old.nodeName === element.nodeName && old.childElementCount === element.childElementCount;
  if (sameKind && element.childElementCount > 0 && old.childNodes.length === element.childElementCount
      && element.childNodes.length === element.childElementCount) {
    attributes(old, element);
    [...element.children].forEach((child, i) => {
      if (!old.children[i].isEqualNode(child)) {
        update(old.children[i], child);
      }
    });
  } else if (sameKind && element.childElementCount === 0) {
    attributes(old, element);
    say(old, element.textContent);
  } else {
    old.replaceWith(element);
  }
}

function attributes(old, element) {
  for (const {name} of [...old.attributes]) {
    if (!element.hasAttribute(name)) {
      old.removeAttribute(name);
    }
  }
  for (const {name, value} of element.attributes) {
    if (name === 'style') {
      old.style.cssText = value; // the attribute itself is what the Content-Security-Policy forbids
    } else if (old.getAttribute(name) !== value) {
      old.setAttribute(name, value);
    }
  }
}

function say(element, text) {
  if (element.textContent !== text) {
    element.textContent = text;
  }
}

// ---- what the controller knows

let state = null;
let offset = 0; // of the controller's clock from this one's, in milliseconds
let calls = [];
let every = 5;
let heard = 0;
let source = null;

function connect() {
  source = new EventSource(HERE + 'events');
  source.addEventListener('clock', e => {
    heard = Date.now();
    offset = Date.parse(JSON.parse(e.data).now) - heard;
    link('live');
  });
  source.addEventListener('state', e => {
    state = JSON.parse(e.data);
    show();
    listSoon();
  });
  source.addEventListener('hits', e => {
    const hits = JSON.parse(e.data);
    every = hits.every;
    calls = calls.concat(hits.calls).slice(-POINTS);
    chart();
  });
  source.addEventListener('open', () => {
    calls = []; // they are sent again
  });
  source.addEventListener('error', () => {
    link('lost');
    if (source.readyState === EventSource.CLOSED) {
      source.close();
      setTimeout(connect, RETRY_MS);
    }
  });
}

function link(how) {
  const element = $('link');
  element.dataset.link = how;
  const leads = state && (state.leads ? ', this controller leads' : ', another controller leads');
  say(element, how === 'live' ? 'live' + (state && state.connected ? leads : '')
      : 'connection lost, trying again; what is shown is old');
}

setInterval(() => {
  if (heard && Date.now() - heard > SILENCE_MS) {
    link('lost');
  }
  soak();
  const now = new Date(Date.now() + offset);
  say($('clock'), heard ? 'Times are local; it is ' + time(now) + '.' : '');
}, 1000);

function show() {
  link('live');
  const rollout = state.rollout;
  const head = $('rollout');
  if (rollout) {
    head.dataset.state = rollout.state;
    say(head, 'Serial ' + rollout.serial + ': ' + rollout.state);
  } else {
    delete head.dataset.state;
    say(head, 'No roll-out');
  }
  document.title = (rollout ? rollout.serial + ' ' + rollout.state + ' - ' : '') + 'killswitch fleet';
  notice(rollout);
  fill($('sums'), sums());
  $('no-rings').hidden = Boolean(rollout);
  fill($('rings'), rollout ? rollout.rings.map((r, i) => ring(r, i === rollout.current)) : []);
  soak();
  fill($('states'), states());
  $('no-functions').hidden = state.functions.length > 0;
  $('functions').hidden = state.functions.length === 0;
  fill($('functions').tBodies[0], state.functions.map(f => make('tr', {},
      make('td', {}, f.name), make('td', {class: 'number'}, count(f.calls)), make('td', {class: 'number'}, count(f.hosts)))));
  $('no-reboots').hidden = state.reboots.length > 0;
  fill($('reboots'), state.reboots.map(r => make('li', {}, make('span', {}, r.what),
      make('button', {type: 'button', class: 'text-button', 'data-attention': 'reboot'}, hosts(r.hosts)))));
  const decisions = state.decisions || [];
  $('no-decisions').hidden = decisions.length > 0;
  $('decisions').hidden = decisions.length === 0;
  fill($('decisions'), decisions.map(decision));
  options($('ring'), rollout ? rollout.rings.map(r => [r.name, r.name]) : []);
}

function notice(rollout) {
  const lines = [];
  if (!state.connected) {
    lines.push('The controller has no connection with the NATS server. All this is as it was known last.');
  }
  if (rollout && rollout.state === 'halted') {
    const halt = (state.decisions || []).find(d => d.what.startsWith('halt'));
    lines.push('Halted' + (halt ? ' by ' + halt.who + ': ' + (halt.why || 'no reason given') : '') + '.');
  }
  if (rollout && Date.parse(rollout.expires) < Date.now() + offset) {
    lines.push('The policy has expired: no host begins with it any more.');
  }
  $('notice').hidden = lines.length === 0;
  say($('notice'), lines.join(' '));
}

function sums() {
  const n = state.states;
  const sum = (value, what, alarm) => make('li', alarm && value > 0 ? {'data-alarm': ''} : {},
      make('b', {}, count(value)), make('span', {}, what));
  return [
    sum(state.hosts, 'hosts'),
    sum(n.kept + n.trial, 'with the policy in effect'),
    sum(n.failed + n.undone, 'failed or undone', true),
    sum(n.silent, 'silent', true),
    sum(state.trouble, 'with kernel trouble', true),
    sum(state.rebooting, 'wait for a reboot'),
  ];
}

function bar(numbers, total) {
  const element = make('div', {class: 'bar', 'aria-hidden': 'true'});
  for (const name of ORDER) {
    if (numbers[name] > 0) {
      const part = make('i', {'data-host-state': name});
      part.style.width = 100 * numbers[name] / total + '%';
      element.append(part);
    }
  }
  return element;
}

function ring(r, isCurrent) {
  const legend = make('ul', {class: 'legend'}, ...ORDER.filter(s => r.states[s] > 0).map(s =>
      make('li', {'data-host-state': s}, count(r.states[s]) + ' ' + STATES[s])));
  const item = make('li', {'data-stage': r.stage},
      make('div', {class: 'ring-head'}, make('b', {}, r.name), make('span', {class: 'stage'}, STAGES[r.stage]),
          make('span', {class: 'quiet'}, hosts(r.hosts) + ': ' + r.members)),
      bar(r.states, r.hosts), legend, gate(r, isCurrent));
  return item;
}

function gate(r, isCurrent) {
  const list = make('dl', {class: 'gate'});
  const now = r.now;
  const isOpen = Boolean(now) && (r.stage === 'observe' || r.stage === 'trial');
  const row = (name, text, holds) => list.append(make('dt', {}, name),
      make('dd', holds === undefined || !isOpen ? {} : {'data-holds': holds ? 'yes' : 'no'}, text));
  const have = value => isOpen ? value + ', ' : '';
  if (r.observe !== undefined) {
    row('observe', duration(r.observe));
  }
  const well = make('dd', {}, duration(r.soak));
  if (isOpen && isCurrent) {
    const total = r.stage === 'observe' ? r.observe : r.soak;
    well.dataset.total = total;
    well.append(make('progress', {class: 'soak', max: total, value: 0, 'aria-label': 'time that ring ' + r.name + ' has been open'}));
  }
  list.append(make('dt', {}, 'well for'), well);
  row('in effect', have(now && now.reached + ' of ' + now.hosts) + 'at least ' + r.reached, now && now.is_reached);
  row('failed', have(now && now.failed) + 'at most ' + r.failed, now && !now.too_many_failed);
  row('trouble', have(now && now.trouble) + 'at most ' + hosts(r.trouble), now && now.trouble <= r.trouble);
  if (r.hits !== undefined) {
    row('calls', 'at most ' + count(r.hits) + ' of a function on a host', now && now.bursts === 0);
  }
  if (now && now.why_not) {
    list.append(make('dt', {}, 'does not hold'), make('dd', {class: 'alarm'}, now.why_not));
  }
  return list;
}

/** The time that the ring on trial has been well for, by the controller's clock. */
function soak() {
  if (!state || !state.rollout) {
    return;
  }
  const passed = Math.max(0, Date.now() + offset - Date.parse(state.rollout.since)) / 1000;
  for (const meter of document.querySelectorAll('progress.soak')) {
    meter.value = Math.min(passed, meter.max);
    meter.title = duration(Math.floor(passed)) + ' so far';
  }
}

function states() {
  return ORDER.map(s => make('li', {},
      make('button', {type: 'button', 'data-host-state': s, title: MEANING[s] + ' Lists them below.'}, STATES[s]),
      bar({[s]: state.states[s]}, Math.max(1, state.hosts)),
      make('span', {class: 'number'}, count(state.states[s]))));
}

function decision(d) {
  return make('li', {}, make('time', {datetime: d.when}, time(new Date(d.when))), make('b', {}, d.what),
      make('span', {class: 'who'}, d.who), make('span', {class: 'why'}, d.why));
}

function time(date) {
  const two = n => String(n).padStart(2, '0');
  return date.getFullYear() + '-' + two(date.getMonth() + 1) + '-' + two(date.getDate()) + ' ' + two(date.getHours()) + ':'
      + two(date.getMinutes()) + ':' + two(date.getSeconds());
}

/** A length of time: 1 h 30 min. */
function duration(seconds) {
  const parts = [[Math.floor(seconds / 3600), 'h'], [Math.floor(seconds / 60) % 60, 'min'], [seconds % 60, 's']]
      .filter(([n]) => n > 0);
  return parts.length === 0 ? '0 s' : parts.map(([n, unit]) => n + ' ' + unit).join(' ');
}

// ---- calls over time

function chart() {
  const top = Math.max(1, ...calls);
  const sum = calls.reduce((a, b) => a + b, 0);
  say($('hits-text'), sum === 0 ? 'None.' : count(sum) + ' calls, at most ' + count(top) + ' in ' + every + ' s.');
  const x = i => (POINTS - calls.length + i) * 720 / POINTS;
  const y = n => 158 - 150 * n / top;
  let d = '';
  calls.forEach((n, i) => {
    d += (i === 0 ? 'M' + x(0) + ' 158L' : 'L') + x(i) + ' ' + y(n).toFixed(1);
  });
  if (calls.length > 0) {
    d += 'L' + x(calls.length - 1) + ' 158Z';
  }
  const svg = $('chart');
  if (!svg.firstChild) {
    svg.append(document.createElementNS('http://www.w3.org/2000/svg', 'path'));
  }
  svg.firstChild.setAttribute('d', d);
}

document.addEventListener('DOMContentLoaded', connect);
