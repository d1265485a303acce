(function () {
  'use strict';
  var doc = document, root = doc.documentElement;
  var $ = function (id) { return doc.getElementById(id); };
  var all = function (sel) { return Array.prototype.slice.call(doc.querySelectorAll(sel)); };

  // Light and dark, as in the reports.
  function remember(k, v) { try { localStorage.setItem(k, v); } catch (e) { /* not allowed here */ } }
  function recall(k) { try { return localStorage.getItem(k); } catch (e) { return null; } }
  var theme = recall('whatif-theme');
  if (theme === 'light' || theme === 'dark') { root.dataset.theme = theme; }
  all('.tools, .filters, #tablewrap').forEach(function (e) { e.hidden = false; });
  $('theme').addEventListener('click', function () {
    var dark = root.dataset.theme ? root.dataset.theme === 'dark' : window.matchMedia('(prefers-color-scheme: dark)').matches;
    root.dataset.theme = dark ? 'light' : 'dark';
    remember('whatif-theme', root.dataset.theme);
  });
  var T = JSON.parse($('table-data').textContent), N = (T.names || []).length;
  if (!N) { return; }

  // What the columns mean. The order of documents without another one: the most pressing first.
  var columns = [
    {key: 'title', head: 'Document', cls: 'c-title', by: function () { return titleRank(); }},
    {key: 'path', head: 'Path', cls: 'c-path', by: function () { return places; }},
    {key: 'high', head: '▲ High', cls: 'c-num num', down: true, by: function () { return T.high; }},
    {key: 'medium', head: '■ Med.', cls: 'c-num num', down: true, by: function () { return T.medium; }},
    {key: 'low', head: '▽ Low', cls: 'c-num num', down: true, by: function () { return T.low; }},
    {key: 'open', head: 'Open', cls: 'c-open num', down: true, by: function () { return T.open; }},
    {key: 'data', head: 'Sensitive data', cls: 'c-data', down: true, by: function () { return T.kind.map(bits); }},
    {key: 'state', head: 'State', cls: 'c-state', by: function () { return T.state; }}
  ];
  var names = {title: 'title', path: 'path', high: 'high priority', medium: 'medium priority', low: 'low priority', open: 'open questions', data: 'sensitive data', state: 'state'};
  var perPage = 25, i, places = [], weight = [], group = [], hay = [];
  for (i = 0; i < N; i++) { places.push(i); weight.push(i); group.push(i); }
  Object.keys(T.kin).forEach(function (k) { group[k] = T.kin[k][2]; });
  weight.sort(function (a, b) { return T.high[b] - T.high[a] || T.medium[b] - T.medium[a] || T.low[b] - T.low[a] || T.open[b] - T.open[a] || a - b; });
  var rank = [];
  weight.forEach(function (d, at) { rank[d] = at; });
  function bits(n) { var c = 0; for (; n; n &= n - 1) { c++; } return c; }
  function fileName(name) { return name.slice(name.lastIndexOf('/') + 1); }
  function label(d) { return T.titles[d] || fileName(T.names[d]); }
  var titles = null;
  function titleRank() {
    if (!titles) {
      titles = [];
      var c = new Intl.Collator(undefined, {numeric: true});
      places.slice().sort(function (a, b) { return c.compare(label(a), label(b)); }).forEach(function (d, at) { titles[d] = at; });
    }
    return titles;
  }
  function text(d) {
    if (hay[d] === undefined) { hay[d] = (label(d) + '\n' + T.names[d]).toLowerCase(); }
    return hay[d];
  }

  // What is shown: kept in the address, so that it can be passed on.
  var filters = ['q', 'folder', 'priority', 'category', 'kind', 'unanswered', 'state', 'reason', 'finding', 'asset', 'sent', 'vendor'];
  var setKinds = ['finding', 'asset', 'sent', 'vendor'], shows = {finding: 'Finding', asset: 'Data', sent: 'Data', vendor: 'Receiver', reason: 'Reason'};
  var now = {sort: '-high', page: 1}, found = [], follows = {}, members = {};
  function read() {
    var p = new URLSearchParams(location.hash.slice(1));
    filters.forEach(function (k) { now[k] = p.get(k) || ''; });
    now.sort = p.get('sort') || '-high';
    if (!columns.some(function (c) { return c.key === now.sort.replace('-', ''); })) { now.sort = '-high'; }
    now.page = Math.max(1, parseInt(p.get('page'), 10) || 1);
  }
  function address() {
    var p = new URLSearchParams();
    filters.forEach(function (k) { if (now[k]) { p.set(k, now[k]); } });
    if (now.sort !== '-high') { p.set('sort', now.sort); }
    if (now.page > 1) { p.set('page', now.page); }
    return '#' + (String(p) || 'documents');
  }
  function write(push) {
    try { history[push ? 'pushState' : 'replaceState'](null, '', address()); } catch (e) { /* not allowed here */ }
  }
  function named(kind, key) {
    var own = Object.prototype.hasOwnProperty;
    return own.call(T.sets, kind) && own.call(T.sets[kind], key) ? T.sets[kind][key] : null;
  }
  function setOf(kind, key) {
    var at = kind + '=' + key, s = named(kind, key);
    if (!members[at]) {
      members[at] = new Uint8Array(N);
      for (var k = 0, d = -1; s && k < s.docs.length; k++) { d += s.docs[k]; members[at][d] = 1; }
    }
    return members[at];
  }
  function tests() {
    var out = [], words = now.q.toLowerCase().split(/\s+/).filter(Boolean);
    var add = function (value, test) { if (value) { out.push(test); } };
    add(words.length, function (d) { return words.every(function (w) { return text(d).indexOf(w) >= 0; }); });
    var direct = /\/\.$/.test(now.folder), dir = direct ? now.folder.slice(0, -1) : now.folder + '/';
    if (now.folder === '/.') { dir = ''; }
    add(now.folder, function (d) { var n = T.names[d]; return n.lastIndexOf(dir, 0) === 0 && (!direct || n.indexOf('/', dir.length) < 0); });
    add(now.priority, function (d) {
      return now.priority === 'none' ? !(T.high[d] + T.medium[d] + T.low[d]) : (T[now.priority === 'high' || now.priority === 'medium' ? now.priority : 'low'][d] > 0);
    });
    var cat = T.categories.indexOf(now.category), kind = T.kinds.indexOf(now.kind), question = (T.keys || []).indexOf(now.unanswered);
    add(now.category, function (d) { return cat >= 0 && (T.category[d] >>> cat & 1) === 1; });
    add(now.kind, function (d) { return kind >= 0 && (T.kind[d] >>> kind & 1) === 1; });
    add(now.unanswered, function (d) { return question >= 0 && T.status[d].charAt(question) === 'u'; });
    var state = T.states.indexOf(now.state), reason = T.reasons.indexOf(now.reason);
    add(now.state, function (d) { return T.state[d] === state; });
    add(now.reason, function (d) { return T.reason[d] === reason; });
    setKinds.forEach(function (k) { if (now[k]) { var m = setOf(k, now[k]); out.push(function (d) { return m[d] === 1; }); } });
    return out;
  }
  function find() {
    var check = tests(), down = now.sort.charAt(0) === '-', key = now.sort.replace('-', '');
    var by = columns.filter(function (c) { return c.key === key; })[0].by(), sign = down ? -1 : 1, list = [], n;
    for (n = 0; n < N; n++) {
      if (check.every(function (t) { return t(n); })) { list.push(n); }
    }
    list.sort(function (a, b) { return sign * (by[a] - by[b]) || rank[a] - rank[b]; });
    // Documents that are the same, or nearly, stand together under the first of them.
    var kin = {};
    list.forEach(function (d) { (kin[group[d]] = kin[group[d]] || []).push(d); });
    found = [];
    follows = {};
    list.forEach(function (d) {
      var together = kin[group[d]];
      if (!together) { return; }
      kin[group[d]] = null;
      together.forEach(function (m, at) { found.push(m); if (at) { follows[m] = true; } });
    });
  }

  // Drawing. Texts of documents are set as text, never as markup.
  function el(tag, cls, content) {
    var e = doc.createElement(tag);
    if (cls) { e.className = cls; }
    if (content !== undefined) { e.textContent = content; }
    return e;
  }
  function number(n) { return n.toLocaleString('en'); }
  function source(d) { return T.kin[d] && T.kin[d][1] === 100 && T.kin[d][0] >= 0 ? T.kin[d][0] : d; } // of a copy: who has the draft
  function files(d) {
    var from = source(d), base = T.base[from], around;
    if (base === -1) { return []; }
    if (typeof base === 'number') { around = T.around[base]; base = around[0] + T.names[from] + around[1]; }
    var path = base.split('/').map(encodeURIComponent).join('/');
    return T.endings[T.ending[from]].map(function (e) { return {ending: e, href: path + '.' + encodeURIComponent(e)}; });
  }
  function anchor(href, content, cls) { var a = el('a', cls, content); a.href = href; return a; }
  function draft(d) {
    var f = files(d), html = f.filter(function (x) { return x.ending === 'html'; })[0] || f[0];
    return html ? anchor(html.href, label(d)) : el('span', 'name', label(d));
  }
  function pathInto(e, name) {
    name.split('/').forEach(function (part, at, parts) {
      e.appendChild(at < parts.length - 1 ? doc.createTextNode(part + '/') : el('b', '', part));
      if (at < parts.length - 1) { e.appendChild(el('wbr')); }
    });
    return e;
  }
  function likeness(d) {
    var k = T.kin[d];
    if (T.of[d] !== undefined) { return el('span', 'like', 'same as ' + T.of[d]); }
    if (!k || k[0] < 0) { return null; }
    var e = el('span', 'like', k[1] === 100 ? 'same as ' : k[1] + ' % the same as ');
    e.dir = 'auto';
    var name = T.names[k[0]], dir = name.slice(0, name.lastIndexOf('/') + 1);
    e.appendChild(doc.createTextNode(T.names[d].lastIndexOf(dir, 0) === 0 && T.names[d].indexOf('/', dir.length) < 0 ? fileName(name) : name));
    return e;
  }
  function cell(tag, role, cls) { var e = el(tag, cls); e.setAttribute('role', role); return e; }
  function count(tr, n, cls, word, empty) {
    var td = cell('td', 'cell', 'num ' + cls + (n ? ' some' : ' zero'));
    td.textContent = empty ? '–' : number(n);
    td.dataset.label = word;
    tr.appendChild(td);
  }
  function row(d) {
    var tr = cell('tr', 'row', follows[d] ? 'follow' : ''), th = cell('th', 'rowheader'), td, empty = T.state[d] > 1;
    th.scope = 'row';
    th.dir = 'auto';
    th.appendChild(draft(d));
    if (likeness(d)) { th.appendChild(likeness(d)); }
    if (T.tops[T.top[d]]) { th.appendChild(el('span', 'dim topf', T.tops[T.top[d]])); }
    th.appendChild(pathInto(el('span', 'under'), T.names[d]));
    tr.appendChild(th);
    td = cell('td', 'cell', 'pathcell');
    td.appendChild(pathInto(el('span', 'path'), T.names[d]));
    td.dir = 'auto';
    tr.appendChild(td);
    count(tr, T.high[d], 'high', 'high', empty);
    count(tr, T.medium[d], 'medium', 'medium', empty);
    count(tr, T.low[d], 'low', 'low', empty);
    count(tr, T.open[d], 'open', 'open', empty);
    td = cell('td', 'cell', 'datacell');
    td.appendChild(el('span', 'bits'));
    T.kinds.forEach(function (k, at) { if (T.kind[d] >>> at & 1) { td.firstChild.appendChild(el('span', 'chip high', k)); } });
    tr.appendChild(td);
    td = cell('td', 'cell', 'statecell');
    td.appendChild(el('span', 'st ' + ['done', 'partial', 'copy', 'leftout', 'failed'][T.state[d]], T.states[T.state[d]]));
    if (T.reason[d] || T.detail[d]) { td.appendChild(el('span', 'why', T.reasons[T.reason[d]] || T.detail[d])).title = T.detail[d] || ''; }
    tr.appendChild(td);
    td = cell('td', 'cell', 'draftcell files');
    files(d).forEach(function (f) {
      var a = anchor(f.href, f.ending);
      a.setAttribute('aria-label', f.ending + ' of ' + label(d));
      td.appendChild(a);
    });
    tr.appendChild(td);
    return tr;
  }
  function draw() {
    var pages = Math.max(1, Math.ceil(found.length / perPage)), body = doc.createDocumentFragment();
    now.page = Math.min(now.page, pages);
    found.slice((now.page - 1) * perPage, now.page * perPage).forEach(function (d) { body.appendChild(row(d)); });
    $('rows').replaceChildren(body);
    var paged = pages > 1 ? ', page ' + number(now.page) + ' of ' + number(pages) : '';
    $('shown').textContent = (found.length < N ? number(found.length) + ' of ' : '') + number(N) + (N === 1 ? ' document' : ' documents') + paged;
    $('reset').hidden = !filters.some(function (k) { return now[k]; });
    $('none').hidden = found.length > 0;
    $('pages').hidden = pages === 1;
    $('page-of').textContent = number(now.page) + ' / ' + number(pages);
    $('prev').setAttribute('aria-disabled', String(now.page === 1));
    $('next').setAttribute('aria-disabled', String(now.page === pages));
    columns.forEach(function (c) {
      var th = $('head-' + c.key), on = now.sort.replace('-', '') === c.key;
      if (on) { th.setAttribute('aria-sort', now.sort.charAt(0) === '-' ? 'descending' : 'ascending'); } else { th.removeAttribute('aria-sort'); }
    });
  }

  // The controls above the table.
  function option(value, name) { var o = el('option', '', name); o.value = value; return o; }
  function below(dir) {
    var from = dir ? dir.replace(/\/\.$/, '') + '/' : '', counts = {};
    if (/\/\.$/.test(dir)) { return []; }
    T.names.forEach(function (n) {
      var end = n.lastIndexOf(from, 0) === 0 ? n.indexOf('/', from.length) : -1, sub;
      if (end > 0) { sub = n.slice(from.length, end); counts['/' + sub] = (counts['/' + sub] || 0) + 1; }
    });
    return Object.keys(counts).slice(0, 1000).map(function (s) { return {path: from + s.slice(1), name: s.slice(1), n: counts[s]}; });
  }
  function drawFolder() {
    var box = $('folder'), at = now.folder, parts = at ? at.split('/') : [], list = doc.createDocumentFragment();
    list.appendChild(option('', 'All folders'));
    parts.forEach(function (p, n) {
      var path = parts.slice(0, n + 1).join('/');
      if (p !== '.' && path) { list.appendChild(option(path, path + '/')); }
    });
    if (/\/\.$/.test(at)) { list.appendChild(option(at, 'right in ' + (at.slice(0, -2) || 'the top') + '/')); }
    below(at).forEach(function (s) { list.appendChild(option(s.path, '\u2003'.repeat(at ? 1 : 0) + s.name + '/ (' + number(s.n) + ')')); });
    box.replaceChildren(list);
    box.value = at;
  }
  function drawControls() {
    if ($('q').value !== now.q) { $('q').value = now.q; }
    drawFolder();
    ['priority', 'category', 'kind', 'unanswered', 'state', 'sort'].forEach(function (k) { $(k).value = now[k]; });
    ['folder', 'priority', 'category', 'kind', 'unanswered', 'state'].forEach(function (k) { $(k).classList.toggle('on', !!now[k]); });
    var picked = setKinds.concat('reason').filter(function (k) { return now[k]; });
    $('picked').replaceChildren.apply($('picked'), picked.map(function (k) {
      var s = named(k, now[k]), b = el('button', '', shows[k] + ': ' + (s ? s.label : now[k]));
      b.type = 'button';
      b.setAttribute('aria-label', 'Remove the filter ' + b.textContent);
      b.addEventListener('click', function () { now[k] = ''; changed(true); $('documents-title').focus(); });
      return b;
    }));
    $('picked').hidden = !picked.length;
  }
  function changed(push) { now.page = 1; show(); write(push); }
  function show() { find(); draw(); drawControls(); }
  function reset() {
    filters.forEach(function (k) { now[k] = ''; });
    changed(true);
  }
  function turn(by) {
    var pages = Math.max(1, Math.ceil(found.length / perPage)), to = Math.max(1, Math.min(pages, now.page + by));
    if (to === now.page) { return; }
    now.page = to;
    draw();
    write(false);
    $('documents').scrollIntoView();
  }
  function sortBy(c) {
    var up = c.key, down = '-' + c.key;
    now.sort = c.down ? (now.sort === down ? up : down) : (now.sort === up ? down : up);
    changed(false);
  }
  columns.forEach(function (c) {
    var th = cell('th', 'columnheader', c.cls), b = el('button', '', c.head);
    th.scope = 'col';
    th.id = 'head-' + c.key;
    b.type = 'button';
    b.title = 'Sort by ' + names[c.key];
    b.addEventListener('click', function () { sortBy(c); });
    th.appendChild(b);
    $('heads').appendChild(th);
    [c.down ? '-' : '', c.down ? '' : '-'].forEach(function (sign) {
      $('sort').appendChild(option(sign + c.key, 'By ' + names[c.key] + (sign ? ' ↓' : ' ↑')));
    });
  });
  var last = cell('th', 'columnheader', 'c-draft');
  last.scope = 'col';
  last.appendChild(el('span', 'plainhead', 'Draft'));
  $('heads').appendChild(last);
  function used(column, at) { return column.some(function (m) { return m >>> at & 1; }); }
  function upper(s) { return s.charAt(0).toUpperCase() + s.slice(1); }
  T.categories.forEach(function (c, at) { if (used(T.category, at)) { $('category').appendChild(option(c, upper(c))); } });
  T.kinds.forEach(function (k, at) { if (used(T.kind, at)) { $('kind').appendChild(option(k, 'Sensitive: ' + k)); } });
  T.states.forEach(function (s, at) { if (T.state.indexOf(at) >= 0) { $('state').appendChild(option(s, upper(s))); } });
  (T.keys || []).forEach(function (k, at) {
    $('unanswered').appendChild(option(k, 'Unanswered: ' + (T.texts[at].length > 90 ? T.texts[at].slice(0, 88) + '…' : T.texts[at])));
  });

  all('.filters').forEach(function (f) { f.addEventListener('submit', function (e) { e.preventDefault(); }); });
  $('q').addEventListener('input', function () { now.q = $('q').value; changed(false); });
  ['folder', 'priority', 'category', 'kind', 'unanswered', 'state'].forEach(function (k) {
    $(k).addEventListener('change', function () { now[k] = $(k).value; changed(true); });
  });
  $('sort').addEventListener('change', function () { now.sort = $('sort').value; changed(false); });
  $('reset').addEventListener('click', function () { reset(); $('q').focus(); });
  $('reset2').addEventListener('click', function () { reset(); $('q').focus(); });
  $('prev').addEventListener('click', function () { turn(-1); });
  $('next').addEventListener('click', function () { turn(1); });

  // A link of another part narrows the table; what was chosen before gives way.
  doc.addEventListener('click', function (e) {
    var a = e.target.closest ? e.target.closest('a[data-filter]') : null;
    if (!a || e.ctrlKey || e.metaKey || e.shiftKey || e.button) { return; }
    e.preventDefault();
    try { history.pushState(null, '', a.getAttribute('href')); } catch (err) { location.hash = a.getAttribute('href'); }
    fromAddress();
    $('documents-title').focus({preventScroll: true});
  });
  function fromAddress() {
    if (location.hash.indexOf('=') < 0 && location.hash.length > 1) { return; } // a part of the page
    read();
    show();
    if (location.hash.length > 1) { $('documents').scrollIntoView(); }
  }
  window.addEventListener('hashchange', fromAddress);
  window.addEventListener('popstate', fromAddress);

  // Keyboard.
  $('show-help').addEventListener('click', function () { $('help').showModal(); });
  doc.addEventListener('keydown', function (e) {
    if (e.ctrlKey || e.metaKey || e.altKey || $('help').open) { return; }
    var t = e.target, typing = /^(INPUT|SELECT|TEXTAREA)$/.test(t.tagName);
    if (e.key === 'Escape') {
      if (now.q) { now.q = ''; changed(false); } else if (typing) { t.blur(); }
      e.preventDefault();
      return;
    }
    if (typing) { return; }
    switch (e.key) {
    case '/': $('q').focus(); $('q').select(); break;
    case 'n': turn(1); break;
    case 'p': turn(-1); break;
    case 'x': reset(); break;
    case '?': $('help').showModal(); break;
    default: return;
    }
    e.preventDefault();
  });

  // Paper has room for more rows, and shows what is folded.
  var closed = [];
  window.addEventListener('beforeprint', function () {
    perPage = 300;
    draw();
    closed = all('details:not([open])');
    closed.forEach(function (d) { d.open = true; });
  });
  window.addEventListener('afterprint', function () {
    perPage = 25;
    draw();
    closed.forEach(function (d) { d.open = false; });
  });

  read();
  show();
  if (location.hash.indexOf('=') > 0) { $('documents').scrollIntoView(); }
})();
