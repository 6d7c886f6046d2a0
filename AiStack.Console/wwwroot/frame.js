// What every page needs of the browser: the person's time zone, copying, the theme, the menu, the lost connection.

export const timeZone = () => Intl.DateTimeFormat().resolvedOptions().timeZone;

const say = text => {
    const speaker = document.getElementById('announcer') ?? document.body.appendChild(
        Object.assign(
            document.createElement('div'), { id: 'announcer', className: 'visually-hidden', role: 'status' }));
    speaker.textContent = text;
};

// The clipboard is there only on secure addresses: https, or this machine's own.
const copy = async (button, text) => {
    try {
        await navigator.clipboard.writeText(text);
        button.dataset.done = 'true';
        say('Copied');
        setTimeout(() => delete button.dataset.done, 1500);
    } catch {
        const block = button.parentElement.querySelector('code');
        getSelection().selectAllChildren(block);
        say('Press Control+C to copy');
    }
};

const actions = {
    'copy': button => copy(button, button.parentElement.querySelector('code').textContent),
    'switch-theme': () => Blazor.theme.setThemeMode(Blazor.theme.isDarkMode() ? 'light' : 'dark'),
    'reconnect': () => Blazor.reconnect().then(back => back || location.reload(), () => {}),
    'reload': () => location.reload(),
};

document.addEventListener('click', event => {
    const button = event.target.closest('[data-action]');
    if (button) {
        actions[button.dataset.action]?.(button);
    }

    // A menu has done its work when a link in it was followed.
    if (event.target.closest('a')) {
        event.target.closest('[popover]:popover-open')?.hidePopover();
    }
});

const lost = document.getElementById('components-reconnect-modal');
lost?.addEventListener('components-reconnect-state-changed', event => {
    if (event.detail.state === 'show') {
        lost.showModal();
    } else if (event.detail.state === 'hide') {
        lost.close();
    }
});

// Scrolls an element into the middle of what can be seen, when it is not there already.
export const show = id => document.getElementById(id)?.scrollIntoView({ block: 'center' });

// What this tab keeps for itself. A browser that is told to keep nothing, or is full, keeps nothing.
const place = key => `aistack.${key}`;

export const remember = (key, text) => {
    try {
        if (text) {
            sessionStorage.setItem(place(key), text);
        } else {
            sessionStorage.removeItem(place(key));
        }
    } catch {
        // What was kept before stays.
    }
};

export const recallText = key => {
    try {
        return sessionStorage.getItem(place(key)) ?? '';
    } catch {
        return '';
    }
};

export const recall = key => new TextEncoder().encode(recallText(key));
