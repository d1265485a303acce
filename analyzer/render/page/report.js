(function () {
  'use strict';
  var doc = document, root = doc.documentElement, body = doc.body;
  var $ = function (id) { return doc.getElementById(id); };
  var all = function (sel, from) { return Array.prototype.slice.call((from || doc).querySelectorAll(sel)); };
  var findings = all('.finding'), texts = [], now = null, lit = null, cameFrom = null;
  var narrow = window.matchMedia('(max-width: 1020px)');

  body.classList.add('js');
  all('.tools, .filters').forEach(function (e) { e.hidden = false; });
  if ($('close-doc')) { $('close-doc').hidden = false; }

  // Light and dark.
  function remember(k, v) { try { localStorage.setItem(k, v); } catch (e) { /* not allowed here */ } }
  function recall(k) { try { return localStorage.getItem(k); } catch (e) { return null; } }
  var theme = recall('whatif-theme');
  if (theme === 'light' || theme === 'dark') { root.dataset.theme = theme; }
  $('theme').addEventListener('click', function () {
    var dark = root.dataset.theme ? root.dataset.theme === 'dark' : window.matchMedia('(prefers-color-scheme: dark)').matches;
    root.dataset.theme = dark ? 'light' : 'dark';
    remember('whatif-theme', root.dataset.theme);
  });

  // The document beside the findings; on a narrow page it comes up from below.
  function docShown() { return narrow.matches ? body.classList.contains('sheet') : !body.classList.contains('hide-doc'); }
  function showDoc(on) {
    if (!$('source')) { return; }
    if (narrow.matches) { body.classList.toggle('sheet', on); } else { body.classList.toggle('hide-doc', !on); }
    $('toggle-doc').setAttribute('aria-pressed', String(docShown()));
  }
  if ($('source')) {
    $('toggle-doc').addEventListener('click', function () { showDoc(!docShown()); });
    $('close-doc').addEventListener('click', back);
    $('toggle-doc').setAttribute('aria-pressed', String(docShown()));
    narrow.addEventListener('change', function () { $('toggle-doc').setAttribute('aria-pressed', String(docShown())); });
  }

  // A click on a citation lights its sentence.
  function light(num, from) {
    var s = $('s' + num);
    if (!s) { return; }
    if (lit) { lit.classList.remove('lit'); }
    lit = s;
    cameFrom = from || null;
    s.classList.add('lit');
    showDoc(true);
    var box = $('text');
    if (box.scrollHeight > box.clientHeight + 4) {
      box.scrollTop += s.getBoundingClientRect().top - box.getBoundingClientRect().top - box.clientHeight / 3;
    } else {
      s.scrollIntoView({block: 'center'});
    }
    s.focus({preventScroll: true});
  }
  function back() {
    if (narrow.matches) { showDoc(false); }
    if (cameFrom) { cameFrom.focus(); cameFrom = null; }
  }
  function openFinding(f, focus) {
    if (f.hidden) { reset(); }
    if (now) { now.classList.remove('now'); }
    now = f;
    f.classList.add('now');
    f.querySelector('details').open = true;
    f.scrollIntoView({block: 'start'});
    if (focus) { f.focus({preventScroll: true}); }
  }
  doc.addEventListener('click', function (e) {
    var a = e.target.closest ? e.target.closest('a[href^="#"]') : null;
    if (a && a.dataset.s) { e.preventDefault(); light(a.dataset.s, a); return; }
    var goal = a && $(a.getAttribute('href').slice(1));
    if (goal && goal.classList.contains('finding')) {
      e.preventDefault();
      if (narrow.matches) { showDoc(false); }
      openFinding(goal, true);
      history.replaceState(null, '', a.getAttribute('href'));
      return;
    }
    var s = !a && e.target.closest ? e.target.closest('.s.cited') : null;
    if (s && String(window.getSelection()) === '') {
      var first = s.querySelector('.ref') || s.nextElementSibling;
      if (first && first.classList.contains('ref')) { first.click(); }
    }
  });
  function fromHash() {
    var goal = location.hash.length > 1 && $(decodeURIComponent(location.hash.slice(1)));
    if (goal && goal.classList.contains('finding')) { openFinding(goal, true); }
    if (goal && goal.classList.contains('s')) { light(goal.id.slice(1)); }
  }
  window.addEventListener('hashchange', fromHash);
  fromHash();

  // Filters.
  var q = $('q'), category = $('category'), section = $('section'), levels = all('.seg button');
  function filter() {
    if (!q) { return; }
    var words = q.value.toLowerCase().split(/\s+/).filter(Boolean), off = {}, shown = 0;
    levels.forEach(function (b) { if (b.getAttribute('aria-pressed') !== 'true') { off[b.dataset.p] = true; } });
    findings.forEach(function (f, i) {
      if (texts[i] === undefined) { texts[i] = f.textContent.toLowerCase(); }
      var p = f.dataset.p === 'none' ? 'low' : f.dataset.p;
      var fits = !off[p] && (!category.value || f.dataset.c === category.value) &&
        (!section.value || f.dataset.s.indexOf('|' + section.value + '|') >= 0) &&
        words.every(function (w) { return texts[i].indexOf(w) >= 0; });
      f.hidden = !fits;
      if (fits) { shown++; }
    });
    var some = shown < findings.length;
    $('shown').textContent = some ? shown + ' of ' + findings.length + ' shown' : findings.length + (findings.length === 1 ? ' finding' : ' findings') + ', most pressing first';
    $('reset').hidden = !some;
    $('none').hidden = shown > 0;
  }
  function reset() {
    q.value = ''; category.value = ''; section.value = '';
    levels.forEach(function (b) { b.setAttribute('aria-pressed', 'true'); });
    filter();
  }
  function openAll(open) {
    all('.finding details').forEach(function (d) { d.open = open; });
    $('open-all').textContent = open ? 'Close all' : 'Open all';
  }
  function toggleAll() { openAll($('open-all').textContent === 'Open all'); }
  if (q) {
    all('.filters').forEach(function (f) { f.addEventListener('submit', function (e) { e.preventDefault(); }); });
    q.addEventListener('input', filter);
    category.addEventListener('change', filter);
    section.addEventListener('change', filter);
    levels.forEach(function (b) {
      b.addEventListener('click', function () {
        b.setAttribute('aria-pressed', String(b.getAttribute('aria-pressed') !== 'true'));
        filter();
      });
    });
    $('reset').addEventListener('click', reset);
    $('reset2').addEventListener('click', reset);
    $('open-all').addEventListener('click', toggleAll);
    filter(); // a browser may have kept what was typed before a reload
  }

  // Keyboard.
  function step(by) {
    var seen = findings.filter(function (f) { return !f.hidden; });
    if (!seen.length) { return; }
    var at = seen.indexOf(now);
    openFinding(seen[at < 0 ? (by > 0 ? 0 : seen.length - 1) : Math.max(0, Math.min(seen.length - 1, at + by))], true);
  }
  $('show-help').addEventListener('click', function () { $('help').showModal(); });
  doc.addEventListener('keydown', function (e) {
    if (e.ctrlKey || e.metaKey || e.altKey || $('help').open) { return; }
    var t = e.target, typing = /^(INPUT|SELECT|TEXTAREA)$/.test(t.tagName);
    if (e.key === 'Escape') {
      if (typing) { t.blur(); } else { back(); }
      return;
    }
    if (typing) { return; }
    switch (e.key) {
    case 'j': step(1); break;
    case 'k': step(-1); break;
    case '/': if (q) { q.focus(); q.select(); } break;
    case 'e': if (q) { toggleAll(); } break;
    case 'd': showDoc(!docShown()); break;
    case '?': $('help').showModal(); break;
    case 'Enter':
      if (t.classList.contains('finding')) {
        var a = t.querySelector('a.cite');
        if (a) { light(a.dataset.s, t); }
        break;
      }
      return;
    default: return;
    }
    e.preventDefault();
  });

  // Paper shows everything.
  var closed = [];
  window.addEventListener('beforeprint', function () {
    closed = all('details:not([open])');
    closed.forEach(function (d) { d.open = true; });
  });
  window.addEventListener('afterprint', function () {
    closed.forEach(function (d) { d.open = false; });
  });
})();
