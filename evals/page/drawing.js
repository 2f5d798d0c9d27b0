// Figures and curves of the tab 评测, drawn as SVG; every text by textContent.
(() => {
  'use strict';
  const page = window.NoticePage;
  // The name of SVG's namespace; nothing is fetched from there.
  const SVG = ['http:', '', 'www.w3.org', '2000', 'svg'].join('/');
  const ev = (page.ev = {});

  ev.svg = (tag, attributes = {}, text) => {
    const element = document.createElementNS(SVG, tag);
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, String(value));
    if (text !== undefined) element.textContent = text;
    return element;
  };
  ev.number = (value, digits = 3) => (value === null || value === undefined ? '—' : value.toFixed(digits));
  ev.when = (stamp) => {
    const moment = new Date(stamp);
    if (Number.isNaN(moment.getTime())) return stamp;
    const two = (number) => String(number).padStart(2, '0');
    return `${moment.getFullYear()}-${two(moment.getMonth() + 1)}-${two(moment.getDate())} ${two(moment.getHours())}:${two(moment.getMinutes())}`;
  };
  ev.named = (kind, name) => page.strings[page.language][`ev_${kind}_${name}`] || name;

  // A mean on a line from 0 to 1 with its interval.
  ev.whisker = (value, width = 120) => {
    const at = (share) => 4 + (width - 8) * Math.min(1, Math.max(0, share));
    const { mean, low, high, n } = value;
    const root = ev.svg('svg', { viewBox: `0 0 ${width} 16`, class: 'np-whisker', role: 'img', preserveAspectRatio: 'none' });
    root.setAttribute('aria-label', page.say('ev_mean', { value: ev.number(mean), low: ev.number(low), high: ev.number(high), n }));
    root.append(ev.svg('line', { x1: 4, x2: width - 4, y1: 8, y2: 8, class: 'np-rail' }));
    if (mean === null) return root;
    if (low !== null && high !== null) {
      root.append(ev.svg('rect', { x: at(low), y: 5, width: Math.max(1.5, at(high) - at(low)), height: 6, rx: 3, class: 'np-range' }));
    }
    root.append(ev.svg('rect', { x: at(mean) - 1.5, y: 1, width: 3, height: 14, rx: 1.5, class: 'np-mean' }));
    return root;
  };

  // A square from 0 to 1 on both sides; `draw` adds to it with x and y in place.
  function plot(label, xLabel, yLabel, yTop, draw) {
    const [width, height, left, right, top, bottom] = [340, 272, 60, 18, 14, 46];
    const x = (share) => left + (width - left - right) * share;
    const y = (share) => height - bottom - (height - top - bottom) * Math.min(1, share / yTop);
    const root = ev.svg('svg', { viewBox: `0 0 ${width} ${height}`, class: 'np-plot', role: 'img', 'aria-label': label });
    for (const step of [0, 0.25, 0.5, 0.75, 1]) {
      root.append(ev.svg('line', { x1: x(0), x2: x(1), y1: y(step * yTop), y2: y(step * yTop), class: 'np-grid' }));
      root.append(ev.svg('text', { x: x(0) - 8, y: y(step * yTop) + 4, 'text-anchor': 'end' }, `${Math.round(step * yTop * 100)}%`));
      root.append(ev.svg('text', { x: x(step), y: height - bottom + 18, 'text-anchor': 'middle' }, `${step * 100}%`));
    }
    root.append(ev.svg('text', { x: x(0.5), y: height - 8, 'text-anchor': 'middle', class: 'np-axis' }, xLabel));
    root.append(ev.svg('text', {
      x: 0, y: 0, 'text-anchor': 'middle', class: 'np-axis', transform: `translate(11 ${y(yTop / 2)}) rotate(-90)`,
    }, yLabel));
    draw(root, x, y);
    return root;
  }

  function figure(key, picture) {
    const root = page.make('figure', 'np-figure');
    const caption = page.make('figcaption');
    caption.append(page.make('strong', '', page.say(key)), page.make('span', '', page.say(`${key}_hint`)));
    root.append(caption, picture);
    return root;
  }

  ev.riskCurve = (points) => {
    const highest = Math.max(0.02, ...points.map(([, risk]) => risk));
    const top = [0.04, 0.1, 0.2, 0.4, 1].find((one) => one >= highest);
    const label = `${page.say('ev_risk')}：${page.say('ev_risk_hint')}`;
    return figure('ev_risk', plot(label, page.say('ev_risk_x'), page.say('ev_risk_y'), top, (root, x, y) => {
      const sorted = [...points].sort((a, b) => a[0] - b[0]);
      const line = sorted.map(([coverage, risk]) => `${x(coverage).toFixed(1)},${y(risk).toFixed(1)}`);
      const [first, last] = [sorted[0], sorted[sorted.length - 1]];
      root.append(ev.svg('polygon', { points: `${x(first[0])},${y(0)} ${line.join(' ')} ${x(last[0])},${y(0)}`, class: 'np-area' }));
      root.append(ev.svg('polyline', { points: line.join(' '), class: 'np-curve' }));
    }));
  };

  ev.reliabilityCurve = (bins) => {
    const label = `${page.say('ev_reliability')}：${page.say('ev_reliability_hint')}`;
    return figure('ev_reliability', plot(label, page.say('ev_reliability_x'), page.say('ev_reliability_y'), 1, (root, x, y) => {
      root.append(ev.svg('line', { x1: x(0), y1: y(0), x2: x(1), y2: y(1), class: 'np-even' }));
      root.append(ev.svg('polyline', { points: bins.map(([sure, right]) => `${x(sure)},${y(right)}`).join(' '), class: 'np-curve' }));
      for (const [sure, right, n] of bins) {
        const dot = ev.svg('circle', { cx: x(sure), cy: y(right), r: 4.5, class: 'np-dot' });
        dot.append(ev.svg('title', {}, `${ev.number(sure, 2)} → ${ev.number(right, 2)}（${n}）`));
        root.append(dot);
      }
    }));
  };

  // What the server says; a refusal is thrown with its sentence.
  ev.get = async (address, data) => {
    const asked = data === undefined ? { cache: 'no-store' } : {
      method: 'POST', cache: 'no-store', headers: { 'content-type': 'application/json' }, body: JSON.stringify(data),
    };
    let answer;
    try {
      answer = await fetch(`evals/${address}`, asked);
    } catch {
      throw new Error(page.say('offline'));
    }
    if (answer.ok) return answer.json();
    let said = null;
    try {
      const told = await answer.json();
      said = answer.status === 422 ? told.error : told.detail;
    } catch {
      // a proxy's page
    }
    throw new Error(typeof said === 'string' ? said : page.say('ev_unexpected'));
  };

  ev.choice = (label, options, value, act) => {
    const root = page.make('label', 'np-field');
    const select = page.make('select', 'np-choice');
    for (const [name, text] of options) {
      const option = page.make('option', '', text);
      option.value = name;
      select.append(option);
    }
    select.value = value;
    select.addEventListener('change', () => act(select.value));
    root.append(page.make('span', '', label), select);
    return root;
  };

  ev.cite = (text, place, className = 'np-quiet') => {
    const button = page.button(className, text, () => {
      page.tell('cite', { notice: place.notice, spans: place.spans, focus: true, from: button, back: 'back_evals' });
    });
    return button;
  };

  ev.askLive = (question) => {
    page.tell('tab', { name: 'ask' });
    page.tell('ask', { question });
    document.getElementById('np-tab-ask')?.focus();
    document.getElementById('np-ask-panel')?.scrollIntoView({ block: 'nearest' });
  };
})();
