// Tabs over one notice: asking first, then checking and whatever else there is. Which one is open stands in the
// address, as ?tab=check.
(() => {
  'use strict';
  const page = window.NoticePage;
  const withheld = (document.documentElement.dataset.npWithout || '').split(' ');
  // Tabs that whoever has signed in may not open.
  page.without = (name) => withheld.includes(name);
  // The name of whoever has signed in.
  page.user = document.documentElement.dataset.npUser || '';
  const panel = (name) => document.getElementById(`np-${name}-panel`);

  page.tabs = ({ element, props }) => {
    const TABS = props.value.names.filter((name) => !page.without(name));
    const root = element.querySelector('.np-tabs');
    root.hidden = TABS.length < 2;
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
      page.setAddress({ tab: name === TABS[0] ? '' : name });
      page.tell('tab-open', { name });
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
    const wanted = new URL(location.href).searchParams.get('tab');
    choose(TABS.includes(wanted) ? wanted : TABS[0]);
    page.hear('tab', ({ name: other }) => choose(other));

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
