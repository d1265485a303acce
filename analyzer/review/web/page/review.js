(function () {
  'use strict';
  var doc = document, body = doc.body, view = body.dataset.view, base = body.dataset.base;
  var $ = function (id) { return doc.getElementById(id); };
  var all = function (sel, from) { return Array.prototype.slice.call((from || doc).querySelectorAll(sel)); };
  var narrow = window.matchMedia('(max-width: 1020px)');
  if (!base) { return; } // the list of documents
  body.classList.add('js');
  all('.tools').forEach(function (e) { e.hidden = false; });
  if ($('close-doc')) { $('close-doc').hidden = false; }

  var quiet;
  function say(text) {
    $('said').textContent = text;
    clearTimeout(quiet);
    quiet = setTimeout(function () { $('said').textContent = ''; }, 4000);
  }
  function parse(html) {
    var t = doc.createElement('template');
    t.innerHTML = html;
    return t.content.firstElementChild;
  }

  // The document beside the findings; on a narrow page it comes up from below.
  var lit = [], cameFrom = null;
  function docShown() { return narrow.matches ? body.classList.contains('sheet') : !body.classList.contains('hide-doc'); }
  function showDoc(on) {
    if (!$('source')) { return; }
    body.classList.toggle(narrow.matches ? 'sheet' : 'hide-doc', narrow.matches === on);
    $('toggle-doc').setAttribute('aria-pressed', String(docShown()));
  }
  function light(nums, focus) {
    lit.forEach(function (s) { s.classList.remove('lit'); });
    lit = nums.map(function (n) { return $('s' + n); }).filter(Boolean);
    lit.forEach(function (s) { s.classList.add('lit'); });
    if (!lit.length) { return; }
    if (focus) { showDoc(true); }
    var box = $('text'), s = lit[0];
    if (box.scrollHeight > box.clientHeight + 4) {
      box.scrollTop += s.getBoundingClientRect().top - box.getBoundingClientRect().top - box.clientHeight / 3;
    } else if (focus) { s.scrollIntoView({block: 'center'}); }
    if (focus) { s.focus({preventScroll: true}); }
  }
  function cited(item) { return (item.dataset.s || '').split(' ').filter(Boolean); }
  if ($('source')) {
    $('toggle-doc').addEventListener('click', function () { showDoc(!docShown()); });
    $('close-doc').addEventListener('click', back);
    $('toggle-doc').setAttribute('aria-pressed', String(docShown()));
    narrow.addEventListener('change', function () { $('toggle-doc').setAttribute('aria-pressed', String(docShown())); });
  }
  function back() {
    if (narrow.matches) { showDoc(false); }
    var goal = cameFrom && doc.contains(cameFrom) ? cameFrom : now && focusable(now);
    if (goal) { goal.focus({preventScroll: true}); }
    cameFrom = null;
  }

  // Findings. One is open; the others are rows.
  var now = view === 'findings' ? doc.querySelector('.item.open') : null, done = [], asked = 0;
  function focusable(item) { return item.querySelector('.row') || item; }
  function dirty(item) {
    return all('input, textarea, select', item).some(function (e) {
      return e.type === 'radio' ? e.checked !== e.defaultChecked : e.tagName === 'SELECT' ? !e.options[e.selectedIndex].defaultSelected : e.value !== e.defaultValue;
    });
  }
  function close(item) {
    var card = item.querySelector('.card');
    item.classList.remove('open');
    focusable(item).removeAttribute('aria-current');
    if (card && dirty(card)) { card.hidden = true; } else if (card) { card.remove(); } // what was typed stays
  }
  function settle(item, quietly) {
    if (now && now !== item && doc.contains(now)) { close(now); }
    now = item;
    light(cited(item), false);
    if (quietly) { return; }
    focusable(item).focus({preventScroll: true});
    var box = item.getBoundingClientRect(), room = narrow.matches ? innerHeight : $('main').clientHeight;
    item.scrollIntoView({block: box.height > room * .8 ? 'start' : 'nearest'});
  }
  function filterQuery() { return new URLSearchParams(new FormData($('filters'))); }
  function open(item) {
    if (!item || item === now && item.querySelector('.card:not([hidden])')) { if (item) { settle(item); } return; }
    if (view !== 'findings') { now = item; item.focus(); item.scrollIntoView({block: 'nearest'}); light(cited(item), false); return; }
    var card = item.querySelector('.card');
    if (card) {
      card.hidden = false;
      item.classList.add('open');
      focusable(item).setAttribute('aria-current', 'true');
      settle(item);
      return;
    }
    var q = filterQuery(), turn = ++asked;
    q.set('f', item.dataset.id);
    ask(base + 'item?' + q).then(function (r) { return r.text(); }).then(function (html) {
      if (turn !== asked || !doc.contains(item)) { return; }
      var fresh = parse(html);
      item.replaceWith(fresh);
      settle(fresh);
      history.replaceState(null, '', base + '?' + q);
    }).catch(lost);
  }
  function ask(url, opt) {
    return fetch(url, opt).then(function (r) {
      if (r.ok || r.status === 409 || r.status === 422) { return r; }
      return r.text().then(function (t) { throw new Error(t); });
    });
  }
  function lost(e) { say(e instanceof TypeError ? 'whatif does not answer: it may have been ended. Nothing was saved.' : e.message); }
  function items() { return all('.item'); }
  function step(by) {
    var list = items(), at = list.indexOf(now);
    open(list[at < 0 ? (by > 0 ? 0 : list.length - 1) : Math.max(0, Math.min(list.length - 1, at + by))]);
  }
  function nextUndecided(item) {
    var list = items(), at = list.indexOf(item), todo = function (i) { return /^(undecided|again|needs_info)$/.test(i.dataset.state); };
    return list.slice(at + 1).filter(todo)[0] || list.slice(0, at).filter(todo)[0];
  }

  // Saving. A form goes out as it would without scripts; the answer is the finding as it is then.
  function send(form, button) {
    var data = new URLSearchParams(new FormData(form)), item = form.closest('.item');
    if (button && button.name) { data.set(button.name, button.value); }
    if (view === 'findings') { data.set('back', String(filterQuery())); }
    all('button', form).forEach(function (b) { b.disabled = true; });
    ask(form.action, {method: 'POST', body: data, headers: {Accept: 'application/json'}}).then(function (r) {
      return r.json().then(function (j) { saved(r.status, j, item, data.get('do')); });
    }).catch(function (e) {
      all('button', form).forEach(function (b) { b.disabled = false; });
      lost(e);
    });
  }
  function saved(status, j, item, what) {
    var fresh = parse(j.Item);
    if (!fresh) { location.reload(); return; }
    var asks = view === 'questions';
    $('progress').innerHTML = j.Progress;
    if (j.Open !== undefined) { $('open-n').textContent = j.Open; }
    if (j.Changed) { $('changed').hidden = false; }
    item.replaceWith(fresh);
    say(j.Said);
    if (status !== 200) {
      if (!asks) { settle(fresh); }
      var alert = fresh.querySelector('[role=alert]');
      if (alert) { alert.tabIndex = -1; alert.focus(); alert.scrollIntoView({block: 'nearest'}); }
      return;
    }
    if (asks) {
      var rest = items(), field = rest[rest.indexOf(fresh) + 1];
      now = fresh;
      (field ? field.querySelector('textarea') : fresh).focus();
      return;
    }
    if (what === 'undo') { done.pop(); } else { done.push(fresh.dataset.id); }
    var stay = /^(undo|clear|priority|ticket)$/.test(what), goal = stay ? fresh : nextUndecided(fresh) || fresh;
    now = fresh;
    if (goal === fresh) { settle(fresh); } else { open(goal); }
  }
  function undo() {
    var id = done[done.length - 1], item = (id && $('f-' + id)) || now;
    if (!item) { say('There is nothing to undo.'); return; }
    var go = function (from) {
      var b = from && from.querySelector('[data-key=u]');
      if (b) { send(b.form, b); } else { say('There is nothing to undo.'); }
    };
    if (item.querySelector('.card')) { go(item); return; }
    ask(base + 'item?f=' + encodeURIComponent(item.dataset.id)).then(function (r) { return r.text(); }).then(function (html) {
      var fresh = parse(html);
      item.replaceWith(fresh);
      settle(fresh, true);
      go(fresh);
    }).catch(lost);
  }
  doc.addEventListener('submit', function (e) {
    var f = e.target;
    if (f.id === 'filters') { e.preventDefault(); refilter(); return; }
    if (!f.closest('.item') || f.method !== 'post') { return; }
    e.preventDefault();
    send(f, e.submitter);
  });

  // Filters.
  var wait;
  function refilter() {
    var q = filterQuery();
    Array.from(q.keys()).forEach(function (k) { if (!q.get(k)) { q.delete(k); } });
    history.replaceState(null, '', base + '?' + q);
    q.set('part', 'list');
    ask(base + '?' + q).then(function (r) { return r.text(); }).then(function (html) {
      $('list').innerHTML = html;
      now = doc.querySelector('.item.open');
      if (now) { light(cited(now), false); }
      say($('shown').textContent.replace(/ · .*/, ''));
    }).catch(lost);
  }
  if ($('filters')) {
    $('filters').addEventListener('input', function (e) {
      clearTimeout(wait);
      wait = setTimeout(refilter, e.target.type === 'search' ? 150 : 0);
    });
  }

  doc.addEventListener('click', function (e) {
    var a = e.target.closest('a');
    if (!a || e.ctrlKey || e.metaKey || e.shiftKey) { return; }
    var ref = a.getAttribute('href');
    if (a.dataset.s) {
      e.preventDefault();
      cameFrom = a;
      light([a.dataset.s], true);
    } else if (a.classList.contains('row')) {
      e.preventDefault();
      var item = a.closest('.item');
      open(item);
    } else if (a.classList.contains('ref') && ref.indexOf('#f-') === 0) {
      e.preventDefault();
      if (narrow.matches) { showDoc(false); }
      var goal = $(ref.slice(1));
      if (goal) { open(goal); } else { location.href = base + '?f=' + encodeURIComponent(ref.slice(3)); }
    }
  });

  // Keyboard.
  function toggle(key) {
    var d = now && now.querySelector('.say[data-key=' + key + ']');
    if (!d) { return; }
    all('.say', now).forEach(function (o) { if (o !== d) { o.open = false; } });
    d.open = true;
    d.scrollIntoView({block: 'nearest'});
    var f = d.querySelector('input:not([type=hidden]), textarea');
    f.focus();
    if (f.select && f.type !== 'radio') { f.select(); }
  }
  doc.addEventListener('toggle', function (e) {
    if (e.target.open && e.target.classList && e.target.classList.contains('say')) {
      all('.say', e.target.closest('.item')).forEach(function (o) { if (o !== e.target) { o.open = false; } });
    }
  }, true);
  $('show-help').addEventListener('click', function () { $('help').showModal(); });
  function press(key) {
    var b = now && now.querySelector('.card:not([hidden]) button[data-key="' + key + '"]');
    if (b) { send(b.form, b); }
  }
  function escape(t) {
    var d = t.closest && t.closest('.say[open]');
    if (d && !dirty(d)) { d.open = false; }
    if (t.tagName === 'BODY' || t.classList.contains('s')) { back(); return; }
    var item = t.closest && t.closest('.item');
    if (item) { focusable(item).focus(); } else { t.blur(); }
  }
  doc.addEventListener('keydown', function (e) {
    var t = e.target, typing = /^(INPUT|SELECT|TEXTAREA)$/.test(t.tagName);
    if ($('help').open) { return; }
    if (typing && e.key === 'Enter' && (e.ctrlKey || e.metaKey) && t.form) { e.preventDefault(); t.form.requestSubmit(); return; }
    if (e.ctrlKey || e.metaKey || e.altKey || e.repeat && !/^[jk]$/.test(e.key)) { return; }
    if (e.key === 'Escape') { escape(t); return; }
    if (typing && !(t.type === 'radio' && /^[jk?]$/.test(e.key))) { return; }
    switch (e.key) {
    case 'j': step(1); break;
    case 'k': step(-1); break;
    case 'a': case '1': case '2': case '3': press(e.key); break;
    case 'e':
      if (view === 'questions' && now) { now.querySelector('textarea').focus(); break; }
      toggle('e');
      break;
    case 'r': case 'n': case 't': toggle(e.key); break;
    case 'u': if (view === 'findings') { undo(); } break;
    case '/': if ($('q')) { $('q').focus(); $('q').select(); } break;
    case '?': $('help').showModal(); break;
    case 'Enter':
      if (!t.classList.contains('row') || t.closest('.item') !== now) { return; }
      cameFrom = t;
      light(cited(now), true);
      break;
    default: return;
    }
    e.preventDefault();
  });

  // Whether the document changed is asked for while the page is looked at.
  setInterval(function () {
    if (doc.hidden) { return; }
    fetch(base + 'pulse').then(function (r) { return r.json(); }).then(function (j) { if (j.changed) { $('changed').hidden = false; } }, function () { /* it was ended */ });
  }, 5000);
  window.addEventListener('beforeunload', function (e) { if (items().some(dirty)) { e.preventDefault(); } });
  if (now) { light(cited(now), false); }
})();
