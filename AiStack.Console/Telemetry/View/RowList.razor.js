// Keys that move within the rows; the browser would scroll by them.
const keys = new Set(
    ['ArrowUp', 'ArrowDown', 'ArrowLeft', 'ArrowRight', 'Home', 'End', 'PageUp', 'PageDown', 'Enter', ' ']);

// The list is gone when the person left while this script was on its way.
export const keepKeys = list => list?.addEventListener('keydown', event => {
    if (event.target === list && keys.has(event.key) && !event.ctrlKey && !event.altKey && !event.metaKey) {
        event.preventDefault();
    }
});

// The heading stays on top of the rows, so they end below it.
export const reveal = (list, index, rowHeight) => {
    if (!list) {
        return;
    }

    const heading = list.querySelector('[data-heading]')?.offsetHeight ?? 0;
    const top = index * rowHeight;
    if (top < list.scrollTop) {
        list.scrollTop = top;
    } else if (top + rowHeight + heading > list.scrollTop + list.clientHeight) {
        list.scrollTop = top + rowHeight + heading - list.clientHeight;
    }
};
