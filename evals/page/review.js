// 新题: candidates on their way into the eval set or the bank; a trainer accepts, rejects, reopens, exports.
(() => {
  'use strict';
  const page = window.NoticePage;
  const { ev } = page;
  const STATES = ['proposed', 'accepted', 'rejected'];

  ev.review = (say) => {
    const root = page.make('div', 'np-review');
    const filters = page.make('div', 'np-filters');
    const note = page.make('div', 'np-notes');
    const list = page.make('div', 'np-candidates');
    const tools = page.make('div', 'np-tools');
    tools.append(filters, exports_());
    root.append(tools, note, list);
    let candidates = [];
    let state = 'proposed';

    function exports_() {
      const links = page.make('div', 'np-downloads');
      links.append(page.make('span', '', page.say('ev_export')));
      for (const what of ['eval', 'bank', 'log']) {
        const link = page.make('a', 'np-quiet', page.say(`ev_export_${what}`));
        link.href = `evals/export/${what}.zip`;
        link.setAttribute('download', '');
        links.append(link);
      }
      return links;
    }

    function tell(text, bad = false) {
      say(text);
      note.replaceChildren(page.make('p', bad ? 'np-error' : 'np-said-done', text));
    }

    async function refresh() {
      try {
        ({ candidates } = await ev.get('candidates'));
      } catch (error) {
        tell(error.message, true);
        return;
      }
      page.tell('ev-waiting', { count: candidates.filter((one) => one.state === 'proposed').length });
      draw();
    }

    function draw() {
      const focused = filters.contains(document.activeElement) ? state : null;
      filters.setAttribute('role', 'group');
      filters.setAttribute('aria-label', page.say('ev_states'));
      filters.replaceChildren(...STATES.map((name) => {
        const button = page.button('np-filter', page.say(`ev_${name}`), () => {
          state = name;
          note.replaceChildren();
          draw();
        });
        button.append(page.make('span', 'np-count', String(candidates.filter((one) => one.state === name).length)));
        button.setAttribute('aria-pressed', String(name === state));
        return button;
      }));
      if (focused) filters.children[STATES.indexOf(state)].focus();
      const wanted = candidates.filter((one) => one.state === state);
      const gone = candidates.filter((one) => one.state !== 'rejected' && one.answers.some((words) => words.gone));
      const parts = gone.length ? [page.make('p', 'np-flags', page.say('ev_flagged', { count: gone.length }))] : [];
      parts.push(...wanted.map(drawCandidate));
      if (!wanted.length) parts.push(page.make('p', 'np-empty', page.say(`ev_none_${state}`)));
      list.replaceChildren(...parts);
    }

    function quoted(words, label, className) {
      const line = page.make('div', className);
      line.append(page.make('span', 'np-whose', label));
      const text = page.make('q', '', words.quote);
      text.lang = 'zh-CN';
      line.append(text);
      if (words.gone) line.append(page.make('strong', 'np-gone', page.say('ev_gone')));
      else line.append(ev.cite(page.say('ev_open'), { notice: words.notice, spans: [words.place] }));
      return line;
    }

    function drawCandidate(one) {
      const card = page.make('article', 'np-candidate');
      card.append(ev.asked(one.question));
      const tags = page.make('p', 'np-tags');
      if (one.category) tags.append(page.make('span', 'np-tag', ev.named('category', one.category)));
      if (one.target) tags.append(page.make('span', 'np-tag np-sure', page.say(`ev_in_${one.target}`, { split: one.split })));
      tags.append(page.make('span', 'np-faint', page.say('ev_proposed_by', { who: one.proposed_by, when: ev.when(one.proposed_at) })));
      if (one.decided_by) tags.append(page.make('span', 'np-faint', page.say('ev_decided_by', { who: one.decided_by, when: ev.when(one.decided_at) })));
      card.append(tags);
      for (const words of one.answers) card.append(quoted(words, page.say('ev_answer'), 'np-words'));
      for (const words of one.wrong) card.append(quoted(words, page.say('ev_not_answer'), 'np-words np-not'));
      for (const text of [one.note, one.reason]) if (text) card.append(page.make('p', 'np-remark', text));
      // Who did what, where there is more than what was said above.
      if (one.steps.length > (one.decided_by ? 2 : 1)) {
        const steps = page.make('details', 'np-others');
        steps.append(page.make('summary', '', page.say('ev_steps', { count: one.steps.length })));
        for (const step of one.steps) {
          const what = page.say(`ev_step_${step.event}`);
          steps.append(page.make('p', 'np-faint', page.say('ev_step', { what, who: step.by, when: ev.when(step.at) })));
        }
        card.append(steps);
      }
      const foot = page.make('div', 'np-decide');
      if (one.state === 'proposed') {
        if (!one.answers.length) card.append(page.make('p', 'np-hint', page.say('ev_no_answer')));
        let { category } = one;
        const choice = ev.choice(page.say('ev_category'), ev.categories(), category, (value) => (category = value));
        const accept = (target) => decide(one, 'accept', () => ({ target, category }), target);
        foot.append(choice);
        foot.append(page.button('np-main np-small', page.say('ev_to_eval'), () => accept('eval')));
        foot.append(page.button('np-main np-small', page.say('ev_to_bank'), () => accept('bank')));
        if (!one.answers.length) foot.append(page.button('np-plain', page.say('ev_find'), () => ev.askLive(one.question)));
        foot.append(page.button('np-plain', page.say('ev_edit'), () => edit(one)));
        foot.append(page.button('np-plain', page.say('ev_reject'), () => reject(one)));
      } else {
        foot.append(page.button('np-plain', page.say('ev_reopen'), () => decide(one, 'reopen', () => ({}), one.target)));
      }
      card.append(foot);
      return card;
    }

    function edit(one) {
      const text = page.make('textarea', 'np-ev-text');
      text.rows = 3;
      text.maxLength = 500;
      text.value = one.question;
      ev.dialog(page.say('ev_edit_title'), page.say('ev_edit_hint'), [ev.field(page.say('ev_the_question'), text)], page.say('ev_save'), async (by) => {
        if (!text.value.trim()) throw new Error(page.say('ev_need_question'));
        await ev.get(`candidates/${one.id}/edit`, { by, question: text.value });
        tell(page.say('ev_was_edited'));
        await refresh();
      });
    }

    function reject(one) {
      const reason = page.make('input');
      reason.maxLength = 500;
      ev.dialog(page.say('ev_reject_title'), one.question, [ev.field(page.say('ev_reason'), reason)], page.say('ev_reject'), async (by) => {
        await ev.get(`candidates/${one.id}/reject`, { by, reason: reason.value });
        tell(page.say('ev_was_rejected'));
        await refresh();
      });
    }

    // The name is asked once; after that a click is enough.
    function decide(one, action, data, target) {
      const send = async (by) => {
        note.replaceChildren(page.make('p', 'np-note', page.say('ev_working')));
        const done = await ev.get(`candidates/${one.id}/${action}`, { by, ...data() });
        const seconds = done.seconds === undefined ? '' : done.seconds.toFixed(1);
        const key = action === 'accept' ? `ev_was_accepted_${target}` : target === 'bank' ? 'ev_was_reopened_bank' : 'ev_was_reopened';
        tell(page.say(done.renewed === false ? 'ev_not_renewed' : key, { seconds }), done.renewed === false);
        await refresh();
        page.tell('ev-changed');
        filters.querySelector('[aria-pressed="true"]')?.focus();
      };
      const known = page.user || ev.name();
      if (!known) {
        ev.dialog(page.say(action === 'reopen' ? 'ev_reopen' : `ev_to_${target}`), one.question, [], page.say(action === 'reopen' ? 'ev_reopen' : 'ev_add'), send);
        return;
      }
      const buttons = list.querySelectorAll('.np-decide button');
      buttons.forEach((button) => (button.disabled = true));
      send(known).catch((error) => {
        tell(error.message, true);
        list.querySelectorAll('.np-decide button').forEach((button) => (button.disabled = false));
        note.scrollIntoView({ block: 'nearest' });
      });
    }
    return { root, refresh };
  };
})();
