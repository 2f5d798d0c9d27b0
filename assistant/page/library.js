// 通知库: which documents there are; files go in one after the other, documents go out, and the index follows.
(() => {
  'use strict';
  const page = window.NoticePage;
  const STEP = 50; // documents drawn at a time
  const LOOK = 700; // ms between looks how far the index is
  const say = page.say;

  class Refused extends Error {}

  // Why the server did not do it, in a sentence.
  function reason(status, body) {
    let told = null;
    try {
      told = JSON.parse(body);
    } catch {
      // a proxy's page
    }
    const words = told && (told.error || told.detail);
    if (status === 401 || status === 403) return say('lib_forbidden');
    return typeof words === 'string' ? words : say('lib_unexpected');
  }

  async function get(address, data) {
    const asked = data === undefined ? { cache: 'no-store' } : {
      method: 'POST', cache: 'no-store', headers: { 'content-type': 'application/json' }, body: JSON.stringify(data),
    };
    let answer;
    try {
      answer = await fetch(`library/${address}`, asked);
    } catch {
      throw new Refused(say('offline'));
    }
    if (answer.ok) return answer.json();
    throw new Refused(reason(answer.status, await answer.text()));
  }

  // fetch() does not say how far an upload is.
  const send = (file, far) => new Promise((done, refuse) => {
    const request = new XMLHttpRequest();
    request.open('POST', `library/file?name=${encodeURIComponent(file.name)}`);
    request.setRequestHeader('content-type', 'application/octet-stream');
    request.upload.addEventListener('progress', (event) => event.lengthComputable && far(event.loaded / event.total));
    request.addEventListener('load', () => {
      if (request.status === 200) done(JSON.parse(request.responseText));
      else refuse(new Refused(reason(request.status, request.responseText)));
    });
    request.addEventListener('error', () => refuse(new Refused(say('lib_broken'))));
    request.send(file);
  });

  page.library = ({ element, props }) => {
    const root = element.querySelector('.np-library');
    const { largest } = props.value;
    const megabytes = Math.floor(largest / 2 ** 20);
    const status = page.make('p', 'np-offscreen');
    status.setAttribute('role', 'status');
    const tell = (text) => (status.textContent = text);
    let documents = [];
    let shown = STEP;
    let timer = 0;
    let queue = Promise.resolve(); // one file after the other
    let left = 0;

    // putting in
    const input = page.make('input');
    input.type = 'file';
    input.multiple = true;
    input.hidden = true;
    const drop = page.make('div', 'np-drop');
    const choose = page.button('np-main', say('lib_choose'), () => input.click());
    const line = page.make('p', 'np-drop-line');
    line.append(page.make('span', '', say('lib_drop')), choose);
    drop.append(line, page.make('p', 'np-hint', say('lib_kinds', { megabytes })), input);
    const uploads = page.make('ul', 'np-uploads');
    uploads.setAttribute('aria-label', say('lib_uploads'));
    const notes = page.make('div', 'np-notes');
    const index = page.make('div', 'np-progress');
    const bar = page.make('progress');
    const far = page.make('span', 'np-far');
    index.append(far, bar);
    index.hidden = true;
    input.addEventListener('change', () => {
      take([...input.files]);
      input.value = '';
    });
    drop.addEventListener('dragover', (event) => {
      event.preventDefault();
      drop.classList.add('np-over');
    });
    drop.addEventListener('dragleave', () => drop.classList.remove('np-over'));
    drop.addEventListener('drop', (event) => {
      event.preventDefault();
      drop.classList.remove('np-over');
      take([...event.dataTransfer.files]);
    });

    function take(files) {
      notes.replaceChildren();
      if (!left) uploads.replaceChildren();
      for (const file of files) {
        const row = page.make('li', 'np-upload');
        const words = page.make('span', 'np-upload-said', say('lib_waiting'));
        const done = page.make('progress');
        done.max = 1;
        done.value = 0;
        row.append(page.make('b', '', file.name), done, words);
        uploads.append(row);
        left += 1;
        queue = queue.then(() => one(file, row, done, words)).then(() => (left -= 1));
      }
    }

    async function one(file, row, done, words) {
      const finish = (className, text) => {
        done.remove();
        row.classList.add(className);
        words.textContent = text;
        tell(say('lib_said', { file: file.name, what: text }));
      };
      try {
        if (!file.size) throw new Refused(say('lib_empty_file'));
        if (file.size > largest) throw new Refused(say('lib_too_large', { size: Math.ceil(file.size / 2 ** 20), megabytes }));
        words.textContent = say('lib_sending', { percent: 0 });
        const added = await send(file, (share) => {
          done.value = share;
          words.textContent = share < 1 ? say('lib_sending', { percent: Math.floor(share * 100) }) : say('lib_reading');
        });
        finish('np-is-added', say(added.new ? 'lib_added' : 'lib_known', added));
        for (const note of added.notes) row.append(page.make('small', 'np-upload-note', say('lib_note', { note })));
        follow(added.index);
      } catch (error) {
        finish('np-is-refused', say('lib_refused', { reason: error instanceof Refused ? error.message : say('lib_unexpected') }));
      }
    }

    // the index behind it
    function follow(state) {
      clearTimeout(timer);
      const was = !index.hidden;
      index.hidden = state.state !== 'renewing';
      if (!index.hidden) {
        far.textContent = say(state.total ? 'lib_renewing_far' : 'lib_renewing', state);
        if (state.total) {
          bar.max = state.total;
          bar.value = state.done;
        } else bar.removeAttribute('value');
        bar.setAttribute('aria-label', say('lib_renewing'));
        timer = setTimeout(look, LOOK);
      } else if (was || state.state === 'failed') {
        const text = say(state.state === 'failed' ? 'lib_failed' : 'lib_ready', state);
        notes.replaceChildren(page.make('p', state.state === 'failed' ? 'np-error' : 'np-said-done', text));
        tell(text);
        if (was) refresh();
      }
    }
    async function look() {
      try {
        follow(await get('state'));
      } catch {
        timer = setTimeout(look, 4 * LOOK);
      }
    }

    // what there is
    const tools = page.make('div', 'np-lib-tools');
    const search = page.make('input', 'np-lib-search');
    search.type = 'search';
    search.placeholder = say('lib_search_hint');
    search.setAttribute('aria-label', say('lib_search'));
    search.addEventListener('input', () => {
      shown = STEP;
      draw();
    });
    const count = page.make('span', 'np-lib-count');
    count.setAttribute('role', 'status');
    const again = page.button('np-plain', say('lib_refresh'), async () => {
      notes.replaceChildren();
      await attempt(async () => follow(await get('refresh', {})));
    });
    again.title = say('lib_refresh_hint');
    tools.append(search, count, again);
    const list = page.make('ul', 'np-documents');
    list.setAttribute('aria-label', say('lib_documents'));
    const skipped = page.make('details', 'np-skipped');
    const closed = page.make('p', 'np-hint', say('lib_closed'));
    closed.hidden = true;
    root.replaceChildren(status, drop, closed, uploads, index, notes, tools, list, skipped);

    async function attempt(act) {
      try {
        await act();
      } catch (error) {
        const text = error instanceof Refused ? error.message : say('lib_unexpected');
        notes.replaceChildren(page.make('p', 'np-error', text));
        tell(text);
      }
    }

    const plain = (text) => text.normalize('NFKC').toLowerCase();
    const about = (one) => [one.date, one.issuer, one.number, one.kind].filter(Boolean);

    function draw() {
      const wanted = plain(search.value).split(/\s+/).filter(Boolean);
      const found = documents.filter((one) => wanted.every((word) => one.words.includes(word)));
      const all = documents.length;
      count.textContent = found.length === all ? say('lib_count', { count: all }) : say('lib_count_of', { shown: found.length, count: all });
      const parts = found.slice(0, shown).map(drawDocument);
      if (found.length > shown) {
        const item = page.make('li', 'np-lib-more');
        item.append(page.button('np-plain np-rest', say('lib_more', { count: Math.min(STEP, found.length - shown) }), () => {
          const focus = shown;
          shown += STEP;
          draw();
          list.children[focus]?.querySelector('button')?.focus();
        }));
        parts.push(item);
      }
      if (!parts.length) parts.push(page.make('li', 'np-empty', say('lib_none')));
      list.replaceChildren(...parts);
    }

    function drawDocument(one) {
      const item = page.make('li', 'np-document');
      const title = page.button('np-document-title', one.title, () => {
        page.tell('cite', { notice: one.id, spans: [], focus: true, from: title, back: 'back_library' });
      });
      title.lang = 'zh-CN';
      title.setAttribute('aria-label', say('lib_open', { title: one.title }));
      const facts = [...about(one), say('lib_passages', { count: one.passages })];
      const line = page.make('p', 'np-faint', facts.join(' · '));
      const text = page.make('div');
      text.append(title, line);
      item.append(text);
      if (!one.own) line.append(' ', page.make('span', 'np-tag', say('lib_packaged')));
      else if (!closed.hidden) return item;
      else {
        const button = page.button('np-plain np-remove', say('lib_remove'), () => confirmed(one));
        button.setAttribute('aria-label', say('lib_remove_which', { title: one.title }));
        item.append(button);
      }
      return item;
    }

    function confirmed(one) {
      const dialog = page.make('dialog', 'np-dialog np-lib-dialog');
      const head = page.make('h2', '', say('lib_remove_title'));
      head.id = 'np-lib-dialog-title';
      dialog.setAttribute('aria-labelledby', head.id);
      const name = page.make('p', 'np-dialog-question', one.title);
      name.lang = 'zh-CN';
      const foot = page.make('div', 'np-dialog-foot');
      const yes = page.button('np-main', say('lib_remove'), async () => {
        yes.disabled = true;
        dialog.close();
        await attempt(async () => {
          follow(await get('remove', { id: one.id }));
          const text = say('lib_removed', one);
          notes.replaceChildren(page.make('p', 'np-said-done', text));
          tell(text);
        });
        search.focus({ preventScroll: true });
      });
      foot.append(page.button('np-plain', say('lib_cancel'), () => dialog.close()), yes);
      const body = page.make('div', 'np-lib-confirm');
      body.append(head, name, page.make('p', 'np-hint', say('lib_remove_hint')), foot);
      dialog.append(body);
      const from = document.activeElement;
      dialog.addEventListener('close', () => {
        dialog.remove();
        if (from && from.isConnected) from.focus();
      });
      document.querySelector('.gradio-container').append(dialog);
      dialog.showModal();
    }

    function refresh() {
      return attempt(async () => {
        if (!documents.length) list.replaceChildren(page.make('li', 'np-empty', say('lib_loading')));
        const found = await get('documents');
        closed.hidden = found.may_change;
        drop.hidden = again.hidden = !found.may_change;
        documents = found.documents.map((one) => ({ ...one, words: plain([one.title, one.id, ...about(one)].join(' ')) }));
        documents.sort((a, b) => (b.date || '').localeCompare(a.date || '') || a.title.localeCompare(b.title, 'zh'));
        skipped.hidden = !found.skipped.length;
        skipped.replaceChildren(page.make('summary', '', say('lib_skipped', { count: found.skipped.length })));
        for (const one of found.skipped) skipped.append(page.make('p', 'np-note', say('lib_said', { file: one.file, what: one.reason })));
        draw();
        page.tell('corpus', { list: found.documents.map(({ id, title }) => ({ id, title })) });
        if (found.state !== 'ready') follow(found);
      });
    }
    page.hear('tab-open', ({ name }) => name === 'library' && refresh());
    if (document.documentElement.dataset.npTab === 'library') refresh();
  };
})();
