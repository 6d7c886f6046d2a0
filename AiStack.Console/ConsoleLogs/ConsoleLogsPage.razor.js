const isAtEnd = log => log.scrollHeight - log.scrollTop - log.clientHeight < 30;

// Tells the page when the person leaves the newest lines by scrolling up, and when they come back to them.
export const watch = (log, page) => {
    let top = log.scrollTop;
    log.addEventListener('scroll', () => {
        const wentUp = log.scrollTop < top;
        top = log.scrollTop;
        if (isAtEnd(log)) {
            page.invokeMethodAsync('ScrolledAsync', true);
        } else if (wentUp) {
            page.invokeMethodAsync('ScrolledAsync', false);
        }
    }, { passive: true });
};

export const toEnd = log => {
    if (!isAtEnd(log)) {
        log.scrollTop = log.scrollHeight;
    }
};
