// From an answer's card to a candidate question: 「这段就是答案」 and 「答案不对」, and the dialogs of the tab.
(() => {
  'use strict';
  const page = window.NoticePage;
  const { ev } = page;
  const STORE = 'notice-assistant.name';

  ev.name = () => {
    try {
      return localStorage.getItem(STORE) || '';
    } catch {
      return ''; // storage may be switched off
    }
  };
  ev.keepName = (name) => {
    try {
      localStorage.setItem(STORE, name);
    } catch {
      // storage may be full or switched off; the name is asked again then
    }
  };

  function field(label, input, hint) {
    const root = page.make('label', 'np-field');
    root.append(page.make('span', '', label), input);
    if (hint) root.append(page.make('small', '', hint));
    return root;
  }
  ev.field = field;

  // A dialog with a form; `send` gets the name, and may throw the sentence that says why not.
  ev.dialog = (title, hint, fields, yes, send) => {
    const root = page.make('dialog', 'np-dialog');
    root.setAttribute('aria-labelledby', 'np-dialog-title');
    const form = page.make('form');
    const head = page.make('h2', '', title);
    head.id = 'np-dialog-title';
    const who = page.make('input');
    who.maxLength = 40;
    who.value = page.user || ev.name();
    who.autocomplete = 'name';
    const error = page.make('p', 'np-error');
    error.setAttribute('role', 'alert');
    error.hidden = true;
    const fail = (text) => {
      error.textContent = text;
      error.hidden = false;
    };
    const submit = page.make('button', 'np-main', yes);
    submit.type = 'submit';
    const foot = page.make('div', 'np-dialog-foot');
    foot.append(page.button('np-plain', page.say('ev_cancel'), () => root.close()), submit);
    // Whoever has signed in need not say who they are.
    const whoField = page.user ? [] : [field(page.say('ev_who'), who, page.say('ev_who_hint'))];
    form.append(head, ...(hint ? [page.make('p', 'np-hint', hint)] : []), ...fields, ...whoField, error, foot);
    root.append(form);
    const from = document.activeElement;
    form.addEventListener('submit', async (submitted) => {
      submitted.preventDefault();
      if (!who.value.trim()) {
        fail(page.say('ev_need_name'));
        who.focus();
        return;
      }
      if (!page.user) ev.keepName(who.value.trim());
      submit.disabled = true;
      try {
        await send(who.value.trim());
        root.close();
      } catch (problem) {
        fail(problem.message);
      }
      submit.disabled = false;
    });
    root.addEventListener('close', () => {
      root.remove();
      if (from && from.isConnected) from.focus();
    });
    document.querySelector('.gradio-container').append(root);
    root.showModal();
    return root;
  };

  ev.categories = (answered) => ['', ...Object.keys(page.strings.en)
    .filter((key) => key.startsWith('ev_category_'))
    .map((key) => key.slice('ev_category_'.length))
    .filter((name) => answered === undefined || answered !== ['near', 'far'].includes(name))]
    .map((name) => [name, name ? ev.named('category', name) : page.say('ev_choose_category')]);

  function propose(kind, card, value, button) {
    const right = kind === 'right';
    const [lit] = card.highlights;
    const sentence = lit || [card.start, card.end];
    const spans = { sentence, passage: [card.start, card.end] };
    const words = ([start, end]) => Array.from(card.text).slice(start - card.start, end - card.start).join('');
    let chosen = 'sentence';
    let category = '';
    const fields = [];
    const asked = page.make('p', 'np-dialog-question', value.question);
    asked.lang = 'zh-CN';
    const quoted = page.make('blockquote', 'np-dialog-quote', words(sentence));
    quoted.lang = 'zh-CN';
    quoted.tabIndex = 0;
    fields.push(asked);
    if (right && lit && (lit[0] !== card.start || lit[1] !== card.end)) {
      const group = page.make('fieldset', 'np-which');
      group.append(page.make('legend', '', page.say('ev_which')));
      for (const name of ['sentence', 'passage']) {
        const option = page.make('label');
        const radio = page.make('input');
        radio.type = 'radio';
        radio.name = 'np-which';
        radio.checked = name === chosen;
        radio.addEventListener('change', () => {
          chosen = name;
          quoted.textContent = words(spans[name]);
        });
        option.append(radio, page.make('span', '', page.say(`ev_${name}`)));
        group.append(option);
      }
      fields.push(group);
    }
    const note = page.make('input');
    note.maxLength = 500;
    fields.push(quoted);
    const asker = page.without('evals'); // a trainer will look at it, and knows the categories
    if (!asker) fields.push(ev.choice(page.say('ev_category'), ev.categories(right ? true : undefined), '', (picked) => (category = picked)));
    if (!right) fields.push(field(page.say('ev_note'), note));
    const about = `ev_${right ? 'right' : 'wrong'}`;
    ev.dialog(page.say(`${about}_title`), page.say(asker ? `${about}_told` : `${about}_hint`), fields, page.say(asker ? 'ev_tell' : 'ev_add'), async (by) => {
      const [start, end] = spans[chosen];
      await ev.get('propose', { kind, question: value.question, notice: card.notice, start, end, quote: words([start, end]), by, category, note: note.value });
      button.textContent = page.say(asker ? 'ev_told' : 'ev_added');
      button.setAttribute('aria-disabled', 'true');
      page.tell('said', { text: button.textContent });
      page.tell('ev-changed');
    });
  }

  page.cardActions.push((card, value) => ['right', 'wrong'].map((kind) => {
    const label = page.say(kind === 'right' ? 'ev_right' : 'ev_wrong_answer');
    return page.button(`np-quiet np-is-${kind}`, label, (button) => {
      if (button.getAttribute('aria-disabled') !== 'true') propose(kind, card, value, button);
    });
  }));
})();
