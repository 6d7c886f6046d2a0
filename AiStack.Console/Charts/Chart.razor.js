// Charts by uPlot. The colours are the page's own and follow its theme; the values are written as ChartValue.cs writes
// them.
import uPlot from '../lib/uplot/uPlot.esm.js';

const maxColours = 8;

export const create = (area, settings) => new Drawing(area, settings);

class Drawing {
    constructor(area, settings) {
        Object.assign(this, { area, settings });
        this.resized = new ResizeObserver(() => this.plot?.setSize(this.size()));
        this.resized.observe(area);
        this.themed = new MutationObserver(() => this.content && this.draw());
        this.themed.observe(document.documentElement, { attributeFilter: ['data-theme'] });
    }

    show(content) {
        const same = this.plot && this.content && signature(this.content) === signature(content);
        this.content = content;
        if (same) {
            this.plot.setData(this.data());
        } else {
            this.draw();
        }
    }

    draw() {
        this.plot?.destroy();
        this.plot = null;
        this.area.replaceChildren();
        if (this.content.times.length > 0) {
            this.plot = new uPlot(this.options(), this.data(), this.area);
        }
    }

    size() {
        return { width: Math.max(40, this.area.clientWidth), height: this.settings.height };
    }

    data() {
        const { times, series } = this.content;
        if (!this.settings.isStacked) {
            return [times, ...series.map(one => one.values)];
        }

        // Each series stands on those after it: the first, which is drawn first, is the whole, and the next covers all
        // but its part.
        const sums = times.map(() => 0);
        const stacked = series.toReversed().map(one => one.values.map((value, i) => sums[i] += value ?? 0)).reverse();
        return [times, ...stacked];
    }

    options() {
        const { unit, isSpark, zone } = this.settings;
        const { series } = this.content;
        const colour = name => getComputedStyle(this.area).getPropertyValue(name).trim();
        const colours = Array.from({ length: maxColours }, (_, i) => colour(`--series-${i + 1}`));
        const rule = { stroke: colour('--line'), width: 1 };
        const axis = { stroke: colour('--quiet'), grid: rule, ticks: rule };
        const times = { values: (_, ticks, __, ___, step) => ticks.map(tick => tickTime(tick, step, zone)) };
        return {
            ...this.size(),
            padding: isSpark ? [2, 2, 2, 2] : [10, 12, 0, 0],
            tzDate: seconds => uPlot.tzDate(new Date(seconds * 1000), zone ?? 'Etc/UTC'),
            legend: { show: !isSpark && series.length > 1, live: true },
            cursor: {
                show: !isSpark,
                drag: { x: false, y: false },
                points: isSpark ? { show: false } : { size: 6 },
            },
            scales: {
                x: { range: (_, low, high) => this.around(low, high) },
                y: { range: (_, low, high) => this.range(low, high) },
            },
            axes: isSpark ? [{ show: false }, { show: false }] : [
                { ...axis, space: 90, size: 32, ...times },
                { ...axis, size: 64, values: (_, ticks) => ticks.map(tick => text(tick, isCount(unit) ? null : unit)) },
            ],
            series: [
                {
                    label: 'Time',
                    value: (_, x) => x == null ? 'latest' : moment(x, zone),
                },
                ...series.map((one, i) => this.line(one, i, colours[i % maxColours], unit)),
            ],
        };
    }

    range(low, high) {
        return [Math.min(0, low ?? 0), (high > 0 ? high : 1) * 1.05];
    }

    // Bars stand around their place, so the first and the last need room next to theirs.
    around(low, high) {
        const { times, series } = this.content;
        const step = times.length > 1 ? (high - low) / (times.length - 1) : 43200;
        const room = series.some(one => one.shape === 2) ? 0.6 * step : 0;
        return times.length === 1 ? [times[0] - step, times[0] + step] : [low - room, high + room];
    }

    line(one, i, stroke, unit) {
        const isBars = one.shape === 2;
        const opacity = isBars ? 75 : 18;
        const ground = this.settings.isStacked ? 'var(--surface)' : 'transparent';
        const isFilled = one.shape !== 0 || this.settings.isSpark;
        const fill = isFilled ? mixed(this.area, stroke, opacity, ground) : undefined;
        return {
            label: one.label,
            stroke,
            fill,
            width: isBars ? 0 : 1.75, // A bar of nothing has no edge to be seen.
            // A filter shows points whatever else is said.
            points: isBars || this.settings.isSpark
                ? { show: false }
                : { show: true, filter: (plot, index) => alone(plot.data[index]) },
            paths: isBars ? uPlot.paths.bars({ size: [0.8, 60], align: 0 }) : undefined,
            value: (_, __, ___, index) => text(latest(this.content.series[i].values, index), unit),
        };
    }

    dispose() {
        this.resized.disconnect();
        this.themed.disconnect();
        this.plot?.destroy();
    }
}

// Where nothing is pointed at: the last value that there is.
const latest = (values, index) => index == null ? values.findLast(value => value != null) : values[index];

// A canvas knows no variables, so the browser works the colour out.
const mixed = (area, colour, percent, ground) => {
    area.style.color = `color-mix(in srgb, ${colour} ${percent}%, ${ground})`;
    const result = getComputedStyle(area).color;
    area.style.color = '';
    return result;
};

// A value with none on either side would be a line of no length.
const alone = values => values.flatMap((value, i) =>
    value != null && values[i - 1] == null && values[i + 1] == null ? [i] : []);

const isCount = unit => /^\{.*\}(\/s)?$/.test(unit ?? '');

const day = { day: 'numeric', month: 'short' };
const minute = { hour: '2-digit', minute: '2-digit' };
const second = { ...minute, second: '2-digit' };

const inWords = (seconds, zone, parts) =>
    new Date(seconds * 1000).toLocaleString('en-GB', { timeZone: zone ?? 'UTC', ...parts });

const tickTime = (seconds, step, zone) => inWords(seconds, zone, step >= 86400 ? day : step >= 60 ? minute : second);

const moment = (seconds, zone) => inWords(seconds, zone, { ...day, ...second });

const signature = content => JSON.stringify(
    [content.series.map(one => [one.label, one.shape]), content.times.length === 0]);

const short = value => {
    const size = Math.abs(value);
    if (size >= 1e6) {
        return `${+(value / 1e6).toFixed(1)} M`;
    }

    const digits = size === 0 || size >= 100 ? 0 : size >= 10 ? 1 : size >= 0.1 ? 2 : 4;
    return size > 0 && size < 0.001
        ? value.toExponential(1)
        : (+value.toFixed(digits)).toLocaleString('en-US', { maximumFractionDigits: digits });
};

const seconds = value => {
    const size = Math.abs(value);
    return size === 0 ? '0 s' : size < 0.001 ? `${short(value * 1e6)} µs` : size < 1 ? `${short(value * 1e3)} ms`
        : size < 120 ? `${short(value)} s` : `${short(value / 60)} min`;
};

const text = (value, unit) => value == null ? '–'
    : unit === 's' ? seconds(value)
    : unit === '%' ? `${short(value)} %`
    : !unit || unit === '1' ? short(value)
    : `${short(value)} ${unit.replace(/[{}]/g, '')}`;
