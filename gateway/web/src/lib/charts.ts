// uPlot and its looks, together in a part of the page that is asked for after the text.

import 'uplot/dist/uPlot.min.css';
import uPlot from 'uplot';

export interface Series {
  name: string;
  values: (number | null)[];
  kind: 'line' | 'bars';
  /** A colour of the theme. */
  colour: 'primary' | 'secondary' | 'accent' | 'error';
}

export interface Drawing {
  /** What stands under each point, in order. */
  labels: string[];
  series: Series[];
  /** A value as people read it. */
  format: (value: number) => string;
}

const HEIGHT = 220;

function colour(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(`--color-${name}`).trim() || '#888';
}

function options(width: number, { labels, series, format }: Drawing): uPlot.Options {
  const ink = () => colour('base-content');
  const grid = { stroke: () => colour('base-300'), width: 1 };
  const bars = uPlot.paths.bars?.({ size: [0.6, 60] });
  const axis = { stroke: ink, grid, ticks: grid, font: '12px system-ui' };
  return {
    width,
    height: HEIGHT,
    scales: {
      x: { time: false, range: (_chart, low, high) => [low - 0.5, high + 0.5] },
      y: { range: (_chart, _low, high) => [0, high > 0 ? high * 1.1 : 1] },
    },
    axes: [
      { ...axis, values: (_chart, places) => places.map((place) => (Number.isInteger(place) ? (labels[place] ?? '') : '')) },
      { ...axis, size: 80, values: (_chart, values) => values.map((value) => format(value)) },
    ],
    series: [
      { value: (_chart, place) => (place == null ? '–' : (labels[place] ?? '–')) },
      ...series.map((one): uPlot.Series => ({
        label: one.name,
        stroke: () => colour(one.colour),
        width: 2,
        value: (_chart, value) => (value == null ? '–' : format(value)),
        ...(one.kind === 'bars' ? { fill: () => colour(one.colour), ...(bars && { paths: bars }) } : { spanGaps: true }),
        points: { show: one.kind === 'line' },
      })),
    ],
  };
}

/** Draws into a place; what is answered takes it away again. */
export function draw(place: HTMLElement, drawing: Drawing): () => void {
  const width = () => Math.max(240, place.clientWidth);
  const data = [drawing.labels.map((_label, index) => index), ...drawing.series.map((one) => one.values)] as uPlot.AlignedData;
  const chart = new uPlot(options(width(), drawing), data, place);
  const watch = new ResizeObserver(() => chart.setSize({ width: width(), height: HEIGHT }));
  watch.observe(place);
  return () => {
    watch.disconnect();
    chart.destroy();
  };
}
