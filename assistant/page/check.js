// Checking: text or a file goes to the server, rows come back batch by batch while its job runs.
(() => {
  'use strict';
  const page = window.NoticePage;
  const WORDS = ['contradicted', 'unsure', 'not_mentioned', 'supported'];
  const STEP = 30; // rows drawn at a time
  const CHECK = 3000; // ms between looks whether the service is still there
  const ENDED = ['done', 'stopped', 'failed', 'gone'];

  page.checkFailed = () => page.tell('check-failed');

  page.check = ({ element, props, trigger, watch }, event) => {
    const root = element.querySelector('.np-check');
    const { largest } = props.value;
    const status = page.make('p', 'np-offscreen');
    status.setAttribute('role', 'status');
    const say = (text) => (status.textContent = text);

    // what is to be checked
    const form = page.make('form', 'np-claim-form');
    const box = page.make('textarea', 'np-claim');
    box.rows = 4;
    box.placeholder = page.say('claim_hint');
    box.setAttribute('aria-label', page.say('claim_label'));
    const input = page.make('input');
    input.type = 'file';
    input.hidden = true;
    input.accept = '.xlsx,.csv,.docx,.txt';
    const choose = page.button('np-plain', page.say('choose_file'), () => input.click());
    const kinds = page.make('span', 'np-hint', page.say('file_kinds'));
    const send = page.make('button', 'np-main', page.say('check'));
    send.type = 'submit';
    const line = page.make('div', 'np-claim-line');
    line.append(choose, kinds, input, send);
    form.append(box, line);

    // how far it is
    const progress = page.make('div', 'np-progress');
    const bar = page.make('progress');
    const words = page.make('span', 'np-far');
    const stop = page.button('np-plain', page.say('stop'), () => stopJob());
    progress.append(words, bar, stop);
    progress.hidden = true;

    const notes = page.make('div', 'np-notes');
    const tools = page.make('div', 'np-tools');
    const list = page.make('section', 'np-checked-list');
    list.setAttribute('aria-label', page.say('results_of_check'));
    root.replaceChildren(status, form, progress, notes, tools, list);

    let job = null; // the job that is shown
    let rows = [];
    let total = 0;
    let file = '';
    let word = '';
    let drawn = 0;
    let fetching = false;
    let latest = null; // what was last said of the job
    let looking = 0;
    let turn = 0; // each check has its own, so that what comes late from another is dropped

    const several = () => total > 1 || file !== '';
    const matching = () => rows.filter((row) => !word || row.statements.some((statement) => statement.word === word));

    function note(text) {
      say(text);
      notes.append(page.make('p', 'np-error', text));
    }

    function end() {
      clearInterval(looking);
      progress.hidden = true;
      send.disabled = false;
      list.removeAttribute('aria-busy');
    }

    function fail(reason) {
      end();
      note(page.say(reason));
    }

    function begin() {
      turn += 1;
      clearInterval(looking);
      job = null;
      rows = [];
      total = 0;
      word = '';
      drawn = 0;
      latest = null;
      notes.replaceChildren();
      tools.replaceChildren();
      list.replaceChildren();
      list.setAttribute('aria-busy', 'true');
      send.disabled = true;
      stop.disabled = false;
      stop.hidden = true;
      bar.removeAttribute('value');
      words.textContent = page.say('reading_file');
      progress.hidden = false;
      say(page.say('reading_file'));
    }

    async function start(body, name) {
      begin();
      if (body.size > largest) {
        end();
        note(`${name}：${page.say('file_too_large')}`);
        return;
      }
      const mine = turn;
      let taken;
      try {
        const query = name ? `?name=${encodeURIComponent(name)}` : '';
        const answer = await fetch(`check/sheet${query}`, { method: 'POST', body, cache: 'no-store' });
        if (answer.status === 413) taken = { tooLarge: true };
        else taken = await answer.json();
      } catch {
        if (mine === turn) fail('offline');
        return;
      }
      if (mine !== turn) return;
      if (!taken.job) {
        end();
        const reason = taken.tooLarge ? page.say('file_too_large') : (taken.error || {})[page.language];
        note(name ? `${name}：${reason || page.say('unexpected')}` : reason || page.say('unexpected'));
        return;
      }
      file = name || '';
      job = taken.job;
      total = taken.total;
      for (const problem of taken.problems) notes.append(page.make('p', 'np-note', problem[page.language]));
      words.textContent = page.say('queued');
      stop.hidden = false;
      looking = setInterval(() => {
        fetch('healthz', { cache: 'no-store' }).catch(() => mine === turn && !progress.hidden && fail('offline'));
      }, CHECK);
      trigger(event, { job });
    }

    async function stopJob() {
      stop.disabled = true;
      words.textContent = page.say('stopping');
      try {
        await fetch(`check/${job}/stop`, { method: 'POST', body: '', cache: 'no-store' });
      } catch {
        fail('offline');
      }
    }

    // Rows are fetched, since one value may overtake another on its way here.
    async function pull() {
      if (fetching) return;
      fetching = true;
      const mine = turn;
      try {
        while (mine === turn && latest && rows.length < latest.done) {
          const answer = await fetch(`check/${job}/rows?start=${rows.length}`, { cache: 'no-store' });
          if (!answer.ok) throw new Error(String(answer.status));
          const more = await answer.json();
          if (mine !== turn) break;
          rows.push(...more.rows);
          show();
        }
        if (mine === turn && latest && ENDED.includes(latest.state)) finish();
      } catch {
        if (mine === turn) fail('unexpected');
      } finally {
        fetching = false;
        if (mine !== turn && latest) pull();
      }
    }

    function finish() {
      if (progress.hidden) return;
      end();
      if (latest.state === 'failed') return note(page.say('unexpected'));
      if (latest.state === 'gone') return note(page.say('gone'));
      const done = { done: latest.done, total: latest.total, ...counts() };
      if (latest.state === 'stopped') notes.append(page.make('p', 'np-note', page.say('stopped', done)));
      say(page.say(latest.state === 'stopped' ? 'stopped' : 'checked', done));
      show();
    }

    function counts() {
      const found = Object.fromEntries(WORDS.map((name) => [name, 0]));
      for (const row of rows) for (const statement of row.statements) found[statement.word] += 1;
      return found;
    }

    function show() {
      words.textContent = page.say('checking', { done: rows.length, total });
      bar.max = total;
      bar.value = rows.length;
      drawTools();
      if (drawn < STEP) drawMore(STEP - drawn);
      else drawRest();
    }

    function drawTools() {
      const found = counts();
      const all = WORDS.reduce((sum, name) => sum + found[name], 0);
      const focused = tools.contains(document.activeElement) ? document.activeElement.dataset.name : null;
      const filters = page.make('div', 'np-filters');
      filters.setAttribute('role', 'group');
      filters.setAttribute('aria-label', page.say('filter'));
      for (const name of ['', ...WORDS]) {
        const button = page.button(`np-filter np-${name || 'all'}`, '', () => {
          word = name;
          redraw();
        });
        button.dataset.name = `filter-${name}`;
        if (name) button.append(...page.verdict(name).childNodes);
        else button.append(page.make('span', '', page.say('all')));
        button.append(page.make('span', 'np-count', String(name ? found[name] : all)));
        button.setAttribute('aria-pressed', String(word === name));
        filters.append(button);
      }
      tools.replaceChildren(filters);
      if (progress.hidden && rows.length) {
        const downloads = page.make('div', 'np-downloads');
        downloads.append(page.make('span', '', page.say('download')));
        for (const kind of ['docx', 'xlsx']) {
          const link = page.make('a', 'np-quiet', page.say(`download_${kind}`));
          link.href = `check/${job}/results.${kind}`;
          link.setAttribute('download', '');
          downloads.append(link);
        }
        tools.append(downloads);
      }
      if (focused) tools.querySelector(`[data-name="${focused}"]`)?.focus();
    }

    function redraw() {
      drawn = 0;
      list.replaceChildren();
      drawTools();
      drawMore(STEP);
    }

    function drawMore(count) {
      const wanted = matching();
      list.querySelector('.np-rest')?.remove();
      list.append(...wanted.slice(drawn, drawn + count).map((row) => page.drawChecked(row, word, several())));
      drawn = Math.min(wanted.length, drawn + count);
      drawRest(wanted);
    }

    function drawRest(wanted = matching()) {
      list.querySelector('.np-rest')?.remove();
      const left = wanted.length - drawn;
      if (left > 0) {
        const before = list.children.length;
        list.append(page.button('np-plain np-rest', page.say('show_more', { count: Math.min(STEP, left) }), () => {
          drawMore(STEP);
          list.children[before]?.querySelector('.np-cite')?.focus();
        }));
      } else if (!wanted.length && rows.length) {
        list.replaceChildren(page.make('p', 'np-empty np-rest', page.say('none_here')));
      }
    }

    form.addEventListener('submit', (submitted) => {
      submitted.preventDefault();
      if (send.disabled) return;
      if (!box.value.trim()) {
        notes.replaceChildren();
        note(page.say('nothing_to_check'));
        box.focus();
        return;
      }
      start(box.value, '');
    });
    box.addEventListener('keydown', (pressed) => {
      if (pressed.key === 'Enter' && (pressed.ctrlKey || pressed.metaKey) && !pressed.isComposing) form.requestSubmit();
    });
    input.addEventListener('change', () => {
      const [chosen] = input.files;
      if (chosen && !send.disabled) start(chosen, chosen.name);
      input.value = '';
    });
    form.addEventListener('dragover', (dragged) => {
      if (!Array.from(dragged.dataTransfer.types).includes('Files')) return;
      dragged.preventDefault();
      form.classList.add('np-over');
    });
    form.addEventListener('dragleave', () => form.classList.remove('np-over'));
    form.addEventListener('drop', (dropped) => {
      form.classList.remove('np-over');
      const [chosen] = dropped.dataTransfer.files;
      if (!chosen) return;
      dropped.preventDefault();
      if (!send.disabled) start(chosen, chosen.name);
    });

    page.hear('check-failed', () => !progress.hidden && fail('unexpected'));
    watch('value', () => {
      const value = props.value;
      if (!value || !job || value.job !== job || (latest && ENDED.includes(latest.state))) return;
      latest = value.state === 'gone' ? { ...value, done: rows.length, total } : value;
      if (latest.state === 'running' && !rows.length && !latest.done) {
        words.textContent = page.say('checking', { done: 0, total });
      }
      pull();
    });
    list.append(page.make('p', 'np-empty', page.say('check_start')));
  };
})();
