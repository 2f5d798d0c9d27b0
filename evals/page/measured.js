// One run as it is shown: headline, tables, curves, the questions that went wrong; and two runs compared.
(() => {
  'use strict';
  const page = window.NoticePage;
  const { ev } = page;
  const STEP = 20;
  const COLUMNS = ['Success@1', 'Success@5', 'Highlight', 'Refused'];

  const heading = (text) => page.make('h2', 'np-ev-heading', text);

  function bounds(value) {
    return value.low === null ? '' : `[${ev.number(value.low)}, ${ev.number(value.high)}]`;
  }

  function headline(run) {
    const list = page.make('dl', 'np-headline');
    for (const value of run.headline) {
      const item = page.make('div', 'np-stat');
      const what = page.make('dd');
      what.append(page.make('b', '', ev.number(value.mean)), page.make('span', 'np-bounds', bounds(value)), ev.whisker(value, 160));
      item.append(page.make('dt', '', ev.named('measure', value.name)), what);
      list.append(item);
    }
    return list;
  }

  function table(caption, rows, name) {
    const root = page.make('table', 'np-table');
    const head = page.make('tr');
    for (const text of [caption, page.say('ev_count'), ...COLUMNS.map((column) => ev.named('measure', column))]) {
      const cell = page.make('th', '', text);
      cell.scope = 'col';
      head.append(cell);
    }
    const body = page.make('tbody');
    for (const row of rows) {
      const line = page.make('tr');
      const first = page.make('th', '', name(row.name));
      first.scope = 'row';
      line.append(first, page.make('td', '', String(row.n)));
      for (const column of COLUMNS) {
        const cell = page.make('td');
        const value = row[column];
        if (value && value.n) {
          cell.append(page.make('span', '', ev.number(value.mean)));
          if (column === 'Success@1') cell.append(ev.whisker(value, 90));
          cell.title = bounds(value);
        } else cell.textContent = '—';
        line.append(cell);
      }
      body.append(line);
    }
    const top = page.make('thead');
    top.append(head);
    root.append(top, body);
    return scrolling(root, caption);
  }

  function scrolling(inner, label) {
    const root = page.make('div', 'np-scroll');
    root.tabIndex = 0;
    root.setAttribute('role', 'region');
    root.setAttribute('aria-label', label);
    root.append(inner);
    return root;
  }

  function tables(run) {
    const parts = [heading(page.say('ev_by_category')), table(page.say('ev_category'), run.tables.category, (name) => ev.named('category', name))];
    for (const kind of ['section', 'source']) {
      if (run.tables[kind].length < 2) continue;
      const more = page.make('details', 'np-others');
      more.append(page.make('summary', '', page.say(`ev_by_${kind}`)), table(page.say(`ev_by_${kind}`), run.tables[kind], (name) => name));
      parts.push(more);
    }
    return run.tables.category.length ? parts : [];
  }

  function refusal(run) {
    if (!run.refusal) return [];
    const list = page.make('dl', 'np-refusal');
    for (const value of run.refusal.figures) {
      if (value.mean === null) continue;
      const what = page.make('dd');
      what.append(page.make('b', '', ev.number(value.mean)), page.make('span', 'np-bounds', bounds(value)));
      list.append(page.make('dt', '', page.say(`ev_${value.name}`)), what);
    }
    const curves = page.make('div', 'np-figures');
    if (run.refusal.risk_coverage.length) curves.append(ev.riskCurve(run.refusal.risk_coverage));
    if (run.refusal.reliability.length) curves.append(ev.reliabilityCurve(run.refusal.reliability));
    return [heading(page.say('ev_refusal')), list, curves];
  }

  ev.asked = (question) => {
    const button = page.button('np-question-link', question, () => ev.askLive(question));
    button.lang = 'zh-CN';
    button.title = page.say('ev_ask', { question });
    return button;
  };

  // Where everything came from one notice, its title need not be said every time.
  let source = '';
  function shorten(places) {
    const found = new Set(places.filter(Boolean).map((place) => (/^《.*》(（[\d-]+）)?/.exec(place) || [''])[0]));
    source = found.size === 1 ? [...found][0] : '';
  }

  function first(label, row) {
    const line = page.make('p', 'np-came');
    line.append(page.make('span', 'np-whose', label));
    const place = row.first.slice(row.first.startsWith(source) ? source.length : 0) || row.first || '—';
    line.append(row.place ? ev.cite(place, row.place) : page.make('span', '', place));
    const said = row.first_text || row.text || '';
    const words = page.make('q', '', said);
    words.lang = 'zh-CN';
    if (said) line.append(words);
    return line;
  }

  function failed(row) {
    const root = page.make('article', 'np-failed');
    const tags = page.make('p', 'np-tags');
    tags.append(page.make('span', `np-tag np-${row.trouble}`, page.say(`ev_${row.trouble}`)));
    tags.append(page.make('span', 'np-tag', ev.named('category', row.category)));
    if (row.confidence) tags.append(page.make('span', 'np-faint', page.say(row.confidence)));
    if (row.trouble === 'missed') tags.append(page.make('span', 'np-faint', row.rank ? page.say('ev_rank', { rank: row.rank }) : page.say('ev_not_found')));
    root.append(ev.asked(row.question), tags, first(page.say('ev_first'), row));
    if (row.wanted && row.trouble === 'missed') root.append(ev.cite(page.say('ev_wanted'), row.wanted));
    return root;
  }

  function failures(run) {
    const parts = [heading(page.say('ev_wrong', { count: run.wrong }))];
    if (!run.rows.length) return [...parts, page.make('p', 'np-empty', page.say('ev_none_wrong'))];
    const filters = page.make('div', 'np-filters');
    filters.setAttribute('role', 'group');
    filters.setAttribute('aria-label', page.say('ev_filter'));
    const list = page.make('div', 'np-failures');
    let kind = '';
    const more = page.button('np-plain np-rest', '', () => add());
    const wanted = () => run.rows.filter((row) => !kind || row.trouble === kind);
    let shown = 0;
    function add() {
      const focus = shown;
      more.remove();
      list.append(...wanted().slice(shown, shown + STEP).map(failed));
      shown = Math.min(wanted().length, shown + STEP);
      const left = wanted().length - shown;
      more.textContent = page.say('ev_more', { count: Math.min(STEP, left) });
      if (left) list.append(more);
      if (focus) list.children[focus]?.querySelector('button')?.focus();
    }
    for (const name of ['', 'missed', 'refused', 'answered']) {
      const count = run.rows.filter((row) => !name || row.trouble === name).length;
      if (name && !count) continue;
      const button = page.button('np-filter', name ? page.say(`ev_${name}`) : page.say('ev_all'), () => {
        kind = name;
        shown = 0;
        list.replaceChildren();
        for (const other of filters.children) other.setAttribute('aria-pressed', String(other === button));
        add();
      });
      button.append(page.make('span', 'np-count', String(count)));
      button.setAttribute('aria-pressed', String(!name));
      filters.append(button);
    }
    add();
    return [...parts, filters, list];
  }

  ev.drawRun = (run) => {
    const about = page.make('p', 'np-about', page.say('ev_about', {
      when: ev.when(run.started), questions: run.questions, seconds: run.seconds.toFixed(1),
      p50: ev.number(run.latency.p50, 0), p95: ev.number(run.latency.p95, 0),
    }));
    const more = [run.commit && page.say('ev_commit', { commit: run.commit }), run.encoder === 'bundled' ? page.say('ev_encoder_bundled') : run.encoder, !run.bank && page.say('ev_no_bank'), run.dirty && page.say('ev_dirty')];
    about.append(page.make('span', '', ` ${more.filter(Boolean).join(' · ')}`));
    const title = heading(page.say('ev_headline'));
    title.append(page.make('small', '', page.say('ev_interval')));
    shorten(run.rows.map((row) => row.first));
    return [title, headline(run), about, ...tables(run), ...refusal(run), ...failures(run)];
  };

  function changes(key, list) {
    const root = page.make('details', 'np-changes');
    root.append(page.make('summary', '', page.say(key, { count: list.length })));
    root.append(...list.map((one) => {
      const item = page.make('article', 'np-failed');
      item.append(ev.asked(one.question), first('A', one.before), first('B', one.after));
      return item;
    }));
    return root;
  }

  ev.drawComparison = (found, a, b) => {
    const root = page.make('section', 'np-comparison');
    root.setAttribute('aria-label', page.say('ev_compared'));
    root.append(heading(page.say('ev_compared')));
    root.append(page.make('p', found.significant ? 'np-verdict-line np-sure' : 'np-verdict-line', found.verdict[page.language]));
    root.append(page.make('p', 'np-about', `${page.say('ev_a', { run: a })}　${page.say('ev_b', { run: b })}`));
    for (const text of found.cautions) root.append(page.make('p', 'np-note', text));
    if (found.left_out) root.append(page.make('p', 'np-note', page.say('ev_left_out', { count: found.left_out })));
    const grid = page.make('table', 'np-table');
    const body = page.make('tbody');
    const head = page.make('tr');
    for (const text of [page.say('ev_measure'), 'A', 'B', page.say('ev_difference'), page.say('ev_p')]) {
      const cell = page.make('th', '', text);
      cell.scope = 'col';
      head.append(cell);
    }
    for (const one of found.measures) {
      const line = page.make('tr');
      const name = page.make('th', '', ev.named('measure', one.name));
      name.scope = 'row';
      const sign = one.difference.mean > 0 ? '+' : '';
      const gain = page.make('td', '', `${sign}${ev.number(one.difference.mean)} `);
      gain.append(page.make('span', 'np-bounds', bounds(one.difference)));
      const odds = page.make('td', '', one.p !== null && one.p < 0.001 ? '<0.001' : ev.number(one.p));
      if (one.significant) odds.append(page.make('span', 'np-tag np-sure', page.say('ev_beyond')));
      line.append(name, page.make('td', '', ev.number(one.before)), page.make('td', '', ev.number(one.after)), gain, odds);
      body.append(line);
    }
    const top = page.make('thead');
    top.append(head);
    grid.append(top, body);
    root.append(scrolling(grid, page.say('ev_measure')));
    shorten([...found.wins, ...found.losses].flatMap((one) => [one.before.first, one.after.first]));
    if (found.wins.length) root.append(changes('ev_wins', found.wins));
    if (found.losses.length) root.append(changes('ev_losses', found.losses));
    return root;
  };
})();
