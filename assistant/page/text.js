// What every part of the page uses: the reader's language, making elements, and code points.
// Texts reach the page through textContent only, so nothing in a notice or a question can become markup.
window.NoticePage = (() => {
  'use strict';
  const language = /^en\b/i.test(navigator.language) ? 'en' : 'zh';
  const address = new URL(location.href);
  const page = {
    language,
    cardActions: [], // what further tabs let people do with a card: (card, value) => buttons
    // What the address asked for when the page was opened.
    opened: {
      question: address.searchParams.get('q') || '',
      cite: readCite(address.searchParams.get('cite')),
      notice: address.searchParams.get('notice') || '',
    },
    facets: ['document', 'issuer', 'year', 'kind'],
    within: {}, // the documents that questions are asked of: values by facet, none for all
  };
  for (const facet of page.facets) {
    const values = (address.searchParams.get(facet) || '').split('|').filter(Boolean);
    if (values.length) page.within[facet] = values;
  }

  function readCite(text) {
    const match = /^(\d{1,9})-(\d{1,9})$/.exec(text || '');
    return match && Number(match[1]) < Number(match[2]) ? [Number(match[1]), Number(match[2])] : null;
  }

  page.say = (key, values = {}) =>
    page.strings[language][key].replace(/\{(\w+)\}/g, (whole, name) => (name in values ? String(values[name]) : whole));

  page.make = (tag, className, text) => {
    const element = document.createElement(tag);
    if (className) element.className = className;
    if (text !== undefined) element.textContent = text;
    return element;
  };

  page.button = (className, text, act) => {
    const button = page.make('button', className, text);
    button.type = 'button';
    button.addEventListener('click', () => act(button));
    return button;
  };

  page.tell = (name, detail) => document.dispatchEvent(new CustomEvent(`np-${name}`, { detail }));
  page.hear = (name, act) => document.addEventListener(`np-${name}`, (event) => act(event.detail || {}));

  // Called by Gradio before a question leaves, and when no answer came back.
  page.asking = (question, scoped = false) => {
    page.tell('asking', { question });
    return scoped ? [question, page.within] : [question];
  };
  page.scopeAddress = (scope = {}) =>
    Object.fromEntries(page.facets.map((facet) => [facet, (scope[facet] || []).join('|')]));
  page.failed = () => page.tell('failed');

  // Offsets count code points, as Python does; a JavaScript string counts UTF-16 units.
  // `labels(offset, character)` names each character; neighbours with the same name make one run.
  page.runs = (text, base, labels) => {
    const runs = [];
    let offset = base;
    for (const character of text) {
      const label = labels(offset, character);
      const last = runs[runs.length - 1];
      if (last && last.label === label) last.text += character;
      else runs.push({ label, text: character });
      offset += 1;
    }
    return runs;
  };
  page.inside = (offset, spans) => spans.some(([start, end]) => start <= offset && offset < end);

  page.address = (changes) => {
    const url = new URL(location.href);
    for (const [name, value] of Object.entries(changes)) {
      if (value) url.searchParams.set(name, value);
      else url.searchParams.delete(name);
    }
    return url.href;
  };
  page.setAddress = (changes) => history.replaceState(history.state, '', page.address(changes));

  // navigator.clipboard exists on https and localhost only; offices often serve plain http.
  page.copy = async (text, button) => {
    const label = button.dataset.label || (button.dataset.label = button.textContent);
    let done = false;
    try {
      await navigator.clipboard.writeText(text);
      done = true;
    } catch {
      const area = page.make('textarea', 'np-offscreen', '');
      area.value = text;
      document.body.append(area);
      area.select();
      done = document.execCommand('copy');
      area.remove();
      button.focus();
    }
    button.textContent = page.say(done ? 'copied' : 'copy_failed');
    page.tell('said', { text: button.textContent });
    clearTimeout(Number(button.dataset.timer));
    button.dataset.timer = setTimeout(() => (button.textContent = label), 2000);
  };
  return page;
})();
