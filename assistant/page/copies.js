// What says the same as a passage: older versions and repetitions, folded under it, side by side when opened.
(() => {
  'use strict';
  const page = window.NoticePage;
  const RELATIONS = ['newer', 'older', 'copy'];

  function words(text, start, marks, tag) {
    const paragraph = page.make('p', 'np-passage');
    paragraph.lang = 'zh-CN';
    for (const run of page.runs(text, start, (offset) => (page.inside(offset, marks) ? 'differs' : 'same'))) {
      paragraph.append(page.make(run.label === 'differs' ? tag : 'span', '', run.text));
    }
    return paragraph;
  }

  function column(head, body) {
    const side = page.make('div', 'np-side');
    side.append(head, body);
    return side;
  }

  function pair(card, copy) {
    const both = page.make('div', 'np-sides');
    const cite = page.button('np-quiet', copy.label, (button) => {
      page.tell('cite', { notice: copy.notice, spans: [[copy.start, copy.end]], focus: true, from: button });
    });
    cite.lang = 'zh-CN';
    cite.title = page.say('open', { label: copy.label });
    both.append(
      column(page.make('p', 'np-part', page.say('copy_shown')), words(card.text, card.start, copy.against, 'ins')),
      column(cite, words(copy.text, copy.start, copy.marks, 'del')),
    );
    return both;
  }

  page.copies = (card) => RELATIONS.flatMap((relation) => {
    const own = (card.copies || []).filter((copy) => copy.relation === relation);
    if (!own.length) return [];
    const fold = page.make('details', 'np-copies');
    fold.append(page.make('summary', '', page.say(`copies_${relation}`, { count: own.length })));
    for (const copy of own) {
      const said = page.say(copy.differing ? 'copy_differs' : 'copy_same', { label: copy.label, count: copy.differing });
      fold.append(page.make('p', 'np-part', said), pair(card, copy));
    }
    return [fold];
  });
})();
