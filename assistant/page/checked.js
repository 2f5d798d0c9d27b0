// One checked answer: what was said beside what the notice says, and what differs, marked on both sides.
(() => {
  'use strict';
  const page = window.NoticePage;
  const SIGNS = { supported: '✓', contradicted: '✗', not_mentioned: '○', unsure: '?' };

  page.verdict = (word, className = 'np-verdict') => {
    const badge = page.make('span', `${className} np-${word}`);
    const sign = page.make('span', 'np-sign', SIGNS[word]);
    sign.setAttribute('aria-hidden', 'true');
    badge.append(sign, page.make('span', '', page.say(word)));
    return badge;
  };

  // Text in runs: what differs is a mark of its own inside what is quoted.
  function marked(className, text, base, spans, points) {
    const root = page.make('p', className);
    root.lang = 'zh-CN';
    const name = (offset, character) => character === '\n' || character === '\r' ? 'line' :
      page.inside(offset, points) ? 'point' : page.inside(offset, spans) ? 'mark' : 'text';
    for (const run of page.runs(text, base, name)) {
      if (run.label === 'point') root.append(page.make('mark', 'np-point', run.text));
      else if (run.label === 'mark') root.append(page.make('span', 'np-telling', run.text));
      else root.append(page.make('span', run.label === 'line' ? 'np-joint' : 'np-around', run.text));
    }
    return root;
  }

  // The words that settle it, with a little around them where they do not begin or end the passage.
  function excerpt(card) {
    const spans = card.highlights.length ? card.highlights : [[card.start, card.end]];
    const start = Math.min(...spans.map((span) => span[0]), ...card.points.map((span) => span[0]));
    const end = Math.max(...spans.map((span) => span[1]), ...card.points.map((span) => span[1]));
    const from = Math.max(card.start, start);
    const to = Math.min(card.end, end);
    const text = Array.from(card.text).slice(from - card.start, to - card.start).join('');
    return marked('np-evidence', text, from, spans, card.points);
  }

  function evidence(card, open) {
    const root = page.make('div', 'np-proof');
    const cite = page.button('np-cite', '', (button) => open(card, button));
    cite.append(page.make('span', 'np-source', card.source), page.make('span', 'np-place', card.place));
    cite.lang = 'zh-CN';
    cite.title = page.say('open', { label: card.label });
    root.append(excerpt(card), cite);
    return root;
  }

  function side(className, title, ...parts) {
    const root = page.make('div', `np-side ${className}`);
    root.append(page.make('h4', '', title), ...parts);
    return root;
  }

  function value(label, text) {
    const root = page.make('span', 'np-differing');
    root.append(page.make('span', 'np-whose', label));
    if (!text) {
      root.append(page.make('span', 'np-none', page.say('nothing')));
      return root;
    }
    const words = page.make('q', '', text);
    words.lang = 'zh-CN';
    root.append(words);
    return root;
  }

  function differences(statement) {
    const items = statement.differences.map((difference) => {
      const item = page.make('li');
      item.append(page.make('span', 'np-kind', page.say(`kind_${difference.kind}`)));
      item.append(value(page.say('in_claim'), difference.claim), value(page.say('in_source'), difference.source));
      return item;
    });
    items.push(...statement.quotations.map((quotation) => {
      const item = page.make('li', `np-quote-${quotation.exactness}`);
      item.append(page.make('span', '', page.say('quoted', { text: quotation.text })));
      item.append(page.make('span', 'np-exactness', page.say(`quote_${quotation.exactness}`)));
      return item;
    }));
    if (!items.length) {
      const bare = statement.word === 'contradicted' || statement.leaning === 'contradicted';
      return bare ? [page.make('p', 'np-note', page.say('no_difference_named'))] : [];
    }
    const list = page.make('ul', 'np-differences');
    list.setAttribute('aria-label', page.say('differences'));
    list.append(...items);
    return [list];
  }

  function drawStatement(statement) {
    const root = page.make('div', `np-statement np-is-${statement.word}`);
    const head = page.make('div', 'np-statement-head');
    head.append(page.verdict(statement.word));
    if (statement.leaning) head.append(page.make('span', 'np-leaning', page.say(`leaning_${statement.leaning}`)));
    const open = (card, button) => page.tell('cite', {
      notice: card.notice,
      spans: card.highlights.length ? card.highlights : [[card.start, card.end]],
      points: card.points,
      focus: true,
      from: button,
      back: 'back_to_check',
    });
    const claim = marked('np-said', statement.text, statement.start, [], statement.points);
    const [first, ...others] = statement.evidence;
    const proofs = first ? [evidence(first, open)] : [page.make('p', 'np-note', page.say('no_evidence'))];
    if (others.length) {
      const more = page.make('details', 'np-others');
      more.append(page.make('summary', '', `${page.say('other_places')}（${others.length}）`));
      more.append(...others.map((card) => evidence(card, open)));
      proofs.push(more);
    }
    const near = statement.word === 'not_mentioned' || statement.leaning === 'not_mentioned';
    const sides = page.make('div', 'np-sides');
    sides.append(side('np-ours', page.say('claim_side'), claim));
    sides.append(side('np-theirs', page.say(near ? 'nearest_side' : 'source_side'), ...proofs));
    root.append(head, sides, ...differences(statement));
    return root;
  }

  // `word` keeps only the statements of one verdict; `several` whether rows are numbered.
  page.drawChecked = (row, word, several) => {
    const root = page.make('article', 'np-checked');
    root.setAttribute('aria-label', several ? page.say('row', { row: row.number }) : page.say('results_of_check'));
    if (several || row.question) {
      const head = page.make('p', 'np-row');
      if (several) head.append(page.make('span', 'np-number', page.say('row', { row: row.number })));
      if (row.question) {
        const question = page.make('span', 'np-asked', row.question);
        question.lang = 'zh-CN';
        head.append(question);
      }
      root.append(head);
    }
    const shown = row.statements.filter((statement) => !word || statement.word === word);
    root.append(...shown.map(drawStatement));
    return root;
  };
})();
