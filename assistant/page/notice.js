// The whole notice beside the answers, as issued; a citation opens it at its words.
(() => {
  'use strict';
  const page = window.NoticePage;

  // A title may stand over several lines; each line is set on its own.
  function fill(element, block, spans, points = []) {
    const name = (offset, character) => character === '\n' || character === '\r' ? 'line' :
      page.inside(offset, points) ? 'point' : page.inside(offset, spans) ? 'mark' : 'text';
    element.replaceChildren(...page.runs(block.text, block.start, name).map((run) => {
      if (run.label === 'line') return page.make('span', 'np-line', run.text);
      if (run.label === 'point') return page.make('mark', 'np-point', run.text);
      return run.label === 'mark' ? page.make('mark', '', run.text) : document.createTextNode(run.text);
    }));
  }

  page.notice = ({ element, props, watch, server }) => {
    const root = element.querySelector('.np-notice');
    const { list, notice: first } = props.value;
    const known = new Map();
    let shown = null;
    let from = null;
    let latest = 0;

    const bar = page.make('div', 'np-bar');
    bar.append(page.make('h2', '', page.say('notice')));
    const back = page.button('np-quiet np-back', page.say('back'), () => {
      if (!from || !from.isConnected) return;
      from.scrollIntoView({ block: 'center' });
      from.focus({ preventScroll: true });
    });
    back.hidden = true;
    const paper = page.make('div', 'np-paper');
    paper.tabIndex = 0;
    paper.lang = 'zh-CN';
    paper.setAttribute('role', 'region');
    paper.setAttribute('aria-label', page.say('notice'));
    const choice = page.make('select', 'np-choice');
    choice.setAttribute('aria-label', page.say('choose'));
    choice.addEventListener('change', () => open({ notice: choice.value, spans: [], focus: false }));
    bar.append(choice, back);
    root.replaceChildren(bar, paper);

    // Which notices there are; they may come and go while the page is open.
    function offer(notices) {
      page.several = notices.length > 1;
      choice.hidden = !page.several;
      choice.replaceChildren(...notices.map(({ id, title }) => {
        const option = page.make('option', '', title);
        option.value = id;
        return option;
      }));
      if (shown) choice.value = shown.id;
    }
    offer(list);
    page.hear('corpus', ({ list: now }) => {
      known.clear();
      offer(now);
      if (now.length && !(shown && now.some(({ id }) => id === shown.id))) open({ notice: now[0].id, spans: [], focus: false });
    });
    watch('value', () => page.tell('corpus', { list: props.value.list }));

    function draw(notice) {
      shown = { id: notice.id, blocks: [] };
      choice.value = notice.id;
      paper.scrollTop = 0;
      paper.replaceChildren(...notice.blocks.map((block) => {
        const part = page.make(block.kind === 'title' || block.kind === 'heading' ? 'h3' : 'p', `np-${block.kind}`);
        part.id = `p-${block.start}`;
        part.tabIndex = -1;
        fill(part, block, []);
        shown.blocks.push({ block, part, marked: false });
        return part;
      }));
    }

    function mark(spans, points) {
      for (const entry of shown.blocks) {
        const { start, end } = entry.block;
        const here = spans.filter(([from_, to]) => from_ < end && start < to);
        if (here.length || entry.marked) fill(entry.part, entry.block, here, points);
        entry.marked = here.length > 0;
      }
      return paper.querySelector('mark');
    }

    function reveal(target, focus) {
      const inner = paper.scrollHeight > paper.clientHeight + 1;
      if (inner) {
        const room = Math.max(24, (paper.clientHeight - target.getBoundingClientRect().height) / 3);
        paper.scrollTop += target.getBoundingClientRect().top - paper.getBoundingClientRect().top - room;
      }
      if (!focus) return;
      const tall = target.getBoundingClientRect().height > innerHeight * 0.7;
      if (!inner) target.scrollIntoView({ block: tall ? 'start' : 'center' });
      else if (root.getBoundingClientRect().top < 0 || root.getBoundingClientRect().top > innerHeight / 2) {
        root.scrollIntoView({ block: 'start' });
      }
      target.closest('[id^="p-"]').focus({ preventScroll: true });
    }

    async function load(id) {
      if (!known.has(id)) {
        const notice = await server.fetch_notice(id);
        if (!notice || !notice.blocks) throw new Error('no such notice');
        known.set(id, notice);
      }
      return known.get(id);
    }

    async function open({ notice: id, spans, points = [], focus, from: button, back: label = 'back' }) {
      const turn = (latest += 1);
      try {
        const notice = await load(id);
        if (turn !== latest) return; // another place was asked for meanwhile
        if (!shown || shown.id !== id) draw(notice);
      } catch {
        paper.replaceChildren(page.make('p', 'np-error', page.say('notice_failed')));
        shown = null;
        return;
      }
      // Without a place to show, its beginning.
      const target = mark([...spans, ...points], points) || (focus ? paper.querySelector('[id^="p-"]') : null);
      if (target) reveal(target, focus);
      if (focus && target) {
        from = button;
        back.hidden = !button;
        back.textContent = page.say(label);
        page.setAddress({ cite: spans.length ? spans[0].join('-') : '', notice: page.several ? id : '' });
      }
    }

    if (first) {
      known.set(first.id, first);
      draw(first);
    }
    page.hear('cite', open);
    page.hear('asking', () => (back.hidden = true));
    const wanted = page.opened.notice || (first && first.id);
    if (page.opened.question) return; // the answer opens the place
    if (page.opened.cite && wanted) open({ notice: wanted, spans: [page.opened.cite], focus: true });
    else if (page.opened.notice) open({ notice: page.opened.notice, spans: [], focus: false });
  };
})();
