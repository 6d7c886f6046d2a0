// Tells the page when a list must not move: somebody points at it, is in it with the keyboard, or has scrolled away
// from its top.
export const watch = (list, page) => new Attention(list, page);

const topBar = 52;

class Attention {
    constructor(list, page) {
        Object.assign(this, { list, page, isPointed: false, isHeld: false });
        this.stop = new AbortController();
        const options = { signal: this.stop.signal, passive: true };
        list.addEventListener('pointerenter', event => this.point(event.pointerType !== 'touch'), options);
        list.addEventListener('pointerleave', () => this.point(false), options);
        list.addEventListener('focusin', () => this.tell(), options);
        list.addEventListener('focusout', () => requestAnimationFrame(() => this.tell()), options);
        document.addEventListener('scroll', () => this.tell(), { ...options, capture: true });

        // Somebody may have come before this script.
        this.point(list.matches(':hover'));
    }

    point(isPointed) {
        this.isPointed = isPointed;
        this.tell();
    }

    // A list with a scroll bar of its own, or one that scrolls with the page.
    get isAtTop() {
        const scroller = this.list.querySelector('.row-list');
        return scroller ? scroller.scrollTop < 4 : this.list.getBoundingClientRect().top >= topBar;
    }

    tell() {
        const isHeld = this.isPointed || this.list.contains(document.activeElement) || !this.isAtTop;
        if (isHeld !== this.isHeld && !this.stop.signal.aborted) {
            this.isHeld = isHeld;
            this.page.invokeMethodAsync('HoldAsync', isHeld).then(() => {
                this.list.dataset.held = isHeld;
            });
        }
    }

    toTop() {
        const scroller = this.list.querySelector('.row-list');
        if (scroller) {
            scroller.scrollTop = 0;
        } else if (!this.isAtTop) {
            this.list.scrollIntoView();
        }
    }

    dispose() {
        this.stop.abort();
    }
}
