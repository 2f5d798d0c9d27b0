// Two tabs over one notice: asking and checking. Which one is open stands in the address as ?tab=check.
(() => {
  'use strict';
  const page = window.NoticePage;
  const TABS = ['ask', 'check'];
  const panel = (name) => document.getElementById(`np-${name}-panel`);

  page.tabs = ({ element }) => {
    const root = element.querySelector('.np-tabs');
    root.setAttribute('role', 'tablist');
    root.setAttribute('aria-label', page.say('tabs'));
    const buttons = TABS.map((name) => {
      const button = page.button('np-tab', page.say(`tab_${name}`), () => choose(name));
      button.id = `np-tab-${name}`;
      button.setAttribute('role', 'tab');
      button.setAttribute('aria-controls', `np-${name}-panel`);
      return button;
    });

    function choose(name) {
      document.documentElement.dataset.npTab = name;
      TABS.forEach((other, at) => {
        buttons[at].setAttribute('aria-selected', String(other === name));
        buttons[at].tabIndex = other === name ? 0 : -1;
      });
      page.setAddress({ tab: name === 'check' ? 'check' : '' });
    }

    root.addEventListener('keydown', (event) => {
      const at = buttons.indexOf(document.activeElement);
      const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: TABS.length - 1 }[event.key];
      if (at < 0 || to === undefined) return;
      event.preventDefault();
      const next = (to + TABS.length) % TABS.length;
      choose(TABS[next]);
      buttons[next].focus();
    });
    root.replaceChildren(...buttons);
    choose(new URL(location.href).searchParams.get('tab') === 'check' ? 'check' : 'ask');

    // The panels may come into the page after this part.
    const name = () => TABS.every((tab) => {
      const own = panel(tab);
      if (!own) return false;
      own.setAttribute('role', 'tabpanel');
      own.setAttribute('aria-labelledby', `np-tab-${tab}`);
      return true;
    });
    if (!name()) requestAnimationFrame(function again() { if (!name()) requestAnimationFrame(again); });
  };
})();
