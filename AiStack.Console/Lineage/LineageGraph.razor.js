// Where things stand is worked out by dagre; here they are drawn.
import { Graph, layout } from '../lib/dagre/dagre.esm.js';

const height = 54;
const padding = 12;

/** Draws the graph from left to right. Each box leads to its page. */
export function draw(area, { start, nodes, edges }) {
    const graph = new Graph();
    graph.setGraph({ rankdir: 'LR', nodesep: 18, ranksep: 56, marginx: 8, marginy: 8 });
    graph.setDefaultEdgeLabel(() => ({}));
    const width = widths(area);
    nodes.forEach(node => graph.setNode(node.id, { width: width(node), height }));
    edges.forEach(edge => graph.setEdge(edge.origin, edge.destination, { job: edge.job }));
    layout(graph);

    const size = graph.graph();
    const svg = element('svg', {
        viewBox: `0 0 ${size.width} ${size.height}`, width: size.width, height: size.height, class: 'lineage-svg',
    });
    graph.edges().forEach(edge => svg.append(line(graph.edge(edge))));
    nodes.forEach(node => svg.append(box(node, graph.node(node.id), node.id === start)));
    area.replaceChildren(svg);

    // What was asked for is in sight, however long the way is.
    const place = graph.node(start);
    if (place) {
        area.scrollLeft = place.x - area.clientWidth / 2;
        area.scrollTop = place.y - area.clientHeight / 2;
    }
}

/** How wide a box is: as its words are. */
function widths(area) {
    const pen = document.createElement('canvas').getContext('2d');
    const { fontFamily } = getComputedStyle(area);
    return ({ kind, title, isGone }) => {
        pen.font = `13px ${fontFamily}`; // As the style sheet has it.
        return Math.ceil(Math.max(pen.measureText(title).width, pen.measureText(kind + gone(isGone)).width))
            + 2 * padding;
    };
}

const gone = isGone => isGone ? ' (deleted)' : '';

function box(node, place, isStart) {
    const { width } = place;
    const [left, top] = [place.x - width / 2, place.y - height / 2];
    const link = element('a', {
        href: node.href,
        class: `lineage-box${isStart ? ' is-start' : ''}${node.isGone ? ' is-gone' : ''}`,
    });
    link.append(
        element('title', {}, `${node.kind}: ${node.whole}${gone(node.isGone)}`),
        element('rect', { x: left, y: top, width, height, rx: 8 }),
        element('text', { x: left + padding, y: place.y - 6, class: 'lineage-kind' }, node.kind + gone(node.isGone)),
        element('text', { x: left + padding, y: place.y + 14, class: 'lineage-title' }, node.title));
    return link;
}

function line({ points, job }) {
    const [first, ...rest] = points;
    const path = element('path', {
        class: 'lineage-line', d: `M${first.x},${first.y}` + rest.map(point => `L${point.x},${point.y}`).join(''),
    });
    path.append(element('title', {}, job));
    return path;
}

function element(name, attributes, text) {
    const made = document.createElementNS('http://www.w3.org/2000/svg', name);
    Object.entries(attributes).forEach(([key, value]) => made.setAttribute(key, value));
    if (text !== undefined) {
        made.textContent = text;
    }

    return made;
}
