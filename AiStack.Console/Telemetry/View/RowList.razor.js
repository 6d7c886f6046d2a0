// Keys that move within the rows; the browser would scroll by them.
const keys = new Set(
    ['ArrowUp', 'ArrowDown', 'ArrowLeft', 'ArrowRight', 'Home', 'End', 'PageUp', 'PageDown', 'Enter', ' ']);

// The list is gone when the person left while this script was on its way.
export const keepKeys = list => list?.addEventListener('keydown', event => {
    if (event.target === list && keys.has(event.key) && !event.ctrlKey && !event.altKey && !event.metaKey) {
        event.preventDefault();
    }
});

// Scrolls as little as it can to a row that is near, and a row that is far away to the middle: the list may reach below
// the window. The heading stays on top of the rows, so they end below it.
export const reveal = (list, index, rowHeight) => {
    if (!list) {
        return;
    }

    const heading = list.querySelector('[data-heading]')?.offsetHeight ?? 0;
    const top = index * rowHeight;
    if (Math.abs(top - list.scrollTop) > 2 * list.clientHeight) {
        list.scrollTop = top - (list.clientHeight - rowHeight) / 2;
    } else if (top < list.scrollTop) {
        list.scrollTop = top;
    } else if (top + rowHeight + heading > list.scrollTop + list.clientHeight) {
        list.scrollTop = top + rowHeight + heading - list.clientHeight;
    }
};
