// The answer: cards with the notice's own words, the place of each, and what can be done with them.
(() => {
  'use strict';
  const page = window.NoticePage;
  const PATIENCE = 60000; // ms until a question without an answer is called failed
  const CHECK = 3000; // ms between looks whether the service is still there, while an answer is awaited
  const CONTEXT = { first: 90, other: 24 }; // characters kept around a highlight while a card is folded
  const SHORT = 60; // a passage with less than this to hide is shown whole
  const OTHER_HIGHLIGHT = 110;

  // The stretches of a card that are seen before someone unfolds it.
  function windows(card, first) {
    const around = first ? CONTEXT.first : CONTEXT.other;
    if (!card.highlights.length) return [[card.start, card.start + 2 * around + SHORT]];
    return card.highlights.map(([start, end]) =>
      first ? [start - around, end + around] : [start - around, Math.min(end, start + OTHER_HIGHLIGHT) + around]);
  }

  // Cuts fall after a punctuation mark, so that a folded passage still reads well.
  function atPauses(card, stretches) {
    const characters = Array.from(card.text);
    const pause = (offset) => '。！？；，：、'.includes(characters[offset - 1 - card.start] || '。');
    return stretches.map(([start, end]) => {
      let from = Math.max(start, card.start);
      let to = Math.min(end, card.end);
      while (from > card.start && !pause(from) && start - from < 30) from -= 1;
      while (to < card.end && !pause(to) && to - end < 30) to += 1;
      return [from, to];
    });
  }

  function passage(card, first) {
    const seen = atPauses(card, windows(card, first));
    let hidden = 0;
    for (let offset = card.start; offset < card.end; offset += 1) hidden += page.inside(offset, seen) ? 0 : 1;
    const folds = hidden >= SHORT;
    const paragraph = page.make('p', 'np-passage');
    paragraph.lang = 'zh-CN';
    const name = (offset, character) => character === '\n' || character === '\r' ? 'line' :
      (page.inside(offset, card.highlights) ? 'mark' : 'text') + (folds && !page.inside(offset, seen) ? ' fold' : '');
    for (const run of page.runs(card.text, card.start, name)) {
      const inner = page.make(run.label.startsWith('mark') ? 'mark' : 'span', run.label === 'line' ? 'np-joint' : '', run.text);
      if (run.label.endsWith('fold')) {
        const fold = page.make('span', 'np-fold');
        fold.append(inner);
        paragraph.append(fold);
      } else paragraph.append(inner);
    }
    return { paragraph, folds };
  }

  function quotation(card) {
    const spans = card.highlights.length ? card.highlights : [[card.start, card.end]];
    const quotes = page.runs(card.text, card.start, (offset) => spans.findIndex((span) => page.inside(offset, [span])))
      .filter((run) => run.label >= 0)
      .map((run) => `「${run.text.replace(/\s*\n\s*/g, '')}」`);
    return `${quotes.join('')}——${card.label}`;
  }

  function drawCard(card, index, value) {
    const first = index === 0 && value.answered;
    const root = page.make('article', first ? 'np-card np-first' : 'np-card');
    const head = page.make('div', 'np-card-head');
    const rank = page.make('span', 'np-rank', String(card.rank));
    rank.setAttribute('aria-label', page.say('rank', { rank: card.rank }));
    rank.setAttribute('role', 'img');
    const spans = card.highlights.length ? card.highlights : [[card.start, card.end]];
    const cite = page.button('np-cite', '', (button) => {
      page.tell('cite', { notice: card.notice, spans, focus: true, from: button });
    });
    // The two together are the label, word for word; the style sets the place above the title.
    cite.append(page.make('span', 'np-source', card.source), page.make('span', 'np-place', card.place));
    cite.lang = 'zh-CN';
    cite.title = page.say('open', { label: card.label });
    head.append(rank, cite);
    const part = card.part === null ? [] : [page.make('p', 'np-part', page.say('part', { part: card.part }))];
    if (first) {
      head.append(page.make('span', `np-confidence np-${value.confidence}`, page.say(value.confidence)));
    }
    const { paragraph, folds } = passage(card, first);
    const foot = page.make('div', 'np-card-foot');
    foot.append(page.button('np-quiet', page.say('copy_quote'), (button) => page.copy(quotation(card), button)));
    foot.append(page.button('np-quiet', page.say('copy_link'), (button) => page.copy(link(card, value, spans[0]), button)));
    for (const act of page.cardActions) foot.append(...act(card, value));
    if (folds) {
      root.classList.add('np-folded');
      const more = page.button('np-quiet np-more', page.say('more'), (button) => {
        const folded = root.classList.toggle('np-folded');
        button.textContent = page.say(folded ? 'more' : 'less');
        button.setAttribute('aria-expanded', String(!folded));
      });
      more.setAttribute('aria-expanded', 'false');
      foot.append(more);
    }
    const older = card.newer ? [page.make('p', 'np-part', page.say('superseded', { date: card.newer }))] : [];
    root.append(head, ...part, ...older, paragraph, ...page.copies(card), foot);
    return root;
  }

  function link(card, value, span) {
    return page.address({
      q: value.question,
      typed: value.as_typed ? '1' : '',
      ...page.scopeAddress(value.scope),
      cite: span.join('-'),
      notice: page.several ? card.notice : '',
    });
  }

  function drawReading(value, ask) {
    const line = page.make('div', 'np-reading');
    line.append(page.make('span', '', page.say('reading', { reading: value.reading })));
    line.append(page.button('np-quiet', page.say('as_typed'), () => ask(value.question, true)));
    return line;
  }

  function drawScope(value, ask) {
    const line = page.make('div', 'np-reading');
    line.append(page.make('span', '', page.say('scope_asked', { scope: page.scopeWords(value.scope) })));
    line.append(page.button('np-quiet', page.say('scope_wide'), () => {
      page.within = {};
      page.tell('scope', { scope: {} });
      ask(value.question, value.as_typed);
    }));
    return line;
  }

  function drawAnswer(value, ask) {
    const parts = [];
    if (Object.keys(value.scope || {}).length) parts.push(drawScope(value, ask));
    if (value.reading !== null) parts.push(drawReading(value, ask));
    if (value.lane) parts.push(page.make('p', 'np-lane', page.say(`by_${value.lane}`)));
    if (value.remark) parts.push(page.make('p', 'np-remark', value.remark));
    if (!value.answered) {
      const banner = page.make('div', 'np-banner');
      if (value.manner) banner.append(page.make('strong', '', page.say(value.manner)));
      else banner.append(page.make('strong', '', page.say('unanswered')), page.make('p', '', page.say('unanswered_hint')));
      parts.push(banner);
      if (value.cards.length) parts.push(page.make('h2', 'np-section', page.say('nearest')));
    }
    value.cards.forEach((card, index) => {
      if (index === 1 && value.answered) parts.push(page.make('h2', 'np-section', page.say('others')));
      parts.push(drawCard(card, index, value));
    });
    return parts;
  }

  page.answer = ({ element, props, trigger, watch }, event) => {
    const root = element.querySelector('.np-answer');
    const status = page.make('p', 'np-offscreen');
    status.setAttribute('role', 'status');
    const body = page.make('section', 'np-results');
    body.setAttribute('aria-label', page.say('results'));
    root.replaceChildren(status, body);
    let waiting = 0;
    let checking = 0;
    let opening = page.opened.cite; // a link that leads to a place keeps it for its first answer

    const say = (text) => (status.textContent = text);
    const draw = (...parts) => {
      clearTimeout(waiting);
      clearInterval(checking);
      body.removeAttribute('aria-busy');
      body.replaceChildren(...parts);
    };
    const error = (reason) => {
      say(page.say(reason));
      draw(page.make('p', 'np-error', page.say(reason)));
    };
    const ask = (question, asTyped) => {
      page.asking(question);
      trigger(event, { question, as_typed: asTyped, scope: page.within });
    };
    const wait = () => {
      say(page.say('loading'));
      const skeleton = page.make('div', 'np-loading');
      skeleton.append(page.make('p', '', page.say('loading')), page.make('i'), page.make('i'), page.make('i'));
      draw(skeleton);
      body.setAttribute('aria-busy', 'true');
      waiting = setTimeout(() => error('unexpected'), PATIENCE);
      checking = setInterval(() => {
        const turn = waiting;
        fetch('healthz', { cache: 'no-store' }).catch(() => turn === waiting && body.hasAttribute('aria-busy') && error('offline'));
      }, CHECK);
    };
    const show = (value) => {
      if (value.state === 'error') return error(value.reason);
      draw(...drawAnswer(value, ask));
      const [first] = value.cards;
      const label = first ? first.label : '';
      say(page.say(value.manner || (value.answered ? 'found' : 'found_nearest'), { count: value.cards.length, label }));
      page.tell('answered', { question: value.question });
      if (opening) {
        const spans = [opening];
        const notice = page.opened.notice || (first ? first.notice : '');
        opening = null;
        if (notice) page.tell('cite', { notice, spans, focus: true, from: body.querySelector('.np-cite') });
        return;
      }
      page.setAddress({
        q: value.question, typed: value.as_typed ? '1' : '', ...page.scopeAddress(value.scope), cite: '', notice: '',
      });
      if (first && value.answered) {
        page.tell('cite', { notice: first.notice, spans: first.highlights, focus: false, from: null });
      }
    };

    page.hear('asking', wait);
    page.hear('failed', () => error('unexpected'));
    page.hear('said', ({ text }) => say(text));
    watch('value', () => props.value && props.value.state && show(props.value));
    if (page.opened.question) wait();
    else draw(page.make('p', 'np-empty', page.say('start')));
  };
})();
