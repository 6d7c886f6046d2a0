// Enter sends, Shift+Enter starts a new line; Enter that ends a word of an input method does neither.
export const sendByEnter = form => form.querySelector('textarea').addEventListener('keydown', event => {
    if (event.key === 'Enter' && !event.shiftKey && !event.isComposing) {
        event.preventDefault();
        form.requestSubmit();
    }
});
