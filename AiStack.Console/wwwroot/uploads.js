// Sends files to the Console, a few at a time, and reports how far they are. It lives as long as the page, so uploads
// go on while the person looks elsewhere in the Console.

const maxParallel = 3;
const maxFilesAtOnce = 5000;
const reportsPerMessage = 100; // A message to the Console may have 32 KB.
const reportEveryMs = 200;
const state = { waiting: 0, sending: 1, storing: 2, done: 3, failed: 4, cancelled: 5 };

const uploads = new Map();
const queue = [];
const changed = new Set();
let queueReference;
let token;
let lastKey = 0;
let running = 0;
let reporting = false;
let signedOut = false;

export const start = (reference, antiforgeryToken) => {
    queueReference = reference;
    token = antiforgeryToken;
};

export const cancel = key => {
    const upload = uploads.get(key);
    upload?.request?.abort();
    if (upload?.state === state.waiting) {
        finish(upload, state.cancelled);
    }
};

// A file that failed is still chosen: it is sent again when the person asks for it, from where they are signed in
// again.
export const retry = key => {
    const upload = uploads.get(key);
    if (upload?.state === state.failed) {
        upload.reason = null;
        report(upload, state.waiting, 0);
        queue.push(upload);
        next();
    }
};

export const forget = keys => keys.forEach(key => uploads.delete(key));

// Files can be dropped anywhere on the zone, or chosen with the button in it. The zone says which store they are for,
// by what is rendered into it: a person adds to the store whose name they see.
export const watch = zone => {
    if (zone.dataset.watched) {
        return;
    }

    zone.dataset.watched = 'true';
    const input = zone.querySelector('input[type=file]');
    zone.querySelector('[data-choose]').addEventListener('click', () => input.click());
    const take = () => {
        add([...input.files], zone.dataset.store);
        input.value = '';
    };
    input.addEventListener('change', take);
    if (input.files.length > 0) {
        take(); // Chosen while this script was on its way.
    }

    let depth = 0;
    const mark = step => zone.classList.toggle('is-over', (depth = Math.max(0, depth + step)) > 0);
    zone.addEventListener('dragenter', event => { event.preventDefault(); mark(1); });
    zone.addEventListener('dragleave', () => mark(-1));
    zone.addEventListener('dragover', event => event.preventDefault());
    zone.addEventListener('drop', async event => {
        event.preventDefault();
        mark(-depth);
        add(await dropped(event.dataTransfer), zone.dataset.store);
    });
};

// A file dropped next to the zone must not make the browser leave the page.
for (const name of ['dragover', 'drop']) {
    window.addEventListener(name, event => event.preventDefault());
}

window.addEventListener('beforeunload', event => {
    if (running > 0) {
        event.preventDefault();
    }
});

const dropped = async transfer => {
    const entries = [...transfer.items].map(item => item.webkitGetAsEntry?.()).filter(Boolean);
    if (entries.length === 0) {
        return [...transfer.files];
    }

    const files = [];
    while (entries.length > 0 && files.length < maxFilesAtOnce) {
        const entry = entries.shift();
        if (entry.isFile) {
            files.push(await new Promise((resolve, reject) => entry.file(resolve, reject)));
        } else {
            entries.push(...await children(entry));
        }
    }

    return files;
};

// A folder gives its entries in batches, and an empty one at the end.
const children = async folder => {
    const reader = folder.createReader();
    const all = [];
    for (;;) {
        const batch = await new Promise((resolve, reject) => reader.readEntries(resolve, reject));
        if (batch.length === 0) {
            return all;
        }

        all.push(...batch);
    }
};

const add = async (files, storeId) => {
    const added = files.slice(0, maxFilesAtOnce).map(file => {
        const upload = { key: ++lastKey, file, storeId, state: state.waiting, sent: 0, reason: null };
        uploads.set(upload.key, upload);
        return upload;
    });
    for (let i = 0; i < added.length; i += reportsPerMessage) {
        const batch = added.slice(i, i + reportsPerMessage);
        await queueReference.invokeMethodAsync(
            'Add', batch.map(({ key, file }) => ({ key, name: file.name.slice(0, 200), size: file.size })));
    }

    queue.push(...added);
    next();
};

const next = () => {
    while (running < maxParallel && queue.length > 0 && !signedOut) {
        const upload = queue.shift();
        if (upload.state === state.waiting) {
            running++;
            send(upload);
        }
    }
};

const send = upload => {
    const form = new FormData();
    form.append('purpose', 'assistants'); // Before the file: the reader of the stream needs it first.
    form.append('file', upload.file, upload.file.name);

    const request = upload.request = new XMLHttpRequest();
    request.open('POST', `files/upload?store=${encodeURIComponent(upload.storeId)}`);
    request.setRequestHeader('RequestVerificationToken', token);
    request.setRequestHeader('Accept', 'application/json');
    request.upload.onprogress = event => report(upload, state.sending, event.loaded);
    request.upload.onload = () => report(upload, state.storing, upload.file.size);
    request.onload = () => request.status === 401
        ? hold(upload)
        : done(upload, request.status === 200 ? null : reason(request));
    request.onerror = () => done(upload, 'The connection broke off. Press Try again when AiStack answers.');
    request.onabort = () => done(upload, null, state.cancelled);
    report(upload, state.sending, 0);
    request.send(form);
};

// The person is asked to sign in again, and the file is sent once they have.
const hold = upload => {
    running--;
    signedOut = true;
    queue.unshift(upload);
    report(upload, state.waiting, 0);
    document.dispatchEvent(new Event('signed-out'));
};

document.addEventListener('signed-in', () => {
    signedOut = false;
    next();
});

const reason = request => {
    if (request.status === 403) {
        return 'Adding files is for people with the role Operator.';
    }

    try {
        return JSON.parse(request.responseText).detail ?? `The upload was refused with status ${request.status}.`;
    } catch {
        return `The upload was refused with status ${request.status}.`;
    }
};

const done = (upload, why, final) => {
    running--;
    upload.reason = why;
    finish(upload, final ?? (why ? state.failed : state.done));
    next();
};

const finish = (upload, final) => {
    if (final !== state.failed) {
        uploads.delete(upload.key);
        upload.file = null;
    }

    report(upload, final, upload.sent);
};

const report = (upload, now, sent) => {
    upload.state = now;
    upload.sent = sent;
    changed.add(upload);
    if (!reporting) {
        reporting = true;
        setTimeout(tell, reportEveryMs);
    }
};

const tell = async () => {
    const batch = [...changed].slice(0, reportsPerMessage);
    batch.forEach(upload => changed.delete(upload));
    try {
        await queueReference.invokeMethodAsync(
            'Update', batch.map(({ key, state, sent, reason }) => ({ key, state, sent, reason })));
    } catch {
        // The page has lost the Console for now; the uploads go on, and what they report next replaces this.
        batch.forEach(upload => changed.add(upload));
    }

    reporting = changed.size > 0;
    if (reporting) {
        setTimeout(tell, reportEveryMs);
    }
};
