// SPDX-License-Identifier: GPL-2.0-or-later
// The list of hosts, which is asked for a page at a time.
'use strict';

const LIST_MS = 3000;
let page = 0;
let listed = 0;
let timer = 0;
let asked = 0;

function options(select, pairs) {
  const wanted = [make('option', {value: ''}, 'any'), ...pairs.map(([value, text]) => make('option', {value}, text))];
  const chosen = select.value;
  fill(select, wanted);
  select.value = pairs.some(([value]) => value === chosen) ? chosen : '';
}

/** Asks for the page again, not more often than every few seconds. */
function listSoon() {
  if (!timer) {
    timer = setTimeout(list, Math.max(0, listed + LIST_MS - Date.now()));
  }
}

async function list() {
  clearTimeout(timer);
  timer = 0;
  listed = Date.now();
  const turn = ++asked;
  const query = new URLSearchParams({text: $('text').value, state: $('state').value, ring: $('ring').value,
    attention: $('attention').value, page});
  try {
    const answer = await fetch(HERE + 'hosts?' + query);
    if (!answer.ok) {
      throw new Error('status ' + answer.status);
    }
    const found = await answer.json();
    if (turn === asked) {
      showList(found);
    }
  } catch (e) {
    if (turn === asked) {
      say($('found'), 'The list cannot be read: ' + e.message);
    }
  }
}

function showList(found) {
  const last = Math.max(0, Math.ceil(found.total / found.size) - 1);
  if (page > last) {
    page = last;
    list();
    return;
  }
  say($('found'), found.total === 0 ? 'No hosts.' : hosts(found.total));
  say($('page'), 'Page ' + count(page + 1) + ' of ' + count(last + 1));
  $('previous').disabled = page === 0;
  $('next').disabled = page === last;
  fill($('list').tBodies[0], found.hosts.map(row));
}

function row(h) {
  const labels = Object.entries(h.labels).map(([k, v]) => k + '=' + v).join(' ');
  const name = make('td', {'data-name': 'Host'}, make('span', {}, h.host));
  if (labels) {
    name.append(make('span', {class: 'labels'}, labels));
  }
  const remarks = make('td', {'data-name': 'Remarks'});
  if (h.trouble.length > 0) {
    remarks.append(make('div', {class: 'alarm'}, h.trouble.join(', ')));
  }
  for (const line of [h.message, ...h.reboots, ...h.notes].filter(l => l)) {
    remarks.append(make('div', {}, line));
  }
  const sum = Object.values(h.hits).reduce((a, b) => a + b, 0);
  const kernel = h.kernel + (h.distribution ? ' (' + h.distribution + ')' : '');
  return make('tr', {}, name,
      make('td', {'data-name': 'State'}, make('span', {class: 'state', 'data-host-state': h.state}, STATES[h.state] || h.state)),
      make('td', {'data-name': 'Ring'}, h.ring), make('td', {'data-name': 'Kernel'}, kernel),
      make('td', {'data-name': 'Serial', class: 'number'}, h.serial || ''),
      make('td', {'data-name': 'Calls', class: 'number'}, sum ? count(sum) : ''), remarks);
}

function turn(by) {
  page = Math.max(0, page + by);
  list();
}

/** Shows some hosts, and goes there. */
function only(name, value) {
  $('filter').reset();
  $(name).value = value;
  page = 0;
  list();
  $('hosts').scrollIntoView();
  $(name).focus({preventScroll: true});
}

options($('state'), ORDER.map(s => [s, STATES[s]]));
$('filter').addEventListener('submit', e => e.preventDefault());
$('filter').addEventListener('input', () => {
  page = 0;
  clearTimeout(timer);
  timer = setTimeout(list, 150);
});
$('filter').addEventListener('reset', () => {
  page = 0;
  setTimeout(list);
});
$('previous').addEventListener('click', () => turn(-1));
$('next').addEventListener('click', () => turn(1));
$('states').addEventListener('click', e => {
  const button = e.target.closest('button');
  if (button) {
    only('state', button.dataset.hostState);
  }
});
$('reboots').addEventListener('click', e => {
  if (e.target.closest('button')) {
    only('attention', 'reboot');
  }
});
