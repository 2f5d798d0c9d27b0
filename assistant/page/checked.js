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

  const LONG = 150; // characters of evidence that are shown whole
  const AROUND = 36; // characters kept of longer evidence, around what differs or what both sides share

  // Text in runs: what differs is a mark of its own inside what is quoted; what is not in `seen` is folded away.
  function marked(className, text, base, spans, points, seen = null) {
    const root = page.make('p', className);
    root.lang = 'zh-CN';
    const kind = (offset, character) => character === '\n' || character === '\r' ? 'line' :
      page.inside(offset, points) ? 'point' : page.inside(offset, spans) ? 'telling' : 'around';
    const name = (offset, character) =>
      kind(offset, character) + (seen && !page.inside(offset, seen) ? ' fold' : '');
    const classes = { line: 'np-joint', point: 'np-point', telling: 'np-telling', around: 'np-around' };
    for (const run of page.runs(text, base, name)) {
      const [label, fold] = run.label.split(' ');
      const inner = page.make(label === 'point' ? 'mark' : 'span', classes[label], run.text);
      if (!fold) {
        root.append(inner);
        continue;
      }
      const last = root.lastChild;
      const folded = last && last.className === 'np-fold' ? last : page.make('span', 'np-fold');
      folded.append(inner);
      if (folded !== last) root.append(folded);
    }
    return root;
  }

  // The longest stretch of `text` that stands in `said` too, as [start, end] counted from `base`.
  function shared(text, said, base) {
    const ours = Array.from(said);
    const theirs = Array.from(text);
    let best = [base, base];
    let before = new Array(ours.length + 1).fill(0);
    theirs.forEach((character, at) => {
      const now = new Array(ours.length + 1).fill(0);
      ours.forEach((other, to) => {
        if (character !== other) return;
        now[to + 1] = before[to] + 1;
        if (now[to + 1] > best[1] - best[0]) best = [base + at + 1 - now[to + 1], base + at + 1];
      });
      before = now;
    });
    return best;
  }

  // From the first to the last of the words that settle it; what is long is folded.
  function excerpt(card, said) {
    const spans = card.highlights.length ? card.highlights : [[card.start, card.end]];
    const all = [...spans, ...card.points];
    const from = Math.max(card.start, Math.min(...all.map((span) => span[0])));
    const to = Math.min(card.end, Math.max(...all.map((span) => span[1])));
    const text = Array.from(card.text).slice(from - card.start, to - card.start).join('');
    if (to - from <= LONG) return [marked('np-evidence', text, from, spans, card.points)];
    const kept = card.points.length ? card.points : [shared(text, said, from)];
    const seen = kept.map(([start, end]) => [start - AROUND, end + AROUND]);
    const paragraph = marked('np-evidence np-folded', text, from, spans, card.points, seen);
    const more = page.button('np-quiet np-unfold', page.say('more'), (button) => {
      const folded = paragraph.classList.toggle('np-folded');
      button.textContent = page.say(folded ? 'more' : 'less');
      button.setAttribute('aria-expanded', String(!folded));
    });
    more.setAttribute('aria-expanded', 'false');
    return [paragraph, more];
  }

  function evidence(card, said, open) {
    const root = page.make('div', 'np-proof');
    const cite = page.button('np-cite', '', (button) => open(card, button));
    cite.append(page.make('span', 'np-source', card.source), page.make('span', 'np-place', card.place));
    cite.lang = 'zh-CN';
    cite.title = page.say('open', { label: card.label });
    const [words, more] = excerpt(card, said);
    const foot = page.make('div', 'np-proof-foot');
    foot.append(cite, ...(more ? [more] : []));
    root.append(words, foot);
    return root;
  }

  function side(className, title, ...parts) {
    const root = page.make('div', `np-side ${className}`);
    root.append(page.make('p', 'np-side-head', title), ...parts);
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
    const proofs = first ? [evidence(first, statement.text, open)] : [page.make('p', 'np-note', page.say('no_evidence'))];
    if (others.length) {
      const more = page.make('details', 'np-others');
      more.append(page.make('summary', '', `${page.say('other_places')}（${others.length}）`));
      more.append(...others.map((card) => evidence(card, statement.text, open)));
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
