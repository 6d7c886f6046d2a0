import { remember } from '../frame.js';

// Enter sends, Shift+Enter starts a new line; Enter that ends a word of an input method does neither.
// Each letter is kept here, in the browser: what is typed while the Console cannot be reached is not lost either.
export const start = (form, draftKey) => {
    const text = form.querySelector('textarea');
    text.addEventListener('keydown', event => {
        if (event.key === 'Enter' && !event.shiftKey && !event.isComposing) {
            event.preventDefault();
            form.requestSubmit();
        }
    });
    text.addEventListener('input', () => remember(draftKey, text.value));
};
