// 成绩: choosing a set and starting a run, and choosing which saved run is seen and with which it is compared.
(() => {
  'use strict';
  const page = window.NoticePage;
  const { ev } = page;
  const LOOK = 700; // ms between looks how far a run is

  ev.scores = (say) => {
    const root = page.make('div', 'np-scores');
    const form = page.make('form', 'np-ev-form');
    const progress = page.make('div', 'np-progress');
    const notes = page.make('div', 'np-notes');
    const choices = page.make('div', 'np-choices');
    const compared = page.make('div');
    const shown = page.make('div', 'np-run');
    progress.hidden = true;
    root.append(form, progress, notes, choices, compared, shown);
    const bar = page.make('progress');
    bar.setAttribute('aria-label', page.say('ev_start'));
    const far = page.make('span', 'np-far');
    const stop = page.button('np-plain', page.say('ev_stop'), async () => {
      stop.disabled = true;
      far.textContent = page.say('ev_stopping');
      await attempt(() => ev.get('job/stop', {}));
    });
    progress.append(far, bar, stop);
    let overview = { sets: [], runs: [], job: null };
    let set = '';
    let split = 'test';
    let run = '';
    let against = '';
    let timer = 0;
    let turn = 0;

    async function attempt(act) {
      try {
        return await act();
      } catch (error) {
        say(error.message);
        notes.replaceChildren(page.make('p', 'np-error', error.message));
        return undefined;
      }
    }

    function drawForm() {
      if (!overview.sets.length) {
        form.replaceChildren(page.make('p', 'np-empty', page.say('ev_no_sets')));
        return;
      }
      const own = overview.sets.find((one) => one.id === set) || overview.sets[0];
      set = own.id;
      const sizes = { ...own.splits, all: Object.values(own.splits).reduce((sum, size) => sum + size, 0) };
      const splits = ['test', 'dev', 'all'].filter((name) => sizes[name]);
      if (!splits.includes(split)) split = splits[0];
      const start = page.make('button', 'np-main', page.say('ev_start'));
      start.type = 'submit';
      start.disabled = !progress.hidden;
      form.replaceChildren(
        ev.choice(page.say('ev_set'), overview.sets.map((one) => [one.id, one.title]), set, (value) => { set = value; drawForm(); }),
        ev.choice(page.say('ev_split'), splits.map((name) => [name, `${page.say(`ev_split_${name}`)} · ${sizes[name]}`]), split, (value) => (split = value)),
        start,
      );
    }
    form.addEventListener('submit', async (submitted) => {
      submitted.preventDefault();
      if (!progress.hidden) return;
      notes.replaceChildren();
      const job = await attempt(() => ev.get('job', { set, split }));
      if (job) watch(job);
    });

    function watch(job) {
      clearTimeout(timer);
      const running = job && job.state === 'running';
      const was = !progress.hidden;
      progress.hidden = !running;
      drawForm();
      if (running) {
        bar.max = job.total;
        bar.value = job.done;
        stop.disabled = job.stopping;
        far.textContent = job.stopping ? page.say('ev_stopping') : page.say('ev_running', job);
        if (!was) say(far.textContent);
        timer = setTimeout(look, LOOK);
      } else if (was && job) {
        const text = page.say(`ev_${job.state}`, job);
        say(text);
        notes.replaceChildren(page.make('p', job.state === 'failed' ? 'np-error' : 'np-note', text));
        if (job.run) refresh(job.run);
      }
    }

    async function look() {
      try {
        watch(await ev.get('job'));
      } catch (error) {
        notes.replaceChildren(page.make('p', 'np-error', error.message));
        timer = setTimeout(look, 4 * LOOK);
      }
    }

    function line(one) {
      const success = ev.number(one.success);
      const text = page.say('ev_line', { when: ev.when(one.started), split: one.split, questions: one.questions, success });
      const more = [one.id === 'baseline' ? 'baseline' : '', one.bank ? '' : page.say('ev_no_bank')].filter(Boolean);
      return [text, ...more].join(' · ');
    }

    function drawChoices() {
      if (!overview.runs.length) {
        choices.replaceChildren();
        shown.replaceChildren(page.make('p', 'np-empty', page.say('ev_no_runs')));
        return;
      }
      const several = new Set(overview.runs.map((one) => one.set)).size > 1;
      const own = overview.runs.find((one) => one.id === run);
      const options = overview.runs.map((one) => [one.id, several ? `${line(one)} · ${one.set}` : line(one)]);
      // Runs over different parts of a set share no question.
      const alike = (one) => one.split === own.split || [one.split, own.split].includes('all');
      const others = overview.runs.filter((one) => one.id !== run && one.set === own.set && alike(one));
      if (!others.some((one) => one.id === against)) against = '';
      choices.replaceChildren(
        ev.choice(page.say('ev_run'), options, run, (value) => { run = value; notes.replaceChildren(); show(); }),
        ev.choice(page.say('ev_against'), [['', page.say('ev_nothing')], ...others.map((one) => [one.id, line(one)])], against, (value) => {
          against = value;
          notes.replaceChildren();
          compare();
        }),
      );
    }

    async function show() {
      const mine = (turn += 1);
      drawChoices();
      compare();
      if (!run) return;
      shown.setAttribute('aria-busy', 'true');
      if (!shown.children.length) shown.replaceChildren(page.make('p', 'np-empty', page.say('ev_loading')));
      const found = await attempt(() => ev.get(`runs/${encodeURIComponent(run)}`));
      if (mine !== turn) return;
      shown.removeAttribute('aria-busy');
      if (found) shown.replaceChildren(...ev.drawRun(found));
    }

    async function compare() {
      const [a, b] = [against, run];
      compared.replaceChildren();
      if (!a) return;
      compared.replaceChildren(page.make('p', 'np-empty', page.say('ev_loading')));
      const found = await attempt(() => ev.get(`compare?a=${encodeURIComponent(a)}&b=${encodeURIComponent(b)}`));
      if (a !== against || b !== run) return;
      const named = (id) => ev.when(overview.runs.find((one) => one.id === id).started);
      compared.replaceChildren(...(found ? [ev.drawComparison(found, named(a), named(b))] : []));
      if (found) say(found.verdict[page.language]);
    }

    // With `chosen`, the run that has just been saved is seen.
    async function refresh(chosen) {
      const found = await attempt(() => ev.get('overview'));
      if (!found) return;
      overview = found;
      page.tell('ev-waiting', { count: found.waiting });
      const before = run;
      const ids = overview.runs.map((one) => one.id);
      const wanted = [chosen, run, (overview.runs.find((one) => one.set === (set || overview.sets[0]?.id)) || {}).id];
      run = wanted.find((one) => ids.includes(one)) || ids[0] || '';
      if (overview.job && overview.job.state === 'running') watch(overview.job);
      drawForm();
      if (run !== before || !run) await show();
      else drawChoices();
    }
    return { root, refresh };
  };
})();
