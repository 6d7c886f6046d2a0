import { recallText, remember } from '../frame.js';

// Enter sends, Shift+Enter starts a new line; Enter that ends a word of an input method does neither.
// Each letter is kept here, in the browser: what is typed while the Console cannot be reached is not lost either.
export const start = (form, composer, draftKey) => {
    const text = form.querySelector('textarea');
    text.value ||= recallText(draftKey);
    text.addEventListener('keydown', event => {
        if (event.key === 'Enter' && !event.shiftKey && !event.isComposing) {
            event.preventDefault();
            form.requestSubmit();
        }
    });
    text.addEventListener('input', () => remember(draftKey, text.value));
    // A question that comes goes to the top of what can be seen, with the room for its answer below it.
    const turns = form.parentElement.querySelector('.turns');
    new MutationObserver(() => turns.lastElementChild?.scrollIntoView({ block: 'start' }))
        .observe(turns, { childList: true });
    form.addEventListener('submit', async event => {
        event.preventDefault();
        const question = text.value;
        if (!question.trim()) {
            return;
        }

        text.value = '';
        if (!await composer.invokeMethodAsync('SendAsync', question).catch(() => false)) {
            text.value ||= question; // It was not taken, so it is a draft still.
        }
    });
};
