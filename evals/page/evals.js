// The tab 评测: two views, 成绩 and 新题. It asks the server for nothing until it is opened.
(() => {
  'use strict';
  const page = window.NoticePage;
  const { ev } = page;

  page.evals = ({ element }) => {
    const root = element.querySelector('.np-evals');
    const status = page.make('p', 'np-offscreen');
    status.setAttribute('role', 'status');
    const say = (text) => (status.textContent = text);
    const views = { scores: ev.scores(say), review: ev.review(say) };
    const bar = page.make('div', 'np-views');
    bar.setAttribute('role', 'group');
    bar.setAttribute('aria-label', page.say('ev_views'));
    const count = page.make('span', 'np-count');
    count.hidden = true;
    const buttons = Object.keys(views).map((name) => {
      const button = page.button('np-view', page.say(`ev_${name}`), () => choose(name));
      if (name === 'review') button.append(count);
      return button;
    });
    bar.append(...buttons);
    root.replaceChildren(status, bar, ...Object.values(views).map((view) => view.root));
    let chosen = 'scores';

    function choose(name) {
      chosen = name;
      Object.entries(views).forEach(([other, view], at) => {
        view.root.hidden = other !== name;
        buttons[at].setAttribute('aria-pressed', String(other === name));
      });
      views[name].refresh();
    }
    const open = () => document.documentElement.dataset.npTab === 'evals';

    page.hear('ev-waiting', ({ count: waiting }) => {
      count.textContent = String(waiting);
      count.hidden = !waiting;
    });
    page.hear('tab-open', ({ name }) => name === 'evals' && choose(chosen));
    Object.entries(views).forEach(([name, view], at) => {
      view.root.hidden = name !== chosen;
      buttons[at].setAttribute('aria-pressed', String(name === chosen));
    });
    if (open()) choose(chosen);
  };
})();
