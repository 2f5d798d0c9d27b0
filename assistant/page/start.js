// The header, the example questions, and the questions asked before in this browser.
(() => {
  'use strict';
  const page = window.NoticePage;
  const STORE = 'notice-assistant.history';
  const LONGEST_HISTORY = 20;

  page.header = ({ element, props }) => {
    const { title, count } = props.value;
    document.title = page.say('title');
    const root = element.querySelector('.np-header');
    const about = page.make('p');
    const draw = (values) => (about.textContent = page.say(values.count > 1 ? 'tagline_many' : 'tagline_one', values));
    draw({ title, count });
    page.hear('corpus', ({ list }) => list.length && draw({ title: list[0].title, count: list.length }));
    root.replaceChildren(page.make('h1', '', page.say('title')), about);
  };

  function readHistory() {
    try {
      const kept = JSON.parse(localStorage.getItem(STORE) || '[]');
      return Array.isArray(kept) ? kept.filter((item) => typeof item === 'string').slice(0, LONGEST_HISTORY) : [];
    } catch {
      return []; // storage may be switched off
    }
  }

  function writeHistory(questions) {
    try {
      if (questions.length) localStorage.setItem(STORE, JSON.stringify(questions));
      else localStorage.removeItem(STORE);
    } catch {
      // storage may be full or switched off; the page works without
    }
  }

  page.start = ({ element, props, trigger }, event) => {
    const root = element.querySelector('.np-start');
    const ask = (question) => {
      page.asking(question);
      trigger(event, { question, scope: page.within });
    };
    const list = (questions, label, className) => {
      const items = page.make('ul', className);
      items.setAttribute('aria-label', label);
      for (const question of questions) {
        const item = page.make('li');
        const button = page.button('np-chip', question, () => ask(question));
        button.title = question;
        item.append(button);
        items.append(item);
      }
      return items;
    };
    page.hear('ask', ({ question }) => ask(question)); // from another tab
    const past = page.make('details', 'np-history');
    const drawHistory = () => {
      const questions = readHistory();
      past.hidden = questions.length === 0;
      const clear = page.button('np-quiet', page.say('clear'), () => {
        writeHistory([]);
        drawHistory();
        document.querySelector('#np-question textarea, #np-question input')?.focus();
      });
      const label = page.say('history');
      past.replaceChildren(page.make('summary', '', `${label}（${questions.length}）`), list(questions, label, 'np-past'), clear);
    };
    const label = page.say('examples');
    if (props.value.examples.length) {
      root.append(page.make('p', 'np-hint', label), list(props.value.examples, label, 'np-examples'));
    }
    root.append(past);
    drawHistory();
    page.hear('answered', ({ question }) => {
      writeHistory([question, ...readHistory().filter((other) => other !== question)].slice(0, LONGEST_HISTORY));
      drawHistory();
    });
  };
})();
