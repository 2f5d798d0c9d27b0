// The scope: which documents questions are asked of. There only where there are several.
(() => {
  'use strict';
  const page = window.NoticePage;
  const OFFERED = 50; // choices shown at once; typing narrows them

  page.scopeNames = new Map(); // a document's name by its id
  page.scopeWords = (scope) => page.facets.flatMap((facet) => scope[facet] || [])
    .map((value) => page.scopeNames.get(value) || value).join(' · ');

  // How many documents lie within a scope; the server has the last word.
  function count(documents, issuers, kinds, scope) {
    const within = (facet, has) => !scope[facet] || scope[facet].some(has);
    return documents.filter(([id, name, year, by, of]) =>
      within('document', (value) => value === id || value === name) &&
      within('issuer', (value) => by.some((place) => issuers[place] === value)) &&
      within('year', (value) => {
        const [first, last = first] = value.split('-').map(Number);
        return first <= year && year <= last;
      }) &&
      within('kind', (value) => of.some((place) => kinds[place] === value))).length;
  }

  page.scope = ({ element, props }) => {
    const { documents, issuers, kinds } = props.value;
    const root = element.querySelector('.np-scope');
    for (const [id, name] of documents) page.scopeNames.set(id, name);
    const years = [...new Set(documents.map(([, , year]) => year))].filter(Boolean).sort((a, b) => b - a).map(String);
    const choices = {
      document: documents.map(([id, name]) => ({ value: id, name })),
      issuer: issuers.map((name) => ({ value: name, name })),
      year: years.map((name) => ({ value: name, name })),
      kind: kinds.map((name) => ({ value: name, name })),
    };
    const fold = page.make('details', 'np-scope-fold');
    const head = page.make('summary');
    const fields = page.make('div', 'np-scope-fields');
    const clear = page.button('np-quiet', page.say('scope_clear'), () => {
      set({});
      head.focus();
    });
    const redraw = [];

    function set(scope) {
      page.within = Object.fromEntries(Object.entries(scope).filter(([, values]) => values.length));
      for (const draw of redraw) draw();
      const words = page.scopeWords(page.within);
      const found = count(documents, issuers, kinds, page.within);
      head.textContent = page.say(!words ? 'scope_all' : found ? 'scope_some' : 'scope_none', { scope: words, count: found });
      clear.hidden = !words;
    }

    function field(facet) {
      const box = page.make('div', 'np-scope-field');
      const label = page.make('label', '', page.say(facet));
      const input = page.make('input');
      const list = page.make('datalist');
      const chips = page.make('ul', 'np-scope-chips');
      input.id = `np-scope-${facet}`;
      input.type = 'text';
      input.autocomplete = 'off';
      input.placeholder = page.say('scope_pick');
      input.setAttribute('aria-describedby', `np-scope-${facet}-note`);
      label.htmlFor = input.id;
      list.id = `${input.id}-list`;
      input.setAttribute('list', list.id);
      const note = page.make('span', 'np-scope-note');
      note.id = `np-scope-${facet}-note`;
      note.setAttribute('role', 'status');

      const near = () => {
        const typed = input.value.trim();
        return choices[facet].filter(({ name }) => name.includes(typed));
      };
      const offer = () => list.replaceChildren(...near().slice(0, OFFERED).map(({ name }) => {
        const option = page.make('option');
        option.value = name;
        return option;
      }));
      const take = (value) => {
        input.value = '';
        note.textContent = '';
        offer();
        set({ ...page.within, [facet]: [...new Set([...(page.within[facet] || []), value])] });
      };
      input.addEventListener('focus', offer);
      input.addEventListener('input', (event) => {
        note.textContent = '';
        const exact = choices[facet].find(({ name }) => name === input.value.trim());
        // A choice from the list comes at once; what is being typed may be the beginning of more.
        if (exact && event.inputType !== 'insertText' && event.inputType !== 'insertCompositionText') take(exact.value);
        else offer();
      });
      input.addEventListener('keydown', (event) => {
        if (event.key !== 'Enter' || event.isComposing) return;
        event.preventDefault();
        const typed = input.value.trim();
        if (!typed) return;
        const [best] = near().sort((a, b) => (b.name === typed) - (a.name === typed));
        const years = facet === 'year' && /^\d{4}-\d{4}$/.test(typed) ? { value: typed } : null;
        if (years || best) take((years || best).value);
        else note.textContent = page.say('scope_nothing', { value: typed });
      });
      redraw.push(() => {
        chips.replaceChildren(...(page.within[facet] || []).map((value) => {
          const name = page.scopeNames.get(value) || value;
          const item = page.make('li');
          const drop = page.button('np-scope-chip', `${name} ✕`, () => {
            set({ ...page.within, [facet]: page.within[facet].filter((other) => other !== value) });
            input.focus();
          });
          drop.setAttribute('aria-label', page.say('scope_drop', { value: name }));
          item.append(drop);
          return item;
        }));
        chips.hidden = !chips.children.length;
      });
      box.append(label, input, list, note, chips);
      return box;
    }

    fields.append(...page.facets.map(field), clear);
    fold.append(head, fields);
    root.replaceChildren(fold);
    page.hear('scope', ({ scope }) => set(scope));
    set(page.within);
  };
})();
