// A live plot. It is drawn on a canvas, so its colours are read from the style sheet, again whenever the theme changes.
import { useEffect, useRef } from 'preact/hooks';
import uPlot from 'uplot';
import { onThemeChange } from '../layout/theme.js';

export interface Series {
  readonly name: string;
  /** The class whose colour the line takes. */
  readonly color: string;
  readonly unit?: string;
  readonly points?: boolean;
}

interface PlotProps {
  readonly title: string;
  readonly series: readonly Series[];
  /** Seconds since 1970 first, then one row for each series. */
  readonly data: ReadonlyArray<readonly number[]>;
}

const HEIGHT = 132;

export function Plot({ title, series, data }: PlotProps) {
  const frame = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const newest = useRef(data);
  newest.current = data;
  useEffect(() => {
    const element = frame.current;
    if (!element) return;
    const draw = (): void => {
      plot.current?.destroy();
      plot.current = new uPlot(optionsFor(series, element), newest.current as unknown as uPlot.AlignedData, element);
    };
    draw();
    const stop = onThemeChange(draw);
    const observer = new ResizeObserver(() => plot.current?.setSize({ width: element.clientWidth, height: HEIGHT }));
    observer.observe(element);
    return () => {
      observer.disconnect();
      stop();
      plot.current?.destroy();
      plot.current = null;
    };
  }, [series]);
  useEffect(() => plot.current?.setData(data as unknown as uPlot.AlignedData), [data]);
  const words = series.map(
    (each, index) => `${each.name} ${data[index + 1]?.at(-1)?.toFixed(0) ?? '0'}${each.unit ?? ''}`,
  );
  return (
    <figure class="plot">
      <figcaption class="plot-title">
        {series.length > 1 ? (
          <ul class="legend">
            {series.map((each) => (
              <li key={each.name}>
                <span class={`swatch ${each.color}`} aria-hidden="true" />
                {each.name}
              </li>
            ))}
          </ul>
        ) : (
          title
        )}
      </figcaption>
      <div ref={frame} class="plot-frame" role="img" aria-label={`${title}: now ${words.join(', ')}`} />
    </figure>
  );
}

function optionsFor(series: readonly Series[], element: HTMLElement): uPlot.Options {
  const ink = getComputedStyle(element);
  const grid = { stroke: colorOf('plot-grid', element), width: 1 };
  const axis = { stroke: ink.color, grid, ticks: { show: false }, font: '11px system-ui, sans-serif' };
  return {
    width: element.clientWidth,
    height: HEIGHT,
    padding: [8, 28, 0, 0],
    legend: { show: false },
    cursor: { show: false },
    scales: { y: { range: (_, __, most) => [0, Math.max(4, Math.ceil(most * 1.15))] } },
    axes: [
      {
        ...axis,
        size: 24,
        space: 70,
        values: (_, ticks) => ticks.map((tick) => new Date(tick * 1_000).toTimeString().slice(0, 8)),
      },
      {
        ...axis,
        size: 40,
        space: 26,
        values: (_, ticks) => ticks.map((tick) => (Number.isInteger(tick) ? String(tick) : '')),
      },
    ],
    series: [
      {},
      ...series.map(
        (each): uPlot.Series => ({
          stroke: colorOf(each.color, element),
          fill: translucent(colorOf(each.color, element)),
          width: 2,
          points: { show: each.points === true, size: 5 },
        }),
      ),
    ],
  };
}

/** A canvas does not know the style sheet's variables: an element with the class does. */
function colorOf(name: string, inside: HTMLElement): string {
  const probe = document.createElement('span');
  probe.className = name;
  inside.append(probe);
  const { backgroundColor } = getComputedStyle(probe);
  probe.remove();
  return backgroundColor;
}

function translucent(color: string): string {
  const parts = /^rgba?\(([^,]+),([^,]+),([^,)]+)/.exec(color);
  return parts ? `rgba(${parts[1]},${parts[2]},${parts[3]}, 0.12)` : color;
}
